"""Abstract evaluation: which values an expression can take on some days, from what is known of the fields it reads.

Formulas are read through to measures and to the columns of registers, whose ranges and code lists are kept by every row
that gets in. The result always holds every value, the unknown and the error that some row can bring about.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kerong.rulebook.content import Formula, Parameter, Rulebook
from kerong.rulebook.lint.domains import (
    DAYS,
    NOTHING,
    UNKNOWN,
    Domain,
    Span,
    Values,
    everything,
    exactly,
    join,
    joined,
    met,
)
from kerong.rulebook.lint.forms import DECIDED, FORMS
from kerong.rulebook.lint.registers import column_domain, measure_domain
from kerong.rulebook.tables import Table
from kerong.rulebook.tree import Node, fields_of
from kerong.rulebook.types import Type

Name = tuple[str, str]
Parameters = Mapping[str, Parameter]


@dataclass(frozen=True, slots=True)
class Known:
    """What has been learnt of fields; a field that is not in it may be all that its source allows."""

    fields: Mapping[Name, Domain] = field(default_factory=dict)
    _values: dict[Name, Domain] = field(default_factory=dict, compare=False, repr=False)

    def learnt(self, name: Name, domain: Domain) -> "Known":
        """The same with one field narrowed."""
        return Known({**self.fields, name: domain})


def either(alternatives: list[Known]) -> Known:
    """What holds whichever of the alternatives is the case."""
    if len(alternatives) == 1:
        return alternatives[0]
    shared = set.intersection(*(set(one.fields) for one in alternatives))
    return Known({name: joined(one.fields[name] for one in alternatives) for name in shared})


def met_known(one: Known, other: Known, tables: frozenset[str]) -> bool:
    """Can both be true of the same fields of these tables?"""
    shared = [name for name in set(one.fields) & set(other.fields) if name[0] in tables]
    return not any(met(one.fields[name], other.fields[name]).is_empty for name in shared)


@dataclass(frozen=True, slots=True)
class Scene:
    """A rulebook on the days from `first` to `last`."""

    rulebook: Rulebook
    first: date
    last: date
    _bases: dict[Name, Domain] = field(default_factory=dict, compare=False, repr=False)
    _reads: dict[Name, frozenset[Name]] = field(default_factory=dict, compare=False, repr=False)

    def formula(self, name: Name) -> Formula | None:
        """The formula that makes a field, if one does."""
        table, column = name
        if table == "enterprise":
            return self.rulebook.formulas.get(column)
        return next((f for f in self.rulebook.row_formulas.get(table, ()) if f.name == column), None)

    def reads(self, name: Name) -> frozenset[Name]:
        """Every field that a formula reads, through other formulas."""
        if name not in self._reads:
            formula = self.formula(name)
            direct = fields_of(formula.value) if formula else frozenset()
            self._reads[name] = direct.union(*(self.reads(inner) for inner in direct))
        return self._reads[name]

    def field(self, name: Name, kind: Type, known: Known) -> Domain:
        """What a field may hold."""
        if name not in self._bases:
            self._bases[name] = NOTHING  # a circle, which the loader refuses, would end here
            self._bases[name] = self._base(name, kind)
        found = known.fields.get(name, self._bases[name])
        formula = self.formula(name)
        if formula is None or self.reads(name).isdisjoint(known.fields):
            return found
        if name not in known._values:
            known._values[name] = met(found, self._defined(formula, known))
        return known._values[name]

    def _base(self, name: Name, kind: Type) -> Domain:
        table, column = name
        formula = self.formula(name)
        if formula is not None:
            return self._defined(formula, Known())
        if table == "enterprise" and column in self.rulebook.measures:
            measure = self.rulebook.measures[column]
            row = self.value(measure.value, measure.parameters, Known()).values if measure.value else None
            return measure_domain(measure, row)
        if table == "enterprise" and column in self.rulebook.region.provides:
            sources = self.rulebook.region.provides[column]
            parts = [column_domain(self.rulebook.registers[register].columns[name], kind) for register, name in sources]
            return Domain(joined(parts).values, null=True)
        if table in self.rulebook.registers and column in self.rulebook.registers[table].columns:
            return column_domain(self.rulebook.registers[table].columns[column], kind)
        return Domain(everything(kind), null=True)

    def _defined(self, formula: Formula, known: Known) -> Domain:
        """A formula that fails leaves its column unknown."""
        found = self.value(formula.value, formula.parameters, known)
        values, divisor = found.values, formula.value.type.divisor
        if divisor != 1 and isinstance(values, Span):
            values = Span(values.low // divisor, -(-values.high // divisor))
        return Domain(values, found.null or found.fault, found.fault)

    def in_force(self, parameter: Parameter) -> tuple[list[int | float | Table], bool]:
        """The values of a parameter on these days, and whether on some of them it has none yet."""
        found = []
        for place, (start, value, _) in enumerate(parameter.values):
            ends = parameter.values[place + 1][0] if place + 1 < len(parameter.values) else None
            if start <= self.last and (ends is None or ends > self.first):
                found.append(value)
        return found, not parameter.values or parameter.values[0][0] > self.first

    def value(self, node: Node, parameters: Parameters, known: Known) -> Domain:
        """All that an expression may come to; `parameters` are those of its file."""
        match node.kind:
            case "literal":
                return Domain(exactly(node.value)) if not isinstance(node.value, tuple | None) else UNKNOWN
            case "field":
                return self.field(node.field, node.type, known)
            case "parameter":
                return self._parameter(node, parameters)
            case "on":
                return Domain(Span(self.first.toordinal(), self.last.toordinal()))
            case "step" | "marginal" | "lookup":
                tables, missing = self.tables(node.args[1], parameters)
                operand = self.value(node.args[0], parameters, known)
                parts = [FORMS[node.kind](node, [operand, Domain(exactly(0))], table) for table in tables]
                return joined([*parts, UNKNOWN] if missing or operand.null else parts)
        parts = [self.value(arg, parameters, known) for arg in node.args]
        if node.kind in DECIDED:
            return DECIDED[node.kind](node, parts)
        null, fault = any(p.null for p in parts), any(p.fault for p in parts)
        if any(p.values is None for p in parts):
            return Domain(None, null, fault)
        found = FORMS[node.kind](node, parts, None)
        return Domain(found.values, null or found.null, fault or found.fault)

    def tables(self, node: Node, parameters: Parameters) -> tuple[list[Table], bool]:
        """The tables that a table operand may be, and whether there is none on some of the days."""
        found, missing = self.in_force(parameters[str(node.value)])
        return [table for table in found if not isinstance(table, int | float)], missing

    def _parameter(self, node: Node, parameters: Parameters) -> Domain:
        found, missing = self.in_force(parameters[str(node.value)])
        values: Values = None
        for value in found:
            if isinstance(value, int | float):
                values = join(values, exactly(value))
        return Domain(values, null=missing)


def whole_calendar(rulebook: Rulebook) -> Scene:
    """A rulebook on all days that there are."""
    return Scene(rulebook, date.fromordinal(int(DAYS.low)), date.fromordinal(int(DAYS.high)))
