"""The kept comparison of systems that belongs to the published run: the regions side by side, and one firm under all.

`kerong region compare --into` writes it beside the run. It is shown only where city and day are those of the run.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from kerong.engine.entitle import MET
from kerong.lab.systems.words import BASES, INSTRUMENTS, share
from kerong.rulebook.content import Text
from kerong.store.runs import NotARun, Run, read_run
from kerong.web.base.disclosure import HIDDEN, may_show_amount, shown, shown_parts
from kerong.web.base.figures import count
from kerong.web.base.selectors.published import Published

BESIDE = "-systems"  # what the folder's name has after that of the run
KIND = "systems"
KEPT = 2
GAPS = 4
REACH = ("certain", "possible", "nothing")
Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A comparison on disk: its figures, the words of its rules by system, and the run that holds the firms."""

    run: Run
    figures: Line
    rules: Line

    @property
    def names(self) -> list[str]:
        """The systems, in the order of the comparison."""
        return [line["name"] for line in self.figures["systems"]]


@dataclass(frozen=True, slots=True)
class Choice:
    """A system that can be chosen."""

    name: str
    title: Text
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """Firms of one kind of reach: how many, as they may be shown, and their place in a bar of 100."""

    name: str
    count: int | str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A condition that keeps firms out; `register`: a row of a register is what is missing."""

    title: Text
    is_register: bool
    firms: int
    alone: int


@dataclass(frozen=True, slots=True)
class SystemCard:
    """One system as the page shows it; `is_hidden`: a count is, so no bar may be drawn.

    Amounts are None where too few firms stand behind them.
    """

    name: str
    title: Text
    reached: tuple[Reached, ...]
    is_hidden: bool
    share: str
    spent_fen: int | None
    placed_fen: int | None
    paid: int | str
    rules: int
    assumed: int
    numbers: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: what it is about, and a cell for each system (None: it has no such thing)."""

    title: Text
    cells: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class SystemsPage:
    """The chosen systems side by side. Without exact numbers `groups`, `leverage` and gaps are empty."""

    choices: tuple[Choice, ...]
    cards: tuple[SystemCard, ...]
    firms: int
    instruments: tuple[Row, ...]
    leverage: tuple[Row, ...]
    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    chart: Mapping[str, Any]

    @property
    def firms_text(self) -> str:
        """How many firms the city has, for sentences."""
        return count(self.firms)


@dataclass(frozen=True, slots=True)
class HeldRule:
    """What a firm has of one rule: an amount where it is met, else the condition that is open."""

    title: Text
    kind: str
    is_met: bool
    is_policy: bool
    awarded_fen: int
    open: Text | None


@dataclass(frozen=True, slots=True)
class FirmUnder:
    """One firm under one system; `paid_fen` is what policies award on its claims."""

    name: str
    title: Text
    met: tuple[HeldRule, ...]
    open: tuple[HeldRule, ...]
    paid_fen: int


def kept(published: Published) -> Kept | None:
    """The comparison that belongs to this run, or None where there is none."""
    folder = published.path.with_name(published.path.name + BESIDE)
    try:
        found = read_run(folder)
    except NotARun:
        return None
    told = found.manifest
    mine = {"kind": KIND, "region": published.rulebook.region.name, "on": published.on.isoformat()}
    if any(told.get(key) != value for key, value in mine.items()):
        return None
    return _opened(str(folder), str(told["run_id"]))


@lru_cache(maxsize=KEPT)
def _opened(folder: str, run_id: str) -> Kept:
    run = read_run(Path(folder))
    return Kept(run, json.loads(run.document("figures.json")), json.loads(run.document("rules.json")))


def systems_page(found: Kept, chosen: Sequence[str], lang: str, *, exact: bool) -> SystemsPage:
    """The systems that were chosen, all where none is. `exact`: small counts are shown, groups and gaps with them."""
    named = [name for name in found.names if name in chosen] or found.names
    lines = [line for line in found.figures["systems"] if line["name"] in named]
    return SystemsPage(
        tuple(Choice(line["name"], _text(line["title"]), line["name"] in named) for line in found.figures["systems"]),
        tuple(_card(line, found.figures["city"]["firms"], exact=exact) for line in lines),
        found.figures["city"]["firms"],
        _instruments(lines) if exact else (),
        _leverage(lines) if exact else (),
        tuple((name, _group(found.figures, lines, name)) for name in found.figures["groups"]) if exact else (),
        _chart(lines, lang) if exact else {},
    )


