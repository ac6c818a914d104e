"""Where one value comes from, for one reader: the tree of its parts, the rows behind it, and what may not be shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from kerong.engine.entitle.values import titled, value_in_words
from kerong.engine.record.lineage import Trace
from kerong.engine.record.lineage_rows import Row
from kerong.engine.record.lineage_words import KINDS, WHY
from kerong.rulebook.content import Measure, Register, Text
from kerong.rulebook.networks import NetworkField
from kerong.rulebook.pruning import INDICATOR
from kerong.rulebook.tree import Node, fields_of, walk
from kerong.rulebook.types import COLUMN_TYPES, Type
from kerong.rulebook.words import CALLS, SIGNS
from kerong.web.base import figures
from kerong.web.base.selectors.carried import Carried
from kerong.web.base.selectors.facts import UNREADABLE, FactsGone, tracer
from kerong.web.base.selectors.objections import Disputed, subject_title
from kerong.web.base.selectors.published import Published
from kerong.web.base.words import word

ROWS_SHOWN = 40
TOLD = {"field", "parameter", "literal", "on", "number", "coalesce", "share_bp", *SIGNS, *CALLS}  # kinds with words


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row, in words."""

    title: str
    value: str


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row: where it stands, what it says, whether it counts, and by which name it can be objected to."""

    register: str
    file: str
    batch: str
    line: int
    known: date | None
    cells: tuple[Cell, ...]
    counts: bool
    why: str
    place: str
    disputed: str


@dataclass(frozen=True, slots=True)
class Part:
    """One value of the tree; `withheld`: the reader may not see it, nor what is behind it."""

    field: str
    title: str
    kind: str
    value: str
    state: str
    why: str
    how: str
    says: str
    register: str
    window: tuple[date, date] | None
    known: date | None
    rows: tuple[RowLine, ...]
    counted: int
    hidden_rows: int
    more: int
    parts: tuple["Part", ...]
    withheld: bool
    disputed: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a register says of the enterprise: rows, periods, and when the youngest was known."""

    register: Text
    rows: int
    periods: int | None
    first: date | None
    last: date | None
    known: date | None
    age: int | None


@dataclass(frozen=True, slots=True)
class Panel:
    """A value with its meaning and origin; `root` is None where the registers are gone: `gone` and `file` say how."""

    field: str
    title: Text
    meaning: Text | None
    better: str | None
    unit: str | None
    value: str
    root: Part | None
    gone: str
    file: str
    known: date | None
    age: int | None
    coverage: tuple[Coverage, ...]
    disputed: str
    rests_on_disputed: bool


def panel(
    published: Published, enterprise_id: str, field: str, held: Carried, marks: Disputed, lang: str
) -> Panel | None:
    """The panel of a field that the reader may see; None where there is no such field or it is withheld."""
    book, row = published.rulebook, published.enterprise(enterprise_id)
    if row is None or field == "enterprise_id" or not held.has(field):
        return None
    root: Part | None = None
    gone = file = value = ""
    known: date | None = None
    registers: set[str] = set()
    try:
        trace = tracer(published, enterprise_id).traces([field])[0]
    except KeyError:
        return None
    except FactsGone as error:
        gone, file = error.kind, error.name if error.kind in ("file", "changed") else ""
    except UNREADABLE:
        gone = "place"
    else:
        root = _Teller(published, held, marks, lang).part(trace)
        value, known = root.value, trace.known
        registers = {line.register for part in _parts(root) for line in part.rows}
        registers |= {trace.register} if trace.register else set()
    item = book.measures.get(field) or book.formulas.get(field) or book.network_fields.get(field)
    indicator = book.indicators.get(field.removeprefix(INDICATOR)) if field.startswith(INDICATOR) else None
    return Panel(
        field=field,
        title=item.title if item else indicator.title if indicator else _title(published, field),
        meaning=item.meaning if item else indicator.meaning if indicator else None,
        better=item.better if item else indicator.better if indicator else None,
        unit=item.unit if item else None,
        value=value if root else of_run(published, row.get(field), field, lang),
        root=root,
        gone=gone,
        file=file,
        known=known,
        age=(published.on - known).days if known else None,
        coverage=coverage(published, enterprise_id, registers),
        disputed=marks.of(field),
        rests_on_disputed=root is not None and _rests(root),
    )


