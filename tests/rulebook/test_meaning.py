"""docs/meaning.md, row by row: what its tables say is what both evaluators find."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from kerong.engine.entitle import OUTCOME_NAMES, decided_rule, explain
from kerong.engine.record import features
from kerong.rulebook import compiled, forms, load, plain
from kerong.rulebook.content import Amount, Clause, Parameter, Place, Rule, Source, Text
from kerong.rulebook.kinds import LIMIT
from kerong.rulebook.parse import Scope, built, parse, with_exceptions
from kerong.rulebook.tables import Entries, Spell, Steps, Table
from kerong.rulebook.tree import Node
from kerong.rulebook.types import BOOL, COUNT, DATE, FEN, SPELLS, TEXT, WHOLE, YEAR, Type

PAGE = (Path(__file__).parents[2] / "docs" / "meaning.md").read_text("utf-8")
ON = date(2025, 6, 30)
TYPES = {t: Type("int", t) for t in ("fen", "bp", "days", "count")} | {
    "ratio": Type("float", "ratio"),
    "flag": BOOL,
    "text": TEXT,
    "date": DATE,
    "year": YEAR,
    "spells": SPELLS,
}
NO_SCOPE = Scope({}, {})


def markdown_tables() -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """(heading, header, rows) of every table of the page."""
    heading, lines = "", [*PAGE.splitlines(), ""]
    found: list[list[str]] = []
    for line, following in pairwise(lines):
        heading = line.removeprefix("## ") if line.startswith("## ") else heading
        if line.startswith("|"):
            found.append([cell.strip() for cell in line.strip("|").split("|")])
            if not following.startswith("|"):
                yield heading, found[0], found[2:]
                found = []


TABLES = list(markdown_tables())


def expressions() -> Iterator[tuple[dict[str, str], str, str]]:
    """(operands by `name: type`, expression, result) of every row of the tables over expressions."""
    for _, header, rows in TABLES:
        given = sum(": " in cell and not cell.startswith("`") for cell in header)
        for row in rows if given else []:
            for text, result in zip(header[given:], row[given:], strict=True):
                yield dict(zip(header[:given], row, strict=False)), text.strip("`"), result


EXPRESSIONS = list(expressions())


def parameters() -> dict[str, Parameter]:
    """The tables of the page's TOML."""
    found = {}
    for name, data in tomllib.loads("\n".join(re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)))["table"].items():
        kind = Type("table", name.rpartition("_")[2], over=data.pop("over"))
        ((start, entry),) = data.items()
        table: Table = (
            Entries(entry["of"], entry.get("otherwise"))
            if "of" in entry
            else Steps(tuple(entry["from"]), tuple(entry["value"]))
        )
        found[name] = Parameter(name, None, kind, ((date.fromisoformat(str(start)), table, ""),))
    return found


PARAMETERS = parameters()


def in_error(kind: Type) -> Node:
    """An expression of a type that is an error."""
    no = built("lt", [parse("1 / 0", NO_SCOPE), parse("1", NO_SCOPE)])
    match kind.kind:
        case "bool":
            return no
        case "date":
            return parse("add_days(on, 9999999)", NO_SCOPE)
        case "text":
            return built("case", [no, parse("'a'", NO_SCOPE), parse("'b'", NO_SCOPE)])
        case "float":
            return parse("1 / 0", NO_SCOPE)
    return Node("multiply", kind, (Node("literal", kind, value=LIMIT), Node("literal", WHOLE, value=2)))


def read(cell: str, kind: Type) -> plain.Result:
    """The value that a cell of the page tells."""
    if cell == "unknown":
        return None
    match kind.kind:
        case "bool":
            return {"true": True, "false": False}[cell]
        case "date":
            return date.fromisoformat(cell)
        case "text":
            return cell.strip("'")
        case "float":
            return float(cell)
        case "spells":
            ends = [spell.split("..") for spell in cell.split() if spell != "none"]
            return tuple(Spell(*(None if day == "?" else date.fromisoformat(day) for day in spell)) for spell in ends)
    return int(cell.replace(",", ""))


