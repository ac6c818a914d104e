"""What single kinds of deals ask of a move beyond amounts, terms and documents: boxes by the guard that reads them.

A name such as "detail_option.share_bp" or "detail_rights.0.number" says where the value stands in `DealWish.details`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from kerong.engine.deal.moves import Kind, Move
from kerong.rulebook.content import Text
from kerong.web.base.models import Deal
from kerong.web.base.selectors.move_forms import Field, worded
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.deal_cover import COUNTERS
from kerong.web.base.services.deal_pledges import NUMBER

PREFIX = "detail_"
ROWS = 3  # of things that a form takes several of
CHOOSE = ("", worded("deal.choose"))
YES_NO = (CHOOSE, ("1", worded("yes")), ("0", worded("no")))
SHARERS = ("bank", "guarantor", "insurer", "official")
Boxes = Callable[[Published, Deal | None], Iterator[Field]]


def detail_boxes(published: Published, kind: Kind, move: Move, deal: Deal | None) -> tuple[Field, ...]:
    """The boxes of a move; `deal` None: it is being opened."""
    named = OF_MOVES.get((kind.name, move.name))
    found = list(named(published, deal)) if named is not None else []
    for guard in move.guards:
        boxes = OF_GUARDS.get(guard)
        if boxes is not None and _asks(guard, move, deal):
            found += boxes(published, deal)
    return tuple(found)


def nested(told: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Values by dotted names as tables in tables; numbers are places of a list, whose gaps close up."""
    found: dict[str, Any] = {}
    for name, value in told:
        at, parts = found, name.removeprefix(PREFIX).split(".")
        for part in parts[:-1]:
            at = at.setdefault(part, {})
        at[parts[-1]] = value
    return {name: _listed(value) for name, value in found.items()}


def _listed(value: Any) -> Any:
    if isinstance(value, dict) and value and all(key.isdigit() for key in value):
        return [value[key] for key in sorted(value, key=int)]
    return value


def _asks(guard: str, move: Move, deal: Deal | None) -> bool:
    """Some guards read what an earlier move said."""
    if guard == "cover":
        return move.begin == "" or move.name == "report_loss"
    if guard == "option_range":
        return "option" not in ((deal.details if deal is not None else None) or {})
    return guard != "shares" or "fen" in move.needs


def _box(name: str, kind: str, key: str, **more: Any) -> Field:
    return Field(f"{PREFIX}{name}", kind, worded(f"deal.detail.{key}"), **more)


def _cover_terms(published: Published, deal: Deal | None) -> Iterator[Field]:
    yield _box("counter", "choice", "counter", options=YES_NO)
    yield _box("cover_bp", "percent", "cover_bp")
    yield _box("fee_fen", "money", "fee_fen")
    yield _box("until", "day", "until", is_needed=False)
    yield _box("reguarantor", "line", "reguarantor", is_needed=False, longest=60)
    yield _box("reguarantee_bp", "percent", "reguarantee_bp", is_needed=False)
    yield _box("report_within_days", "whole", "report_within_days", is_needed=False)


def _counters(published: Published, deal: Deal | None) -> Iterator[Field]:
    options = (CHOOSE, *((name, worded(f"deal.counter.{name}")) for name in COUNTERS))
    for row in range(ROWS):
        yield _box(f"counters.{row}.kind", "choice", "counters.kind", options=options, is_needed=not row)
        yield _box(f"counters.{row}.giver", "line", "counters.giver", is_needed=not row)
        yield _box(f"counters.{row}.value_fen", "money", "counters.value_fen", is_needed=False)


def _policy_terms(published: Published, deal: Deal | None) -> Iterator[Field]:
    yield _box("begins", "day", "begins")
    yield _box("until", "day", "until")
    yield _box("cover_bp", "percent", "cover_bp")


def _loss(published: Published, deal: Deal | None) -> Iterator[Field]:
    yield _box("loss_on", "day", "loss_on")


def _rights(published: Published, deal: Deal | None) -> Iterator[Field]:
    registers = published.rulebook.registers.values()
    options = (CHOOSE, *((one.name, one.title) for one in registers if NUMBER in one.columns))
    for row in range(ROWS):
        yield _box(f"rights.{row}.register", "choice", "rights.register", options=options, is_needed=not row)
        yield _box(f"rights.{row}.number", "line", "rights.number", is_needed=not row, longest=100)


def _valuer(published: Published, deal: Deal | None) -> Iterator[Field]:
    yield _box("valuer", "line", "valuer")


def _option(published: Published, deal: Deal | None) -> Iterator[Field]:
    yield _box("option.share_bp", "percent", "option.share_bp")
    yield _box("option.valuation_fen", "money", "option.valuation_fen")
    yield _box("option.begins", "day", "option.begins")
    yield _box("option.ends", "day", "option.ends")


def _bank_share(published: Published, deal: Deal | None) -> Iterator[Field]:
    yield _box("bank_share_bp", "percent", "bank_share_bp")


def _members(published: Published, deal: Deal | None) -> Iterator[Field]:
    yield _box("members", "pairs", "members", is_needed=deal is None or deal.state != "proposed", longest=4_000)


def _member(published: Published, deal: Deal | None) -> Iterator[Field]:
    held: Mapping[str, int] = ((deal.details if deal is not None else None) or {}).get("members", {})
    firms = ((code, str((published.enterprise(code) or {}).get("name") or code)) for code in sorted(held))
    yield _box("member", "choice", "member", options=(CHOOSE, *((code, Text(name, name)) for code, name in firms)))


def _parts(published: Published, deal: Deal | None) -> Iterator[Field]:
    pools = published.rulebook.pools.values()
    yield _box("pool", "choice", "parted_by", options=(CHOOSE, *((p.name, p.title) for p in pools)), is_needed=False)
    roles = set(deal.parties.values_list("role", flat=True)) if deal is not None else set()
    for role in SHARERS:
        if role in roles:
            yield _box(f"shares.{role}", "percent", f"shares.{role}", is_needed=False)


def _framework(published: Published, deal: Deal | None) -> Iterator[Field]:
    yield _box("milestone.field", "line", "milestone.field", longest=100)
    yield _box("milestone.least", "whole", "milestone.least")
    yield _box("shares.bank", "percent", "shares.bank")
    yield _box("shares.enterprise", "percent", "shares.enterprise")


def _debtor(published: Published, deal: Deal | None) -> Iterator[Field]:
    yield _box("debtor", "line", "debtor", is_needed=False)


OF_GUARDS: Mapping[str, Boxes] = {
    "cover_terms": _cover_terms,
    "counters": _counters,
    "policy_terms": _policy_terms,
    "cover": _loss,
    "owner": _rights,
    "valuer": _valuer,
    "option_range": _option,
    "members": _members,
    "limit": _member,
    "shares": _parts,
    "framework": _framework,
}
OF_MOVES: Mapping[tuple[str, str], Boxes] = {
    ("investment_loan", "bind"): _bank_share,
    ("group_credit", "leave"): _member,
    ("group_credit", "give_back"): _member,
    ("claim", "survey"): _debtor,
}
