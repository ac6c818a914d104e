"""What a person may do with a deal now, as forms, and whom else it waits for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from kerong.engine.deal.moves import Move
from kerong.engine.deal.said import ROLES
from kerong.engine.deal.states import KINDS
from kerong.engine.deal.way import ahead, trail
from kerong.engine.money.pool import REASONS, Answer
from kerong.rulebook.content import Text
from kerong.web.base.models import Deal, User
from kerong.web.base.selectors.deal_forms import Asking, fields_of, granted_to, pool_fields, pools_open, why_not
from kerong.web.base.selectors.deals import is_awaited, made_since
from kerong.web.base.selectors.move_forms import MoveForm, worded
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.ledger_refusals import yuan


def forms_of(actor: User, published: Published, deal: Deal, moves: tuple[Move, ...], today: date) -> Iterator[MoveForm]:
    """The forms of the moves that a person may make, in the order of the table."""
    once = made_since([deal]).get(deal.pk, frozenset())
    awaited = {move.name for move in moves if is_awaited(deal, move, today)} - once
    ahead_of = {move.name for move in moves if move.name in awaited and move.end in leads_to(deal)}
    for move in moves:
        asking = Asking(actor, published, deal, move, today)
        granted = granted_to(asking)
        hidden = [("version", str(deal.version))] + ([] if "fen" in move.needs else [("seen", str(deal.fen))])
        told = () if granted is None else (_would_pay(granted),)
        form = MoveForm(
            part=move.name,
            name=move.name,
            title=move.title,
            fields=tuple(fields_of(asking, granted)),
            hidden=tuple(hidden),
            moves_money=bool(move.effects),
            is_awaited=move.name in (ahead_of or awaited),
            why_not=why_not(asking),
            try_title=_try_title(move),
            told=told,
        )
        yield from _by_pool(published, form, today) if "pool" in move.guards else (form,)


def leads_to(deal: Deal) -> tuple[str, ...]:
    """The states on the deal's way to a good end."""
    return ahead(KINDS[deal.kind], deal.state, trail(deal.moves.order_by("version").values_list("end", flat=True))[:-1])


def _by_pool(published: Published, form: MoveForm, today: date) -> Iterator[MoveForm]:
    """A registration is asked for by each pool with its own boxes."""
    for pool in pools_open(published):
        within = pool.parameters.get("register_within_days")
        days = None if within is None else within.at(today)
        for name, one in pool.instruments.items():
            part = f"{form.part}-{pool.name}-{name}"
            yield replace(
                form,
                part=part,
                title=Text(f"{form.title.zh}：{pool.title.zh}", f"{form.title.en}: {pool.title.en}"),
                fields=(*pool_fields(published.rulebook, pool, one), *form.fields),
                hidden=(*form.hidden, ("pool", pool.name), ("instrument", name), ("part", part)),
                told=() if days is None else (_filled(f"deal.pool.within.{pool.days}", days=days),),
            )


def _filled(key: str, **facts: object) -> Text:
    said = worded(key)
    return Text(said.zh.format(**facts), said.en.format(**facts))


def _try_title(move: Move) -> Text | None:
    asked = {*move.needs, *move.guards}
    if asked & {"pool", "claim", "borne"}:
        return worded("deal.try.pool")
    return worded("deal.try.schedule") if "terms" in asked or move.name == "prepay" else None


def _would_pay(granted: Answer) -> Text:
    if granted.refused:
        reason = REASONS[granted.refused]
        return Text(*(worded("deal.pool.not_now").in_(lang).format(why=reason.in_(lang)) for lang in ("zh", "en")))
    return _filled("deal.pool.would_pay", fen=yuan(sum(moved.fen for moved in granted.moved)))


def waits_of(deal: Deal, today: date) -> Iterator[tuple[Text, str]]:
    """What the deal waits for, whoever does it, with the role that does."""
    roles = set(deal.parties.values_list("role", flat=True))
    once = made_since([deal]).get(deal.pk, frozenset())
    for move in KINDS[deal.kind].moves_from(deal.state):
        who = next((role for role in ROLES if role in move.roles & roles), "")
        if who and is_awaited(deal, move, today) and move.name not in once:
            yield move.title, who