def column(name: str, value: plain.Result, kind: Type) -> pl.Series:
    """A column of one row, as it stands in frames."""
    if isinstance(value, tuple):
        value_in_frame: object = [{"begins": s.begins, "ends": s.ends} for s in value]
        return pl.Series(name, [value_in_frame], dtype=forms.dtype_of(kind))
    return pl.Series(name, [value], dtype=forms.dtype_of(kind))


def written(text: str, scope: Scope) -> Node:
    """An expression of a header; exceptions are written `exceptions a over b: 1, b: 2, else 3`."""
    if not text.startswith("exceptions "):
        return parse(text, scope)
    *parts, base = text.removeprefix("exceptions ").split(", ")
    exceptions = []
    for part in parts:
        told, value = part.split(": ")
        label, _, beaten = told.partition(" over ")
        exceptions.append((label, parse(label, scope), parse(value, scope), [beaten] if beaten else []))
    return with_exceptions(parse(base.removeprefix("else "), scope), exceptions)


@pytest.mark.parametrize(("given", "text", "expected"), EXPRESSIONS)
def test_both_evaluators_find_what_a_row_of_the_page_says(given: dict[str, str], text: str, expected: str) -> None:
    operands = {name: (TYPES[kind], cell) for (name, kind), cell in ((k.split(": "), v) for k, v in given.items())}
    bare = {
        name: in_error(kind) if cell == "error" else Node("field", kind, value=("", name))
        for name, (kind, cell) in operands.items()
    }
    facts = {("", name): read(cell, kind) for name, (kind, cell) in operands.items() if cell != "error"}
    tables = {name: Node("parameter", p.type, value=name) for name, p in PARAMETERS.items()}
    node = written(text, Scope({}, bare | tables))
    frame = pl.DataFrame(
        [pl.Series("_row", [0])] + [column(name, value, operands[name][0]) for (_, name), value in facts.items()]
    )
    found = compiled.evaluate(frame, {"x": node}, ON, PARAMETERS)
    theirs: plain.Result = found.frame["x"].item()
    ours = plain.evaluate(node, facts, ON, {name: p.at(ON) for name, p in PARAMETERS.items()})
    assert found.errors.height == (expected == "error")
    if expected == "error":
        assert isinstance(ours, plain.Fault)
        assert theirs is None
    elif node.type.kind == "int" and expected != "unknown":
        wanted = Fraction(expected.replace(",", ""))
        assert [Fraction(str(x)) / node.type.divisor for x in (ours, theirs)] == [wanted, wanted]
    else:
        wanted_value = read(expected, node.type)
        assert [(x, type(x)) for x in (ours, theirs)] == [(wanted_value, type(wanted_value))] * 2


@dataclass(frozen=True)
class Told:
    verdict: str
    deciding: int


def rows_under(heading: str) -> list[list[str]]:
    return next(rows for title, _, rows in TABLES if title == heading)


def judged(cells: list[str]) -> Rule:
    """A rule with two clauses and an amount that come to what the cells say."""
    scope = Scope({"enterprise": {"one": BOOL, "two": BOOL, "pays": FEN}}, {})
    first, second, fen = (
        in_error(kind) if cell == "error" else scope.field("enterprise", name)
        for cell, (name, kind) in zip(cells, scope.fields["enterprise"].items(), strict=True)
    )
    place, words = Place("rule.toml", 1), Text("甲", "A")
    clauses = tuple(Clause(condition, "", words, None, place) for condition in (first, second))
    source = Source("d", "1", "published")
    return Rule(
        "r", "subsidy", words, "enterprise", None, source, "", None, clauses,
        Amount(fen, "down", "enterprise", None), (), {}, (), place,
    )  # fmt: skip


