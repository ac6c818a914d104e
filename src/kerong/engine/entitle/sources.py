"""Where a value comes from: the registers behind a field, the files they were read from, the clause behind a number."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kerong.engine.entitle.explain import ExplainedClause
from kerong.rulebook.content import Parameter, Register, Rulebook, Text
from kerong.rulebook.outcomes import UNKNOWN
from kerong.rulebook.plain import Result
from kerong.rulebook.tree import fields_of

Field = tuple[str, str]


class Batch(NamedTuple):
    """A file that a register was read from, with the SHA-256 of its bytes."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Origin:
    """What feeds a field: register columns directly, measures over registers, or other fields through formulas.

    `registers` are the names of all registers that the value rests on, in the order of the rulebook; `through` the
    formulas and measures on the way, nearest first; `leaves` the measures, provided and register columns at the end.
    """

    registers: tuple[str, ...]
    through: tuple[str, ...]
    leaves: tuple[Field, ...]


class DatedSource(NamedTuple):
    """A parameter's value in force on a day: from when on, and the clause that says so."""

    name: str
    value: Result
    since: date | None
    source: str


class Origins:
    """The origins of a rulebook's fields; each is followed once, when it is first asked for. The caller keeps it."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._known: dict[Field, Origin] = {}

    def of(self, field: Field) -> Origin:
        """The origin of a field; a name that the rulebook has not comes from nowhere."""
        if field not in self._known:
            self._known[field] = self._found(field)
        return self._known[field]

    def registers(self, fields: Iterable[Field]) -> tuple[Register, ...]:
        """The registers that any of the fields rests on, in the order of the rulebook."""
        wanted = {name for field in fields for name in self.of(field).registers}
        return tuple(register for name, register in self.rulebook.registers.items() if name in wanted)

    def _found(self, field: Field) -> Origin:
        table, column = field
        inner = self._inner(table, column)
        if inner is not None:
            parts = [self.of(part) for part in sorted(inner)]
            through = (column, *(name for part in parts for name in part.through))
            leaves = tuple(dict.fromkeys(leaf for part in parts for leaf in part.leaves))
            return Origin(self._ordered(part.registers for part in parts), tuple(dict.fromkeys(through)), leaves)
        if table != "enterprise":
            return Origin((table,) if table in self.rulebook.registers else (), (), (field,))
        if column in self.rulebook.measures:
            return Origin((self.rulebook.measures[column].over,), (column,), (field,))
        network = next((one for one in self.rulebook.networks.values() if column in one.fields), None)
        if network is not None:
            read = {field for node in network.nodes() for field in fields_of(node)} - {field}
            parts = [self.of(part) for part in sorted(read) if part[0] == "enterprise"]
            return Origin(self._ordered([[network.over], *(part.registers for part in parts)]), (column,), (field,))
        provided = self.rulebook.region.provides.get(column, ())
        return Origin(self._ordered([[register for register, _ in provided]]), (), (field,))

    def _inner(self, table: str, column: str) -> frozenset[Field] | None:
        """The fields that a formula reads; None where the field is no formula."""
        if table == "enterprise":
            formula = self.rulebook.formulas.get(column)
        else:
            formula = next((f for f in self.rulebook.row_formulas.get(table, ()) if f.name == column), None)
        return fields_of(formula.value) if formula is not None else None

    def _ordered(self, found: Iterable[Iterable[str]]) -> tuple[str, ...]:
        wanted = {name for names in found for name in names}
        return tuple(name for name in self.rulebook.registers if name in wanted)


def dated_source(parameter: Parameter, on: date) -> DatedSource:
    """The value in force on a day with its source; before the first date there is none."""
    for start, value, source in reversed(parameter.values):
        if start <= on:
            return DatedSource(parameter.name, value, start, source)
    return DatedSource(parameter.name, None, None, "")


def settled_by(clause: ExplainedClause, origins: Origins) -> tuple[Text, ...]:
    """What would settle an unknown clause: the evidence that the rule names, else the registers behind what is unknown.

    Nothing for a clause that is no longer open.
    """
    if clause.outcome != UNKNOWN:
        return ()
    if clause.clause.evidence is not None:
        return (clause.clause.evidence,)
    return tuple(register.title for register in origins.registers(open_leaves(clause, origins)))


def open_leaves(clause: ExplainedClause, origins: Origins) -> tuple[Field, ...]:
    """The fields without a value at the root of a clause's unknown ones; all roots where none is told to be unknown."""
    unknown = [(read.table, read.column) for read in clause.read if read.value is None]
    leaves = [leaf for field in unknown for leaf in origins.of(field).leaves]
    told = [leaf for leaf in leaves if leaf not in clause.facts or clause.facts[leaf] is None]
    return tuple(dict.fromkeys(told or leaves))
