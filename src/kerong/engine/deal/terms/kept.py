"""Terms as JSON keeps them, and read again: whoever sent them, what is not understood is refused by name.

A floating rate keeps the name of its base rate, never the base rate's own numbers: those are published facts of their
own (`bases`), and what is published later counts for what falls due later.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from kerong.engine.deal.terms.dates import DueRule
from kerong.engine.deal.terms.loans import Cash, Terms
from kerong.engine.deal.terms.rates import BaseRate, Fixed, Floating, Rate, Stepped
from kerong.engine.deal.terms.refusals import TermsRefused

Bases = Mapping[str, BaseRate]
NO_BASES: Bases = MappingProxyType({})
DUES = ("every_months", "day", "month", "least_first_days", "adjust", "moves_interest", "beyond")
FLAGS = ("moves_interest",)
WORDS = ("adjust", "beyond")
TERMS = ("drawdowns", "maturity", "rate", "count", "method", "dues", "plan", "instalment_fen")


def kept(terms: Terms) -> dict[str, Any]:
    """The terms as JSON holds them."""
    return {
        "drawdowns": [_cash(cash) for cash in terms.drawdowns],
        "maturity": terms.maturity.isoformat(),
        "rate": _rate(terms.rate),
        "count": terms.count,
        "method": terms.method,
        "dues": {name: getattr(terms.dues, name) for name in DUES},
        "plan": [_cash(cash) for cash in terms.plan],
        "instalment_fen": terms.instalment_fen,
    }


def terms_of(told: Mapping[str, Any], bases: Bases = NO_BASES) -> Terms:
    """The terms again. Raises TermsRefused for what is missing, unknown or of another kind than it should be."""
    fields = changes_of(told, bases)
    if missing := {"drawdowns", "maturity", "rate"} - fields.keys():
        raise TermsRefused("unknown", name=min(missing), value=None, options="")
    return Terms(**fields)


def changes_of(told: Mapping[str, Any], bases: Bases = NO_BASES) -> dict[str, Any]:
    """Some fields of terms again, as `restructured` takes them. Raises TermsRefused as `terms_of` does."""
    for name in told:
        if name not in TERMS:
            raise TermsRefused("unknown", name="terms", value=name, options=", ".join(TERMS))
    read: Mapping[str, Callable[[Any], Any]] = {
        "drawdowns": lambda value: _cashes("drawdowns", value),
        "maturity": lambda value: day_of("maturity", value),
        "rate": lambda value: rate_of(value, bases),
        "count": lambda value: _text("count", value),
        "method": lambda value: _text("method", value),
        "dues": _dues,
        "plan": lambda value: _cashes("plan", value),
        "instalment_fen": lambda value: None if value is None else _number("instalment", value),
    }
    return {name: read[name](value) for name, value in told.items()}


def rate_of(told: Any, bases: Bases = NO_BASES) -> Rate:
    """A rate: {"ppm"}, {"base", "spread_bp", "reset_months", "reset_from"}, or {"parts": [[day, rate], …]}."""
    held = _table("rate", told)
    if held.keys() == {"ppm"}:
        return Fixed(_number("rate_ppm", held["ppm"]))
    if held.keys() == {"parts"}:
        parts = [tuple(_list("rate", part)) for part in _list("rate", held["parts"])]
        if all(len(part) == 2 for part in parts):
            return Stepped(tuple((day_of("rate", begin), _plain(rate_of(rate, bases))) for begin, rate in parts))
    if "base" in held and held.keys() <= {"base", "spread_bp", "reset_months", "reset_from"}:
        if held["base"] not in bases:
            raise TermsRefused("unknown", name="base rate", value=held["base"], options=", ".join(sorted(bases)))
        begin = held.get("reset_from")
        return Floating(
            bases[held["base"]],
            _number("spread_bp", held.get("spread_bp", 0)),
            _number("reset_months", held.get("reset_months", 12)),
            None if begin is None else day_of("reset_from", begin),
        )
    raise TermsRefused("unknown", name="rate", value=", ".join(sorted(map(str, held))), options="ppm, base, parts")


def day_of(name: str, told: Any) -> date:
    """A day written as 2025-06-30."""
    try:
        return date.fromisoformat(told)
    except (TypeError, ValueError):
        raise TermsRefused("day", name=name, value=told) from None


def _plain(rate: Rate) -> Fixed | Floating:
    if isinstance(rate, Stepped):
        raise TermsRefused("rate_steps", name="rate")
    return rate


def _cash(cash: Cash) -> list[Any]:
    return [cash.on.isoformat(), cash.fen]


def _rate(rate: Rate) -> dict[str, Any]:
    if isinstance(rate, Fixed):
        return {"ppm": rate.ppm}
    if isinstance(rate, Stepped):
        return {"parts": [[begin.isoformat(), _rate(part)] for begin, part in rate.parts]}
    begin = None if rate.reset_from is None else rate.reset_from.isoformat()
    told = {"base": rate.base.name, "spread_bp": rate.spread_bp, "reset_months": rate.reset_months}
    return told | {"reset_from": begin}


def _cashes(name: str, told: Any) -> tuple[Cash, ...]:
    pairs = [_list(name, pair) for pair in _list(name, told)]
    if any(len(pair) != 2 for pair in pairs):
        raise TermsRefused("unknown", name=name, value=told, options="[[day, fen], …]")
    return tuple(Cash(day_of(name, on), _number(name, fen)) for on, fen in pairs)


def _dues(told: Any) -> DueRule:
    held = dict(_table("dues", told))
    for name, value in held.items():
        if name not in DUES:
            raise TermsRefused("unknown", name="dues", value=name, options=", ".join(DUES))
        if name in FLAGS and not isinstance(value, bool):
            raise TermsRefused("unknown", name=name, value=value, options="true, false")
        if name in WORDS:
            _text(name, value)
        elif name not in FLAGS and value is not None:
            _number(name, value)
    return DueRule(**held)


def _table(name: str, told: Any) -> Mapping[str, Any]:
    if not isinstance(told, Mapping):
        raise TermsRefused("unknown", name=name, value=told, options="{…}")
    return told


def _list(name: str, told: Any) -> Sequence[Any]:
    if not isinstance(told, list | tuple):
        raise TermsRefused("unknown", name=name, value=told, options="[…]")
    return told


def _number(name: str, told: Any) -> int:
    if type(told) is not int:
        raise TermsRefused("whole", name=name, value=told)
    return told


def _text(name: str, told: Any) -> str:
    if not isinstance(told, str):
        raise TermsRefused("unknown", name=name, value=told, options="")
    return told