def rows_of_register(
    published: Published, enterprise_id: str, name: str, held: Carried, marks: Disputed, lang: str
) -> tuple[RowLine, ...]:
    """Every row of a register that the city holds of the enterprise, those that do not count among them.

    Raises:
        FactsGone: what the run was made from is no longer there.
    """
    teller = _Teller(published, held, marks, lang)
    try:
        found = tracer(published, enterprise_id).rows(name)
    except UNREADABLE as error:
        raise FactsGone("place", name) from error
    return tuple(teller.row(row) for row in found if name in held.columns)


def coverage(published: Published, enterprise_id: str, registers: Iterable[str]) -> tuple[Coverage, ...]:
    """What the run says of these registers and the enterprise; nothing of runs that were made without."""
    book = published.rulebook
    if "coverage" not in published.tables:
        return ()
    own = (pl.col("enterprise_id") == enterprise_id) & pl.col("register").is_in(sorted(registers))
    found = published.table("coverage").filter(own).sort("register").collect()
    return tuple(
        Coverage(
            register=book.registers[row["register"]].title,
            rows=row["rows"],
            periods=row["periods"],
            first=row["first"],
            last=row["last"],
            known=row["known"],
            age=(published.on - row["known"]).days if row["known"] else None,
        )
        for row in found.iter_rows(named=True)
        if row["register"] in book.registers
    )


def place_of(row: Row) -> str:
    """The name of a row for an objection: its key where the register has one, else batch or file with its line."""
    return row.row_key or f"{row.batch or row.file}:{row.line}"


