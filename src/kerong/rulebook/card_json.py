"""The JSON of a card, held to the same laws as a card's sheet: whoever changed it by hand is told where it is wrong."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

from kerong.rulebook.cards import VERSION
from kerong.rulebook.lines import Path
from kerong.rulebook.load_cards import held_of
from kerong.rulebook.said import Text
from kerong.rulebook.sheets import RulebookError, Sheet, Stop

KEYS = ("name", "version", "fitted_on", "window", "rows", "bads", "rate_bp", "prior_bp", "scaling", "segment")
MOST_CHARACTERS = 20_000_000  # a card of 1,000 lines of 100 bins has about a tenth of that


class CardRefused(ValueError):
    """A text that is no card of this program; `said` says why in both languages, and so does its own text."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{en} / {zh}")
        self.said = Text(zh, en)


@dataclass(frozen=True, slots=True)
class _Keys:
    """Where a key stands in an object: the keys that lead to it."""

    def of(self, path: Path) -> tuple[str, int]:
        return ".".join(map(str, path)) or "card", 0


def read_card(text: str) -> dict[str, Any]:
    """The object of a card's JSON, strictly checked. Raises CardRefused, whatever the text is."""
    if len(text) > MOST_CHARACTERS:
        _refuse(f"{len(text):,} characters")
    try:
        held = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        _refuse(str(error))
    if not isinstance(held, dict):
        _refuse(f"{type(held).__name__}")
    version = held.get("version")
    if version != VERSION or type(version) is not int:
        raise CardRefused(
            f"这段文字不是本程序的评分卡：版本是 {version}，本程序只读版本 {VERSION}；请重新拟合",
            f"this text is no card: a card of version {version}, this program reads version {VERSION}; fit it anew",
        )
    errors: list[RulebookError] = []
    sheet = Sheet("card", _as_sheet(held), _Keys(), errors)
    sheet.only(KEYS)
    found: dict[str, Any] = {}
    with suppress(Stop):
        found = held_of(sheet)
    if errors:
        _refuse(f"{errors[0].file}: {errors[0].message}" + (f" ({errors[0].hint})" if errors[0].hint else ""))
    return found


def _refuse(why: str) -> NoReturn:
    raise CardRefused(f"这段文字不是评分卡：{why}", f"this text is no card: {why}")


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _as_sheet(held: Mapping[str, Any]) -> dict[str, Any]:
    """As a sheet says it: no empty keys, dates as dates, tables by their singular."""
    found = {("segment" if key == "segments" else key): value for key, value in held.items() if value is not None}
    found["fitted_on"] = _day(found.get("fitted_on"))
    if isinstance(found.get("window"), list):
        found["window"] = [_day(one) for one in found["window"]]
    found["segment"] = _each(found.get("segment"), _segment)
    return found


def _segment(held: Mapping[str, Any]) -> dict[str, Any]:
    found = {("line" if key == "lines" else key): value for key, value in held.items() if value is not None}
    return {**found, "line": _each(found.get("line"), _line)}


def _line(held: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in held.items() if value is not None}
    found["bins"] = _each(found.get("bins"), _bin)
    return {**found, **{key: _bin(found[key]) for key in ("missing", "other") if isinstance(found.get(key), dict)}}


def _bin(held: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in held.items() if value is not None and (key != "categories" or value != [])}


def _each(items: Any, form: Any) -> Any:
    """Every table in its form; what is no list of tables stays as it is, and is told by the reader."""
    return [form(one) if isinstance(one, dict) else one for one in items] if isinstance(items, list) else items


def _day(value: Any) -> Any:
    with suppress(TypeError, ValueError):
        return date.fromisoformat(value)
    return value
