"""Pools of shared risk: what each holds and carries, its book, and the money that the office moves in it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from kerong.web.base.deal_wishes import REFUSALS
from kerong.web.base.forms import refused_keep, refused_take, whole_of
from kerong.web.base.money_forms import Purse, Verb, money_ordered
from kerong.web.base.pages import person, run_or_404, today
from kerong.web.base.selectors.pools import pool_id_of, pool_lines, pool_page
from kerong.web.base.services.pool import OF_MONEY, TITLES, pool_event, pool_money, pool_open


def pools(request: HttpRequest) -> HttpResponse:
    """Every pool of the region with what it holds, carries and still takes."""
    context = {
        "lines": pool_lines(person(request), run_or_404(), today=today()),
        "refused": refused_take(request, "pools"),
    }
    return render(request, "government/pools.html", context)


def pool(request: HttpRequest, name: str) -> HttpResponse:
    """One pool: figures, bounds, the loans that the reader may see, and its book."""
    number = whole_of(request.GET.get("page", "")) or 1
    found = pool_page(person(request), run_or_404(), name, number, today=today())
    if found is None:
        raise Http404
    verbs = [_verb(name, verb) for verb in OF_MONEY]
    context = {"page": found, "verbs": verbs, "refused": refused_take(request, f"pool {name}")}
    return render(request, "government/pool.html", context)


@require_POST
def open_pool(request: HttpRequest, name: str) -> HttpResponse:
    """Opens a pool of the region's rulebook with a book of its own and no money yet."""
    try:
        pool_open(person(request), run_or_404(), name)
    except REFUSALS as error:
        refused_keep(request, "pools", error)
        return redirect("pools")
    return redirect("pool", name=name)


@require_POST
def money(request: HttpRequest, name: str, verb: str) -> HttpResponse:
    """Money of the pool itself: shown on a second page first, then moved once for the key that this page carried."""
    user, published = person(request), run_or_404()
    found = pool_page(user, published, name, 1, today=today())
    number = pool_id_of(published, name)
    if found is None or found.line.state is None or number is None or verb not in OF_MONEY:
        raise Http404
    page = reverse("pool", kwargs={"name": name})
    purse = Purse(found.line.rules.title, page, "pools.balance", found.line.state.balance_fen, f"pool {name}")

    def move(key: str, fen: int, party: str) -> object:
        return pool_money(user, key, published, number, pool_event(do=verb, on=today(), fen=fen, party=party))

    return money_ordered(request, purse, _verb(name, verb), move)


def _verb(name: str, verb: str) -> Verb:
    return Verb(verb, TITLES[verb], reverse("pool_money", kwargs={"name": name, "verb": verb}))