class _Teller:
    """Turns traces into words for one reader."""

    def __init__(self, published: Published, held: Carried, marks: Disputed, lang: str) -> None:
        self.published, self.book = published, published.rulebook
        self.held, self.marks, self.lang = held, marks, lang

    def part(self, trace: Trace) -> Part:
        """A value with its parts; what the reader may not see is named and nothing more."""
        if not self.held.has(trace.field):
            return self._withheld(trace)
        allowed = [row for row in trace.rows if row.register in self.held.columns]
        shown = sorted(allowed, key=lambda row: not row.counts)[:ROWS_SHOWN]
        register = self.book.registers.get(trace.register or "")
        return Part(
            field=trace.field,
            title=trace.title.in_(self.lang),
            kind=KINDS[trace.kind].in_(self.lang),
            value=self._value(trace.value, trace.type, self._codes(trace.field)),
            state=trace.state,
            why=WHY[trace.why].in_(self.lang) if trace.why else "",
            how=self._how(trace),
            says="" if trace.kind == "provided" else trace.says,
            register=register.title.in_(self.lang) if register else "",
            window=trace.window,
            known=trace.known,
            rows=tuple(self.row(row) for row in shown),
            counted=sum(row.counts for row in allowed),
            hidden_rows=len(trace.rows) - len(allowed),
            more=len(allowed) - len(shown),
            parts=tuple(self.part(part) for part in trace.parts),
            withheld=False,
            disputed=self.marks.of(trace.field),
        )

    def row(self, row: Row) -> RowLine:
        """A row with the cells that the reader may see."""
        register, columns = self.book.registers[row.register], self.held.columns.get(row.register, frozenset())
        return RowLine(
            register=row.register,
            file=row.file,
            batch=row.batch,
            line=row.line,
            known=row.known,
            cells=tuple(self._cell(register, name, value) for name, value in row.cells.items() if name in columns),
            counts=row.counts,
            why="" if row.counts else WHY[row.why].in_(self.lang),
            place=place_of(row),
            disputed=self.marks.of_row(row.register, place_of(row)),
        )

    def _withheld(self, trace: Trace) -> Part:
        title, why = trace.title.in_(self.lang), word(f"withheld.{self.held.why_not(trace.field)}", self.lang)
        nothing: tuple[RowLine, ...] = ()
        return Part(
            *(trace.field, title, KINDS[trace.kind].in_(self.lang), "", "withheld", why, "", "", "", None, None),
            *(nothing, 0, len(trace.rows), 0, (), True, ""),
        )

    def _cell(self, register: Register, name: str, value: object) -> Cell:
        column = register.columns.get(name)
        if column is None:
            return Cell(name, str(value))
        told = self._value(value, COLUMN_TYPES[column.type], column.codes)
        return Cell(column.title.in_(self.lang), told)

    def _value(self, value: object, kind: Type, codes: Mapping[str, tuple[str, ...]]) -> str:
        if isinstance(value, list):
            return figures.spells(value, self.lang)
        if isinstance(value, str) and codes.get(value):
            return codes[value][0] if self.lang == "zh" else value.replace("_", " ")
        return value_in_words(value, kind, self.book, self.lang)

    def _codes(self, field: str) -> Mapping[str, tuple[str, ...]]:
        for register, column in self.book.region.provides.get(field, ()):
            return self.book.registers[register].columns[column].codes
        return {}

    def _how(self, trace: Trace) -> str:
        """How it was worked out, in words."""
        book, lang = self.book, self.lang
        if trace.field in book.measures:
            return self._aggregate(book.measures[trace.field])
        if trace.field in book.formulas:
            formula = book.formulas[trace.field]
            return self._expression(formula.value, dict(formula.parameters))
        if trace.kind == "indicator":
            return self._expression(book.indicators[trace.field.removeprefix(INDICATOR)].value, {})
        if trace.kind == "provided":
            pairs = [(book.registers[name], column) for name, column in book.region.provides[trace.field]]
            told = [f"{one.title.in_(lang)} · {one.columns[name].title.in_(lang)}" for one, name in pairs]
            return (" > " if len(told) > 1 else "").join(told)
        given: NetworkField | None = book.network_fields.get(trace.field)
        return given.meaning.in_(lang) if given and given.meaning else ""

    def _aggregate(self, measure: Measure) -> str:
        key = f"aggregate.{measure.aggregate}"
        value = self._expression(measure.value, dict(measure.parameters)) if measure.value is not None else ""
        by = self._expression(measure.by, dict(measure.parameters)) if measure.by is not None else ""
        return word(key, self.lang, value=value, by=by)

    def _expression(self, node: Node, parameters: dict[str, object]) -> str:
        """In words where every part of it has words; else what it reads."""
        if all(part.kind in TOLD for part in walk(node)):
            return titled(node, self.book, parameters, self.lang)  # type: ignore[arg-type]
        names = dict.fromkeys(self._named(table, column) for table, column in sorted(fields_of(node)))
        return ("、" if self.lang == "zh" else ", ").join(names)

    def _named(self, table: str, column: str) -> str:
        if table == "enterprise":
            return _title(self.published, column).in_(self.lang)
        register = self.book.registers.get(table)
        found = register.columns.get(column) if register else None
        formula = next((one for one in self.book.row_formulas.get(table, ()) if one.name == column), None)
        return found.title.in_(self.lang) if found else formula.title.in_(self.lang) if formula else column


def _title(published: Published, field: str) -> Text:
    return subject_title(published.rulebook, field)


def of_run(published: Published, value: object, field: str, lang: str) -> str:
    """The run's value where its origin is gone."""
    book = published.rulebook
    item = book.measures.get(field) or book.formulas.get(field) or book.network_fields.get(field)
    if isinstance(value, list):
        return figures.spells(value, lang)
    return value_in_words(value, item.type if item else Type("text"), book, lang)


def _parts(part: Part) -> Iterable[Part]:
    yield part
    for one in part.parts:
        yield from _parts(one)


def _rests(root: Part) -> bool:
    """Is something behind the value in dispute, and not the value itself?"""
    return any((part.disputed and part is not root) or any(row.disputed for row in part.rows) for part in _parts(root))
