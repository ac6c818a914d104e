"""The book of the reader's own guarantor, insurer or fund: opened, looked at, its own money moved in it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from kerong.web.base.deal_wishes import REFUSALS
from kerong.web.base.forms import refused_keep, refused_take, whole_of
from kerong.web.base.money_forms import Purse, Verb, money_ordered
from kerong.web.base.pages import person, run_or_404, today
from kerong.web.base.selectors.institution_books import OwnBook, own_book
from kerong.web.base.services.institution_book import BookEvent, institution_book_open, institution_money

FORM = "book"


def books(request: HttpRequest) -> HttpResponse:
    """The institution's own book: what it holds, what is set aside, and every transfer with the deal behind it."""
    number = whole_of(request.GET.get("page", "")) or 1
    found = own_book(person(request), run_or_404(), number)
    verbs = [_verb(found, name) for name in found.verbs]
    context = {"own": found, "verbs": verbs, "refused": refused_take(request, FORM)}
    return render(request, "institution/books.html", context)


@require_POST
def open_book(request: HttpRequest) -> HttpResponse:
    """Opens the institution's own book, empty."""
    try:
        institution_book_open(person(request), run_or_404())
    except REFUSALS as error:
        refused_keep(request, FORM, error)
    return redirect("books")


@require_POST
def money(request: HttpRequest, verb: str) -> HttpResponse:
    """Money of the institution itself: shown on a second page first, then moved once for the key of that page."""
    user, published = person(request), run_or_404()
    found = own_book(user, published, 1)
    if found.book is None or verb not in found.verbs:
        raise Http404
    purse = Purse(found.title, reverse("books"), "books.free", found.free_fen, FORM)

    def move(key: str, fen: int, party: str) -> object:
        event = BookEvent(verb, today(), fen, party)
        return institution_money(user, key, published, event, today=today())

    return money_ordered(request, purse, _verb(found, verb), move)


def _verb(own: OwnBook, name: str) -> Verb:
    return Verb(name, own.verbs[name], reverse("book_money", kwargs={"verb": name}))
