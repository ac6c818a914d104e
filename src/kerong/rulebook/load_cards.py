"""Fitted cards of a pack: strictly read, held against the model that they were fitted for, compiled to trees."""

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import isfinite
from types import MappingProxyType
from typing import Any

from kerong.rulebook.cards import FITTED_FROM, VERSION, CardRules, parts_of
from kerong.rulebook.models import EVERYONE, OWN, Model
from kerong.rulebook.parse import nearest
from kerong.rulebook.sheets import ELSEWHERE, Sheet, Stop

CARD_KEYS: tuple[str, ...] = (
    "name",
    "version",
    "model",
    "source",
    "fitted_on",
    "window",
    "rows",
    "bads",
    "rate_bp",
    "prior_bp",
)
CARD_KEYS += ("fitted_from", "scaling", "values", "segment")
DIGEST = re.compile(r"[0-9a-f]{64}")
WHOLE_BP = 10_000
MOST_POINTS = 1_000_000
MOST_LINES = 1_000  # with MOST_POINTS each, sums stay far below the largest whole number of 32 bits
MOST_BINS = 250  # the place of a bin, of missing and of other is a byte
MOST_ROWS = 10**15
MOST_PDO = 1_000
FIT_ANEW = "fit the card anew: kerong model fit-city"


def cards_of(sheets: Iterable[Sheet], models: Mapping[str, Model], broken: Iterable[str]) -> dict[str, CardRules]:
    """Every card by name; `broken`: models with errors of their own. A card with an error is recorded and left out."""
    found: dict[str, CardRules] = {}
    for sheet in sheets:
        try:
            card = card_of(sheet, models, broken)
            if card.name in found:
                raise sheet.fail(
                    f"{card.name} is defined twice", "name", hint=f"first in {found[card.name].place.file}"
                )
            found[card.name] = card
        except Stop:
            continue
    return found


def card_of(sheet: Sheet, models: Mapping[str, Model], broken: Iterable[str] = ()) -> CardRules:
    """One `cards/<name>.toml`; raises Stop with its errors recorded."""
    sheet.only(CARD_KEYS)
    held, values = held_of(sheet), values_of(sheet)
    name = sheet.text("model")
    model = models.get(name)
    if model is None:
        told = f"model: {name} {ELSEWHERE}" if name in broken else f"model: there is no {name}"
        raise sheet.fail(told, "model", hint="" if name in broken else nearest(name, models))
    _check_model(sheet, held, values, model)
    return CardRules(
        name=held["name"],
        model=name,
        source=sheet.title("source"),
        values=MappingProxyType(values),
        held=MappingProxyType(held),
        parts=parts_of(held),
        place=sheet.place(),
        fitted_from=MappingProxyType(_fitted_from(sheet)),
    )


def _fitted_from(sheet: Sheet) -> dict[str, str]:
    """The digests of what the card was fitted on and for; empty where it says none, never some of them."""
    if "fitted_from" not in sheet.data:
        return {}
    part = sheet.table("fitted_from")
    part.only(FITTED_FROM)
    found = {key: part.text(key) for key in FITTED_FROM}
    for key, digest in found.items():
        if not DIGEST.fullmatch(digest):
            raise part.fail(
                f"{key} = {digest!r}", key, hint="64 characters 0-9 and a-f, as kerong model fit-city wrote it"
            )
    return found


def values_of(sheet: Sheet) -> dict[str, str]:
    """The expressions that the characteristics had."""
    values = sheet.table("values")
    return {name: values.text(name) for name in values.data}