def firm_under(found: Kept, enterprise_id: str) -> list[FirmUnder]:
    """What each system gives one firm: rules that are met, largest amount first, then the open ones."""
    rows = found.run.scan("held").filter(pl.col("enterprise_id") == enterprise_id).collect().to_dicts()
    told = []
    for line in found.figures["systems"]:
        rules = found.rules[line["name"]]
        held = [_held(row, rules[row["rule"]]) for row in rows if row["system"] == line["name"]]
        met = sorted((one for one in held if one.is_met), key=lambda one: (not one.is_policy, -one.awarded_fen))
        paid = sum(one.awarded_fen for one in met if one.is_policy)
        opened = tuple(one for one in held if not one.is_met)
        told.append(FirmUnder(line["name"], _text(line["title"]), tuple(met), opened, paid))
    return told


def _held(row: Line, rule: Line) -> HeldRule:
    clause, is_met = row["clause"], row["outcome"] == MET
    open_one = _text(rule["clauses"][clause - 1]) if not is_met and 0 < clause <= len(rule["clauses"]) else None
    return HeldRule(_text(rule["title"]), rule["kind"], is_met, rule["is_policy"], row["awarded_fen"], open_one)


def _card(line: Line, firms: int, *, exact: bool) -> SystemCard:
    public, counts = line["public"], {name: line["reached"][name] for name in REACH}
    told = counts if exact else shown_parts(counts, yields="nothing")
    spent, placed = (exact or may_show_amount(public[key]) for key in ("firms", "placed_firms"))
    hidden = any(isinstance(number, str) for number in told.values())
    return SystemCard(
        line["name"],
        _text(line["title"]),
        tuple(_reached(told, counts, firms)),
        hidden,
        HIDDEN if hidden else share(counts["certain"], firms),
        public["spent_fen"] if spent else None,
        public["placed_fen"] if placed else None,
        public["firms"] if exact else shown(public["firms"]),
        line["rules"],
        line["assumed"],
        line["numbers"],
        tuple(
            Gap(_text(gap["title"]), gap["register"] is not None, gap["firms"], gap["alone_firms"])
            for gap in line["gaps"][: GAPS if exact else 0]
        ),
    )


def _reached(told: Mapping[str, int | str], counts: Mapping[str, int], firms: int) -> Iterator[Reached]:
    start = 0.0
    for name, outcome in zip(REACH, ("met", "unknown", "failed"), strict=True):
        width = 100 * counts[name] / max(firms, 1)
        yield Reached(outcome, told[name], round(start, 2), round(width, 2))
        start += width


def _instruments(lines: Sequence[Line]) -> tuple[Row, ...]:
    """Public money by kind of policy."""
    spent = [{one["kind"]: one["awarded_fen"] for one in line["instruments"] if one["is_public"]} for line in lines]
    return tuple(
        Row(Text(*INSTRUMENTS[kind]), tuple(one.get(kind) for one in spent))
        for kind in INSTRUMENTS
        if any(kind in one for one in spent)
    )


def _chart(lines: Sequence[Line], lang: str) -> dict[str, Any]:
    """Public money by kind of policy as the chart draws it: in whole units of the currency."""
    rows = [(row.title.in_(lang), row.cells) for row in _instruments(lines)]
    return {
        "names": [line["title"][lang] for line in lines],
        "series": [{"name": name, "values": [(fen or 0) / 100 for fen in cells]} for name, cells in rows],
    }


def _leverage(lines: Sequence[Line]) -> tuple[Row, ...]:
    """The ratios by basis: a line holds like with like."""
    ratios = [{one["basis"]: one["ratio"] for one in line["leverage"]} for line in lines]
    return tuple(
        Row(Text(zh, en), tuple(None if one.get(basis) is None else f"{one[basis]:,.1f}" for one in ratios))
        for basis, (zh, en) in BASES.items()
        if any(one.get(basis) is not None for one in ratios)
    )


def _group(figures: Line, lines: Sequence[Line], name: str) -> tuple[Row, ...]:
    """Per group the share of its firms that each system reaches for certain."""
    return tuple(
        Row(_text(group["title"]), tuple(share(line["by"][name][place]["certain"], group["firms"]) for line in lines))
        for place, group in enumerate(figures["groups"][name])
    )


def _text(title: Line) -> Text:
    return Text(title["zh"], title["en"])
