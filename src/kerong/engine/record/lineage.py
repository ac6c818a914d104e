"""Where a value of an enterprise comes from: field, formula, measure, register rows; see docs/algorithms/lineage.md.

The value of a trace is worked out anew by the stage's own functions, from the rows that the enterprise's record depends
on and no others: it is the run's value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

import polars as pl
import tomli

from kerong.engine.record.clean import Cleaned, cleaned
from kerong.engine.record.decided import NOTHING_DECIDED, Decided, pairs
from kerong.engine.record.facts import Sources
from kerong.engine.record.features import features
from kerong.engine.record.lineage_beside import rows_beside, rows_set_aside
from kerong.engine.record.lineage_rows import (
    WHY,
    Row,
    dropped,
    measured_rows,
    provided_rows,
    read_columns,
    rows_of,
)
from kerong.engine.record.link import Linked, Said, link
from kerong.engine.record.neighbours import HeldTable, held, names_borne, neighbours, whose_of
from kerong.engine.record.old_numbers import OldNumbers
from kerong.engine.record.recorded import recorded
from kerong.engine.record.settle import in_time_order
from kerong.engine.record.tables import LINE, PART, ArchivedTable, FactTable, RememberingTable
from kerong.engine.record.windows import days, first_day
from kerong.rulebook.compiled import evaluate
from kerong.rulebook.content import Formula, Indicator, Measure, Place, Rulebook, Text
from kerong.rulebook.feeds import feeds_of, mapping_of
from kerong.rulebook.forms import dtype_of
from kerong.rulebook.load_registers import provided_type
from kerong.rulebook.pruning import INDICATOR, Reach, reach
from kerong.rulebook.tree import Node, error_of, fields_of
from kerong.rulebook.types import TEXT, Type

ENTERPRISE = "enterprise_id"
Kind = Literal["id", "provided", "measure", "formula", "network", "indicator", "points"]
State = Literal["known", "unknown", "error"]
TITLES = {ENTERPRISE: Text("统一标识", "Identifier"), "other_names": Text("其他名称", "Other names")}


@dataclass(frozen=True, slots=True)
class Trace:
    """One value and what it was made from.

    `value`: None where it is unknown; `state` says "known", "unknown" or "error", and `why` (a key of
    `lineage_words.WHY`). `says`: the expression as it is written, or the sources of a provided field. `window`: first
    day and day after the last that a measure looks at. `known`: the day on which the youngest row that counts, over all
    parts, was known.
    """

    field: str
    kind: Kind
    title: Text
    type: Type
    unit: str | None
    value: object
    state: State
    why: str = ""
    says: str = ""
    register: str | None = None
    window: tuple[date, date] | None = None
    known: date | None = None
    parts: tuple["Trace", ...] = ()
    rows: tuple[Row, ...] = ()


def traced(
    field: str,
    enterprise_id: str,
    facts: Mapping[str, FactTable],
    rulebook: Rulebook,
    on: date,
    given: Mapping[str, object] = MappingProxyType({}),
    decided: Decided = NOTHING_DECIDED,
) -> Trace:
    """The lineage of one field; see `Tracer` for several fields of one enterprise.

    Raises:
        KeyError: there is no such field, or no such enterprise.
    """
    return Tracer(enterprise_id, facts, rulebook, on, given, decided).traces([field])[0]


class Tracer:
    """Traces fields of one enterprise; every register is narrowed to the enterprise's neighbourhood once.

    `given`: the run's values of fields that depend on more than the neighbourhood: what networks give. Where one is
    asked for and not given, the registers behind it are read whole.
    """

    def __init__(
        self,
        enterprise_id: str,
        facts: Mapping[str, FactTable],
        rulebook: Rulebook,
        on: date,
        given: Mapping[str, object] = MappingProxyType({}),
        decided: Decided = NOTHING_DECIDED,
    ) -> None:
        self.enterprise_id, self.facts, self.rulebook, self.on = enterprise_id, facts, rulebook, on
        self.given, self.decided = given, decided
        self._pairs = pairs(decided.identity)[0]
        self._held: dict[str, ArchivedTable] = {}
        self._whose = OldNumbers()
        self._near: dict[str, HeldTable] = {}
        self._clean: dict[str, Cleaned] = {}
        self._values: dict[str, Any] = {}
        self._done: dict[str, Trace] = {}
        self._sent = {feed: mapping_of(rulebook, feed) for feed in feeds_of(rulebook)}
        self._beside: dict[str, tuple[list[tuple[pl.DataFrame, Sources]], list[Row]]] = {}
        self._rows: dict[str, pl.DataFrame] = {}
        self._provenance: dict[str, Any] = {}

    def traces(self, fields: Iterable[str]) -> list[Trace]:
        """The trees of these fields, whose values are worked out together.

        Raises:
            KeyError: there is no such field, or no such enterprise.
        """
        wanted = list(fields)
        behind = reach(self.rulebook, wanted)
        self._work_out(behind)
        self._done = {}
        return [self._traced(field) for field in wanted]

    def rows(self, register: str) -> tuple[Row, ...]:
        """Every row of a register that is the enterprise's, with all columns, also those that the record does not have.

        Raises:
            KeyError: there is no such register, or no such enterprise.
        """
        columns = list(self.rulebook.registers[register].columns)
        behind = reach(self.rulebook, [])
        wanted = {*behind.registers, register}
        self._work_out(replace(behind, registers=tuple(name for name in self.rulebook.registers if name in wanted)))
        return self._of_register(register, None, columns)

    def _work_out(self, behind: Reach) -> None:
        """The values of all that is behind the wanted fields, by the functions of the stage."""
        book = behind.narrowed(self.rulebook)
        given = self._of_networks(behind, book)
        self._read(behind.registers)
        found = self._linked(behind.registers, book)
        mine = pl.col(ENTERPRISE) == self.enterprise_id
        own = found.enterprises.filter(mine)
        if own.is_empty():
            raise KeyError(self.enterprise_id)
        self._provenance = found.provenance.filter(mine).row(0, named=True)
        self._rows = {name: t.filter(mine) for name, t in found.registers.items() if ENTERPRISE in t.columns}
        types = {name: field.type for net in self.rulebook.networks.values() for name, field in net.fields.items()}
        known = [pl.lit(given.get(name), dtype_of(types[name])).alias(name) for name in sorted(behind.network_fields)]
        wrong = [pl.lit(value=True).alias(name) for name, value in given.items() if name.endswith("!error") and value]
        frame, _, _ = features(own.with_columns(*known, *wrong), self._rows, replace(book, networks={}), self.on)
        for name in sorted(behind.indicators):
            node = self.rulebook.indicators[name].value
            scored = evaluate(frame, {INDICATOR + name: node}, self.on)
            failed = pl.lit(bool(scored.errors.height)).alias(error_of(INDICATOR + name))
            frame = frame.hstack(scored.frame).with_columns(failed)
        self._values = frame.row(0, named=True)

    def _of_networks(self, behind: Reach, book: Rulebook) -> dict[str, object]:
        """The values of networks' fields: given, or worked out over all enterprises."""
        missing = [name for name in behind.network_fields if name not in self.given]
        if not missing:
            return dict(self.given)
        made = recorded(self.facts, book, self.on, decided=self.decided)
        whole, _, _ = features(made.enterprises, made.registers, book, self.on)
        own = whole.filter(pl.col(ENTERPRISE) == self.enterprise_id)
        names = [held for name in missing for held in (name, error_of(name)) if held in own.columns]
        return dict(self.given) | ({} if own.is_empty() else own.select(names).row(0, named=True))

    def _read(self, registers: Iterable[str]) -> None:
        """The neighbourhood in these registers, cleaned with PART and LINE."""
        new = [name for name in registers if name not in self._near]
        tellers = [name for name in self.rulebook.region.enterprise_from if name in self.facts]
        for name in {*new, *tellers} - self._held.keys():
            self._held[name] = held(self.facts[name], self.rulebook.registers[name], self.rulebook)
        if not self._near:
            self._whose = whose_of(self._held, self.rulebook, self.on, self._pairs)
        self._near |= neighbours(self._held, self.rulebook, new, self.enterprise_id, self._whose)
        reliability = {feed: mapping.reliability for feed, mapping in self._sent.items()}
        for name in new:
            register = self.rulebook.registers[name]
            self._clean[name] = cleaned(
                self._near[name], register, self.on, None, (PART, LINE), reliability, self._whose
            )

    def _linked(self, registers: Iterable[str], book: Rulebook) -> Linked:
        tables: dict[str, pl.DataFrame] = {}
        said: dict[str, Said] = {}
        for name in registers:
            clean, register = self._clean[name], self.rulebook.registers[name]
            if clean.sources:
                tables[name] = clean.rows
                feeds = [(source.feed, self._reliability(source.feed, name)) for source in clean.sources]
                said[name] = Said(feeds, clean.contested)
            elif register.required:
                raise KeyError(self.enterprise_id)
        return link(tables, book, self.on, said, self._pairs, self.decided.settlement)

    def _reliability(self, feed: str, register: str) -> int:
        return self._sent.get(feed, self.rulebook.registers[register]).reliability

    def _traced(self, field: str) -> Trace:
        if field not in self._done:
            self._done[field] = self._made(field)
        return self._done[field]

    def _made(self, field: str) -> Trace:
        book = self.rulebook
        if field in book.measures:
            return self._measure(book.measures[field])
        if field in book.formulas:
            return self._formula(book.formulas[field])
        if field.startswith(INDICATOR) and field.removeprefix(INDICATOR) in book.indicators:
            return self._indicator(book.indicators[field.removeprefix(INDICATOR)])
        if field in book.region.provides:
            return self._provided(field)
        if field in TITLES:
            names = self._provided("name").rows if field == "other_names" and "name" in book.region.provides else ()
            return self._told(field, "id", TITLES[field], TEXT, why="no_rows", rows=names)
        return self._network(field)

    def _told(self, field: str, kind: Kind, title: Text, of: Type, why: str, **more: Any) -> Trace:
        """A trace with the value that was worked out; `why` it is unknown, where it is."""
        value = self._values.get(field)
        failed = bool(self._values.get(error_of(field)))
        state: State = "error" if failed else "unknown" if value is None else "known"
        told_on = [part.known for part in more.get("parts", ())] + [
            row.known for row in more.get("rows", ()) if row.counts
        ]
        known = max((day for day in told_on if day is not None), default=None)
        told = "" if state == "known" else "calculation" if failed else why
        unit = more.pop("unit", None)
        return Trace(field, kind, title, of, unit, value, state, told, known=known, **more)

    def _parts(self, nodes: Iterable[Node]) -> tuple[Trace, ...]:
        names = {column for node in nodes for table, column in fields_of(node) if table == "enterprise"}
        return tuple(self._traced(name) for name in sorted(names))

    def _formula(self, formula: Formula) -> Trace:
        says = written(self.rulebook, formula.place, formula.name)
        parts = self._parts([formula.value])
        return self._told(
            formula.name,
            "formula",
            formula.title,
            formula.type,
            "part_unknown",
            unit=formula.unit,
            says=says,
            parts=parts,
        )

    def _indicator(self, indicator: Indicator) -> Trace:
        """The value that is scored; its points depend on the scale of the run."""
        says = written(self.rulebook, indicator.place, indicator.name)
        parts = self._parts([indicator.value])
        name, of = INDICATOR + indicator.name, indicator.value.type
        return self._told(name, "indicator", indicator.title, of, "part_unknown", says=says, parts=parts)

    def _network(self, field: str) -> Trace:
        """The enterprise's own rows; the value looks at the rows of all."""
        network = next(one for one in self.rulebook.networks.values() if field in one.fields)
        given = network.fields[field]
        columns = {column for node in network.columns.values() for table, column in fields_of(node)}
        return self._told(
            field,
            "network",
            given.title,
            given.type,
            "network_unknown",
            unit=given.unit,
            says=network.title.en,
            register=network.over,
            rows=self._of_register(network.over, None, sorted(columns)),
            parts=self._parts(network.of_firms().values()),
        )

    def _measure(self, measure: Measure) -> Trace:
        register = self.rulebook.registers[measure.over]
        rows = self._of_register(measure.over, measure, read_columns(measure))
        windowed = measure.window != "all"
        why = "no_rows"
        if measure.over not in self._rows:
            why = "no_file"
        elif windowed and register.covers_from and first_day(measure, self.on) < register.covers_from:
            why = "not_covered"
        elif measure.at_least is not None:
            why = "too_few_periods"
        elif any(row.why == "unknown" for row in rows):
            why = "row_unknown"
        elif any(row.counts for row in rows):
            why = "not_defined"
        return self._told(
            measure.name,
            "measure",
            measure.title,
            measure.type,
            why,
            unit=measure.unit,
            says=written(self.rulebook, measure.place, measure.name),
            register=measure.over,
            window=days(measure, register, self.on) if windowed else None,
            rows=rows,
        )

    def _of_register(self, name: str, measure: Measure | None, columns: list[str]) -> tuple[Row, ...]:
        """The enterprise's rows, and those of its rows that the record does not have."""
        register, clean = self.rulebook.registers[name], self._clean[name]
        if name not in self._rows:
            return ()
        rows = self._rows[name]
        if measure is None:
            marked = rows.with_columns(pl.lit("").alias(WHY))
        else:
            marked = measured_rows(measure, rows, register, self.on)
        lost = dropped(self._near[name], clean, register, self.on, self.enterprise_id, self._whose)
        inside = (*rows_of(marked, register, clean.sources, columns), *rows_of(lost, register, clean.sources, columns))
        return (*inside, *self._outside(name, columns))

    def _outside(self, name: str, columns: list[str]) -> list[Row]:
        """The enterprise's rows that never reached the record."""
        register, table = self.rulebook.registers[name], self._held[name]
        if not isinstance(table, RememberingTable):
            return []
        if name not in self._beside:
            keys, firms = pl.Series("key", [], dtype=pl.String), {self.enterprise_id}
            if register.identify == "name":
                keys, firms = names_borne(self._held, self.rulebook, self.enterprise_id, self._whose)
            keys = keys if firms == {self.enterprise_id} else keys.clear()
            beside = list(rows_beside(table, register, self.enterprise_id, keys, self._whose))
            aside = rows_set_aside(table, register, self._sent, self.enterprise_id, keys, self._whose)
            self._beside[name] = beside, list(aside)
        beside, unread = self._beside[name]
        return [*(row for rows, sources in beside for row in rows_of(rows, register, sources, columns)), *unread]

    def _provided(self, field: str) -> Trace:
        """Every source's rows in the order of sources, the latest known first."""
        pairs = self.rulebook.region.provides[field]
        chosen = self._provenance.get(f"{field}.from")
        rows: list[Row] = []
        for name, column in pairs:
            if name not in self._rows or column not in self._rows[name].columns:
                continue
            register, clean = self.rulebook.registers[name], self._clean[name]
            ordered = in_time_order(self._rows[name], register)
            marked = provided_rows(ordered, column, chosen == f"{name}.{column}", self._values.get(field))
            lost = dropped(self._near[name], clean, register, self.on, self.enterprise_id, self._whose)
            for table in (marked, lost):
                rows += rows_of(table, register, clean.sources, [column])
            rows += self._outside(name, [column])
        title = self.rulebook.registers[pairs[0][0]].columns[pairs[0][1]].title
        says = ", ".join(f"{name}.{column}" for name, column in pairs)
        kind = provided_type(pairs, self.rulebook.registers)
        return self._told(field, "provided", title, kind, "no_rows", says=says, rows=tuple(rows))


def written(rulebook: Rulebook, place: Place, name: str) -> str:
    """The expression of a measure, formula or indicator as its file says it; empty where there is no text."""
    text = rulebook.texts.get(place.file)
    if text is None:
        return ""
    told = tomli.loads(text)
    listed = [one for found in told.values() if isinstance(found, list) for one in found if isinstance(one, dict)]
    for one in [told, *listed]:
        if one.get("name") == name and "value" in one:
            where = f" where {one['where']}" if "where" in one else ""
            return " ".join(f"{one['value']}{where}".split())
    return ""