def held_of(sheet: Sheet) -> dict[str, Any]:
    """The object of the card's JSON, strictly checked: what it gives can be read by every evaluator.

    Raises Stop with its errors recorded.
    """
    if sheet.whole("version") != VERSION:
        raise sheet.fail(f"a card of version {sheet.data['version']}: this program reads version {VERSION}", "version")
    days = sheet.get("window", list, "the first and the last day")
    if len(days) != 2 or not all(hasattr(day, "isoformat") for day in days) or days[0] > days[1]:
        raise sheet.fail("window must be the first and the last day", "window")
    rows, bads = _count(sheet, "rows"), _count(sheet, "bads")
    if bads > rows:
        raise sheet.fail(f"{bads:,} bads among {rows:,} rows", "bads")
    scaling = sheet.table("scaling")
    scaling.only(["points", "odds", "pdo"])
    odds = _number(scaling, "odds")
    if not odds > 0 or not 1 <= scaling.whole("pdo") <= MOST_PDO:
        raise scaling.fail(f"odds are above 0, pdo is within 1 and {MOST_PDO:,}", "odds")
    segments = [_segment(item) for item in sheet.tables("segment")]
    names = [one["name"] for one in segments]
    if not names or names[-1] != EVERYONE or len(set(names)) < len(names):
        raise sheet.fail(
            f"the last segment is called {EVERYONE}, and each has a name of its own",
            *(("segment", len(names) - 1, "name") if names else ()),
        )
    prior = sheet.whole("prior_bp", None)
    if prior is not None and not 0 < prior < WHOLE_BP:
        raise sheet.fail(f"prior_bp = {prior}: a base rate lies between 0 and 1", "prior_bp")
    return {
        "name": sheet.name(),
        "version": VERSION,
        "fitted_on": sheet.day("fitted_on").isoformat(),
        "window": [day.isoformat() for day in days],
        "rows": rows,
        "bads": bads,
        "rate_bp": _bp(sheet, "rate_bp"),
        "prior_bp": prior,
        "scaling": {"points": _points(scaling, "points"), "odds": odds, "pdo": scaling.whole("pdo")},
        "segments": segments,
    }


def _segment(sheet: Sheet) -> dict[str, Any]:
    sheet.only(["name", "condition", "base", "calibration", "line"])
    steps = sheet.get("calibration", list, "pairs of points and basis points")
    if not steps or not all(_is_step(step) for step in steps):
        raise sheet.fail("calibration must be pairs [points, basis points from 0 to 10,000]", "calibration")
    for (low, more), (high, less) in pairwise(steps):
        if not (low < high and less <= more):
            raise sheet.fail(
                "calibration: points rise from step to step, and the probability never does", "calibration"
            )
    lines = [_line(item) for item in sheet.tables("line")]
    names = [line["name"] for line in lines]
    if not lines or len(set(names)) < len(names):
        raise sheet.fail("a segment has at least one line, and each line once", *(("line",) if lines else ()))
    if len(lines) > MOST_LINES:
        raise sheet.fail(f"{len(lines):,} lines", "line", hint=f"at most {MOST_LINES:,}")
    return {
        "name": sheet.name(),
        "condition": sheet.text("condition", None),
        "base": _points(sheet, "base"),
        "lines": lines,
        "calibration": [list(step) for step in steps],
    }


def _line(sheet: Sheet) -> dict[str, Any]:
    sheet.only(["name", "kind", "bins", "missing", "other"])
    kind = sheet.choice("kind", ("number", "category"))
    bins = [_bin(item, kind) for item in sheet.tables("bins")]
    if not bins or len(bins) > MOST_BINS:
        raise sheet.fail(f"a line has at least one bin and at most {MOST_BINS}", "bins")
    if kind == "number":
        _check_cuts(sheet, bins)
    else:
        names = [name for one in bins for name in one["categories"]]
        if len(set(names)) < len(names):
            raise sheet.fail("a category stands in two bins", "bins")
    if ("other" in sheet.data) != (kind == "category"):
        raise sheet.fail(
            "categories have a bin `other`, and numbers have none", "other" if "other" in sheet.data else "kind"
        )
    other = _apart(sheet.table("other")) if kind == "category" else None
    name = sheet.name()
    if name in OWN:
        raise sheet.fail(f"{name} is a word of samples and of scores", "name")
    return {"name": name, "kind": kind, "bins": bins, "missing": _apart(sheet.table("missing")), "other": other}