@pytest.mark.parametrize("cells", rows_under("The verdict of a rule"), ids=" ".join)
def test_a_verdict_is_decided_as_the_page_says(cells: list[str]) -> None:
    rule, kinds = judged(cells[:3]), {"one": BOOL, "two": BOOL, "pays": FEN}
    values = {name: read(c, kinds[name]) for name, c in zip(kinds, cells[:3], strict=True) if c != "error"}
    frame = pl.DataFrame({"enterprise_id": ["a"], "row_key": [""]})
    frame = frame.with_columns(column(name, value, kinds[name]) for name, value in values.items())
    table, _ = decided_rule(rule, frame, ON)
    explained = explain(rule, {("enterprise", name): value for name, value in values.items()}, ON)
    wanted = Told(cells[3], int(cells[4]))
    assert Told(OUTCOME_NAMES[table["outcome"].item()], table["clause"].item()) == wanted
    assert Told(OUTCOME_NAMES[explained.outcome], explained.clause) == wanted


REGION = """
name = "north"
title = { zh = "北", en = "North" }
currency = "CNY"
default_on = 2025-06-30
[enterprise]
from = ["permit"]
[enterprise.provides]
"""
REGISTER = """
name = "permit"
title = { zh = "证", en = "Permits" }
files = ["permit"]
row = ["enterprise_id", "begins_on"]
absence = "ABSENCE"
period = "begins_on"
[column.credit_code]
title = { zh = "码", en = "Code" }
header = ["码"]
type = "credit_code"
[column.begins_on]
title = { zh = "起", en = "From" }
header = ["起"]
type = "date"
[column.ends_on]
title = { zh = "止", en = "Until" }
header = ["止"]
type = "date"
[column.staff]
title = { zh = "人", en = "Staff" }
header = ["人"]
type = "count"
"""
MEASURES = {
    "sum_of": "sum(permit.staff)",
    "count_of": "count()",
    "any_of": "any(permit.staff > 5)",
    "max_of": "max(permit.staff)",
    "latest_of": "latest(permit.staff)",
    "spells_of": "spells(permit.begins_on, permit.ends_on)",
}
TITLE = 'title = { zh = "甲", en = "A" }'


@pytest.mark.parametrize("cells", rows_under("What no row means"), ids=" ".join)
def test_an_enterprise_without_a_row_has_the_measures_that_the_page_says(cells: list[str]) -> None:
    texts = {
        "region.toml": REGION,
        "registers/permit.toml": REGISTER.replace("ABSENCE", cells[0]),
        "measures/all.toml": "".join(
            f'[[measure]]\nname = "{name}"\n{TITLE}\nover = "permit"\nvalue = "{value}"\n'
            for name, value in MEASURES.items()
        ),
        "formulas/all.toml": f'[[formula]]\nname = "held"\n{TITLE}\nvalue = "held_on(enterprise.spells_of, on)"\n',
    }
    table = pl.DataFrame(
        schema={"enterprise_id": pl.String, "begins_on": pl.Date, "ends_on": pl.Date, "staff": pl.Int64}
    )
    enterprises = pl.DataFrame({"enterprise_id": ["a"]})
    frame, _, _ = features(enterprises, {"permit": table} if cells[1] == "yes" else {}, load(texts), ON)
    number, flag, other, held = (read(c, k) for c, k in zip(cells[2:], (COUNT, BOOL, COUNT, BOOL), strict=True))
    assert [frame[name].item() for name in ("sum_of", "count_of")] == [number, number]
    assert frame["any_of"].item() is flag
    assert [frame[name].item() for name in ("max_of", "latest_of")] == [other, other]
    assert frame["held"].item() is held


def test_the_page_has_a_table_for_every_kind_that_computes_something() -> None:
    told = " ".join(text for _, header, _ in TABLES for text in header)
    for kind in ("share_bp", "prorate", "step", "marginal", "lookup", "held_on", "exceptions", "coalesce", "left"):
        assert kind in told
    assert len(EXPRESSIONS) > 200
