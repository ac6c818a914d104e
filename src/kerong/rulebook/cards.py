"""Fitted scorecards as rule data: every line is a CASE of the language, over a value named `row.<characteristic>`.

`text_of` writes a card as a sheet, `load_cards` reads it back: what is read equals what was written, to the last bit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from kerong.rulebook.nodes import built
from kerong.rulebook.said import Place, Text
from kerong.rulebook.tree import Node
from kerong.rulebook.types import BOOL, DECIMAL, RATIO, TEXT, WHOLE

ROW = "row"  # the table of a card's values: a flat row, whatever it was made from
VERSION = 1
LARGEST = 1.7976931348623157e308  # of the numbers that are no infinity
FITTED_FROM = ("sample", "model", "facts")
BIN = ("low", "high", "categories", "goods", "bads", "woe", "points")


@dataclass(frozen=True, slots=True)
class CardLine:
    """One characteristic: `points` is a whole number for every value, known or not; `missing` is what unknown gets."""

    name: str
    kind: str
    points: Node
    missing: int


@dataclass(frozen=True, slots=True)
class CardPart:
    """The lines of one segment: `base` and the points of every line add up to the score."""

    name: str
    base: int
    lines: tuple[CardLine, ...]


@dataclass(frozen=True, slots=True)
class CardRules:
    """A card of the pack: `model` it was fitted for, `source`: on what. The last part reads everybody else.

    `held` is the card itself, as the object that its JSON is; `values` the expressions that its characteristics had.
    `fitted_from`: digests of the sample, of the model and of the facts behind it (FITTED_FROM); empty: it does not say.
    """

    name: str
    model: str
    source: Text
    values: Mapping[str, str]
    held: Mapping[str, Any]
    parts: tuple[CardPart, ...]
    place: Place
    fitted_from: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def part(self, segment: str | None) -> CardPart:
        """The part of a segment, or the last."""
        return next((one for one in self.parts if one.name == segment), self.parts[-1])


def parts_of(held: Mapping[str, Any]) -> tuple[CardPart, ...]:
    """The segments of a card as trees."""
    return tuple(
        CardPart(one["name"], one["base"], tuple(_line(line) for line in one["lines"])) for one in held["segments"]
    )


def _line(line: Mapping[str, Any]) -> CardLine:
    is_number = line["kind"] == "number"
    compiled = _of_number(line) if is_number else _of_category(line)
    return CardLine(line["name"], line["kind"], compiled, line["missing"]["points"])


def _of_number(line: Mapping[str, Any]) -> Node:
    """Missing first (null, NaN and infinite), then every bin but the last by what it ends before."""
    value = Node("field", RATIO, value=(ROW, line["name"]))
    most, least = _decimal(LARGEST), _decimal(-LARGEST)
    finite = built("and", [built("le", [least, value]), built("le", [value, most])])
    missing = _whole(line["missing"]["points"])
    branches = [built("is_null", [value]), missing, built("not", [finite]), missing]
    for one in line["bins"][:-1]:
        branches += [built("lt", [value, _decimal(one["high"])]), _whole(one["points"])]
    return built("case", [*branches, _whole(line["bins"][-1]["points"])])


def _of_category(line: Mapping[str, Any]) -> Node:
    value = Node("field", TEXT, value=(ROW, line["name"]))
    branches = [built("is_null", [value]), _whole(line["missing"]["points"])]
    for one in line["bins"]:
        branches += [Node("in", BOOL, (value,), tuple(one["categories"])), _whole(one["points"])]
    return built("case", [*branches, _whole(line["other"]["points"])])


def _whole(value: int) -> Node:
    return Node("literal", WHOLE, value=value)


def _decimal(value: float) -> Node:
    return Node("literal", DECIMAL, value=float(value))


def text_of(
    held: Mapping[str, Any],
    model: str,
    source: Text,
    values: Mapping[str, str],
    fitted_from: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The sheet of a card: `held` is the object of its JSON, `values` the expressions of its characteristics."""
    head = {key: held[key] for key in ("name", "version")}
    head |= {"model": model, "fitted_on": _day(held["fitted_on"]), "window": [_day(day) for day in held["window"]]}
    head |= {key: held[key] for key in ("rows", "bads", "rate_bp", "prior_bp")}
    lines = [f"{key} = {_toml(value)}" for key, value in head.items() if value is not None]
    lines.append(f"source = {_table({'zh': source.zh, 'en': source.en})}")
    if fitted_from:
        lines += ["", "[fitted_from]", *_pairs(fitted_from)]
    lines += ["", "[scaling]", *_pairs(held["scaling"]), "", "[values]", *_pairs(values)]
    for segment in held["segments"]:
        steps = ", ".join(f"[{points}, {bp}]" for points, bp in segment["calibration"])
        own = {key: segment[key] for key in ("name", "condition", "base") if segment[key] is not None}
        lines += ["", "[[segment]]", *_pairs(own), f"calibration = [{steps}]"]
        for line in segment["lines"]:
            lines += ["", "[[segment.line]]", *_pairs({"name": line["name"], "kind": line["kind"]})]
            lines += ["bins = [", *(f"  {_bin(one)}," for one in line["bins"]), "]"]
            lines += [f"{key} = {_bin(line[key])}" for key in ("missing", "other") if line[key] is not None]
    return "\n".join(lines) + "\n"


def _bin(one: Mapping[str, Any]) -> str:
    kept = {key: one[key] for key in BIN if one[key] is not None and (key != "categories" or one[key])}
    return _table(kept)


def _table(values: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(f"{key} = {_toml(value)}" for key, value in values.items()) + " }"


def _pairs(values: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {_toml(value)}" for key, value in values.items()]


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _toml(value: Any) -> str:
    if isinstance(value, str):
        return '"' + "".join(_escaped(character) for character in value) + '"'
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + _joined(map(_toml, value)) + "]"
    return str(value)


def _joined(texts: Iterable[str]) -> str:
    return ", ".join(texts)


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x20 or code == 0x7F else character
