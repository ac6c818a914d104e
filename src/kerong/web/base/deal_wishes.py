"""What people type into the forms of deals, read as the wish that a service takes; what is no amount is refused."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest

from kerong.engine.deal.subsidy import is_one_line
from kerong.engine.deal.terms import TermsRefused
from kerong.web.base.forms import bp_of, day_of, fen_of, whole_of
from kerong.web.base.selectors.deal_details import PREFIX, nested
from kerong.web.base.selectors.deal_forms import pool_fields
from kerong.web.base.selectors.move_forms import Field
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.attachment import MOST_BYTES, FileRead, file_read
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal import DealWish
from kerong.web.base.services.ledger import LedgerBusy, LedgerRefused
from kerong.web.base.uploads import is_too_large

REFUSALS = (CaseRefused, TermsRefused, LedgerRefused, LedgerBusy)  # what a form may be told
PERCENT = re.compile(r"(\d{1,2})(?:\.(\d{1,4}))?", re.ASCII)
SPREAD = re.compile(r"[+-]?\d{1,4}", re.ASCII)
SEEN = re.compile(r"\d{1,15}", re.ASCII)
RATE = ("base", "percent")


def files_of(request: HttpRequest, name: str = "files") -> tuple[FileRead, ...]:
    """The files of a form, each taken for what it is. Raises CaseRefused."""
    if is_too_large(request):
        raise CaseRefused("attachment.refused.size", most=MOST_BYTES >> 20)
    return tuple(file_read(file.name or "", file.read()) for file in request.FILES.getlist(name))


def deal_wished(
    name: str, given: Mapping[str, str], published: Published, documents: Sequence[str], details: Sequence[Field] = ()
) -> DealWish:
    """The wish as a form gives it (`seen`: the amount that the page showed). Raises CaseRefused."""
    pool, instrument = given.get("pool", ""), given.get("instrument", "loan")
    return DealWish(
        name,
        whole_of(given.get("version", "")) or 0,
        note=given.get("note", ""),
        fen=fen_of(given["fen"]) if "fen" in given else _seen(given.get("seen", "")),
        on=_day(given["on"]) if "on" in given else None,
        terms=terms_of_form(given),
        contract=given.get("contract"),
        documents=tuple(documents) or None,
        pool=pool,
        instrument=instrument,
        facts=_facts(given, published, pool, instrument),
        recovered_fen=fen_of(given.get("recovered", "")) or 0,
        details=_details(given, details, documents),
    )


def _seen(text: str) -> int | None:
    """The amount that the page showed; None where it showed none, 0 for what no page shows."""
    return (int(text) if SEEN.fullmatch(text) else 0) if text else None


def _details(given: Mapping[str, str], fields: Sequence[Field], documents: Sequence[str]) -> Mapping[str, Any]:
    """What else was said; a counter-guarantee stands on the document that came along with it."""
    boxes = [field for field in fields if field.name.startswith(PREFIX)]
    found = nested([(field.name, value) for field, value in _boxes(given, boxes)])
    for one in found.get("counters", ()):
        one["document"] = documents[0] if documents else ""
    return found


def terms_of_form(given: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The terms of a form as `engine.deal.terms.kept` has them; None where it asks for none."""
    told: dict[str, Any] = {name: given[name] for name in ("method", "count") if name in given}
    if any(name in given for name in RATE):
        told["rate"] = _rate(given)
    if "maturity" in given:
        told["maturity"] = _day(given["maturity"]).isoformat()
    if "every_months" in given:
        told["dues"] = _dues(given)
    if "residual" in given:
        told |= {"residual_fen": fen_of(given["residual"]) or 0, "in_advance": bool(given.get("in_advance"))}
    if given.get("capitalises"):
        told["capitalises"] = True
    return told or None


def ppm_of(text: str) -> int | None:
    """Per cent a year as typed ("3.45"), in millionths; None where it is none."""
    found = PERCENT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return None if found is None else int(found[1] + (found[2] or "").ljust(4, "0"))


def _rate(given: Mapping[str, str]) -> Mapping[str, Any]:
    base, percent = given.get("base", ""), given.get("percent", "").strip()
    spread = unicodedata.normalize("NFKC", given.get("spread_bp", "")).strip()
    if base:
        if percent:
            raise CaseRefused("deal.refused.rate_both")
        months = whole_of(given.get("reset_months", ""))
        if SPREAD.fullmatch(spread) is None or months is None:
            raise CaseRefused("deal.refused.rate_floating")
        return {"base": base, "spread_bp": int(spread), "reset_months": months}
    ppm = ppm_of(percent)
    if ppm is None or spread:
        raise CaseRefused("deal.refused.rate_fixed", value=percent[:40] or "—")
    return {"ppm": ppm}


def _dues(given: Mapping[str, str]) -> Mapping[str, Any]:
    adjust = given.get("adjust", "none")
    told: dict[str, Any] = {"every_months": _whole(given["every_months"]), "adjust": adjust}
    if adjust != "none":  # a loan outlives the calendars that are announced
        told["beyond"] = "unadjusted"
    if given.get("day", "").strip():
        told["day"] = _whole(given["day"])
    return told


def _facts(given: Mapping[str, str], published: Published, pool: str, instrument: str) -> Mapping[str, Any]:
    rules = published.rulebook.pools.get(pool)
    one = rules.instruments.get(instrument) if rules is not None else None
    if rules is None or one is None:
        return {}
    return {
        field.name.removeprefix("fact_"): value
        for field, value in _boxes(given, pool_fields(published.rulebook, rules, one))
    }


def _boxes(given: Mapping[str, str], fields: Iterable[Field]) -> list[tuple[Field, Any]]:
    """What stands in boxes, by their kind; an empty box says nothing."""
    found = []
    for field in fields:
        text = given.get(field.name, "").strip()
        if text:
            if not all(map(is_one_line, text.splitlines() if field.kind in ("note", "pairs") else (text,))):
                raise CaseRefused("form.refused.unseen")
            found.append((field, _read(field, text)))
    return found


def _read(field: Field, text: str) -> Any:
    match field.kind:
        case "money":
            return fen_of(text)
        case "percent":
            found = bp_of(text)
            if found is None:
                raise CaseRefused("form.refused.share", value=text[:40])
            return found
        case "whole":
            return _whole(text)
        case "day":
            return _day(text).isoformat()
        case "flag":
            return True
        case "pairs":
            return [_pair(line) for line in text.splitlines() if line.strip()]
        case "choice" if {value for value, _ in field.options} == {"", "1", "0"}:
            return text == "1"
    return text


def _pair(line: str) -> tuple[str, int | None]:
    """A code and an amount on one line."""
    code, _, amount = line.strip().rpartition(" ")
    return code.strip(), fen_of(amount)


def _whole(text: str) -> int:
    found = whole_of(text)
    if found is None:
        raise CaseRefused("form.refused.number", value=text[:40])
    return found


def _day(text: str) -> date:
    found = day_of(text)
    if found is None:
        raise CaseRefused("form.refused.day")
    return found