def _check_cuts(sheet: Sheet, bins: list[dict[str, Any]]) -> None:
    """Bins follow one another without gap, from below every number to above every number."""
    cuts = [one["high"] for one in bins[:-1]]
    touch = all(a["high"] is not None and a["high"] == b["low"] for a, b in pairwise(bins))
    is_whole = bins[0]["low"] is None and bins[-1]["high"] is None
    if not (touch and is_whole and all(a < b for a, b in pairwise(cuts))):
        raise sheet.fail(
            "bins follow one another: each begins where the one before ends, the first and last are open", "bins"
        )


def _bin(sheet: Sheet, kind: str) -> dict[str, Any]:
    own = ["low", "high"] if kind == "number" else ["categories"]
    sheet.only([*own, "goods", "bads", "woe", "points"])
    categories = list(sheet.texts("categories", [])) if kind == "category" else []
    return {
        "low": _number(sheet, "low", None) if kind == "number" else None,
        "high": _number(sheet, "high", None) if kind == "number" else None,
        "categories": categories,
        **_told(sheet),
    }


def _apart(sheet: Sheet) -> dict[str, Any]:
    sheet.only(["goods", "bads", "woe", "points"])
    return {"low": None, "high": None, "categories": [], **_told(sheet)}


def _told(sheet: Sheet) -> dict[str, Any]:
    return {
        "goods": _count(sheet, "goods"),
        "bads": _count(sheet, "bads"),
        "woe": _number(sheet, "woe"),
        "points": _points(sheet, "points"),
    }


def _is_step(step: object) -> bool:
    is_pair = isinstance(step, list) and len(step) == 2 and all(type(one) is int for one in step)
    return is_pair and abs(step[0]) <= MOST_POINTS * MOST_LINES and 0 <= step[1] <= WHOLE_BP  # type: ignore[index]


def _count(sheet: Sheet, key: str) -> int:
    value = int(sheet.whole(key))
    if not 0 <= value <= MOST_ROWS:
        raise sheet.fail(f"{key} = {value}", key, hint=f"0 to {MOST_ROWS:,}")
    return value


def _bp(sheet: Sheet, key: str) -> int:
    value = _count(sheet, key)
    if value > WHOLE_BP:
        raise sheet.fail(f"{key} = {value}", key, hint="at most 10,000")
    return value


def _points(sheet: Sheet, key: str) -> int:
    value = int(sheet.whole(key))
    if abs(value) > MOST_POINTS:
        raise sheet.fail(f"{key} = {value:,}", key, hint=f"at most {MOST_POINTS:,}")
    return value


def _number(sheet: Sheet, key: str, default: Any = ...) -> Any:
    value = sheet.get(key, (int, float), "a number", default)
    if value is not None and not isfinite(value):
        raise sheet.fail(f"{key} = {value}", key)
    return None if value is None else float(value)


def _check_model(sheet: Sheet, held: Mapping[str, Any], values: Mapping[str, str], model: Model) -> None:
    """The card reads what its model says today: another expression or segment under the same name is another fact."""
    if model.outcome is None:
        raise sheet.fail(f"{model.name} is a formula: no card is fitted for it", "model")
    says = {one.name: one for one in model.characteristics}
    conditions: dict[str, str | None] = {EVERYONE: None} | {one.name: one.text for one in model.segments}
    for at, segment in enumerate(held["segments"]):
        name, condition = segment["name"], segment["condition"]
        if name not in conditions:
            raise sheet.fail(
                f"model {model.name} has no segment {name}", "segment", at, "name", hint=nearest(name, conditions)
            )
        if condition != conditions[name]:
            raise sheet.fail(
                f"segment {name} was `{condition}`, and is `{conditions[name]}`", "segment", at, hint=FIT_ANEW
            )
        for place, line in enumerate(segment["lines"]):
            known = says.get(line["name"])
            if known is None:
                hint = nearest(line["name"], says)
                raise sheet.fail(f"model {model.name} has no {line['name']}", "segment", at, "line", place, hint=hint)
            if known.kind != line["kind"]:
                raise sheet.fail(f"{line['name']} is a {known.kind}", "segment", at, "line", place, "kind")
            if values.get(line["name"]) != known.text:
                was = values.get(line["name"])
                raise sheet.fail(f"{line['name']} was `{was}`, and is `{known.text}`", "values", hint=FIT_ANEW)
