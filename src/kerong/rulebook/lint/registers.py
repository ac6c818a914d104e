"""What the cells of a register and the measures over it may hold, by their declared ranges and code lists."""

from math import ceil, floor, inf

from kerong.rulebook.content import Column, Measure
from kerong.rulebook.lint.domains import MOST, Domain, Names, Span, Values, everything
from kerong.rulebook.types import Type


def column_domain(column: Column, kind: Type) -> Domain:
    """The cells that are not set aside; a required cell is filled unless a later date hides it."""
    values = everything(kind)
    if column.range is not None and isinstance(values, Span):
        low, high = column.range
        values = Span(ceil(low), floor(high)) if kind.kind == "int" else Span(float(low), float(high))
    if column.type == "code" and column.codes:
        values = Names(frozenset(column.codes))
    return Domain(values, null=not column.required or column.known is not None)


def measure_domain(measure: Measure, row: Values) -> Domain:
    """An aggregate over any number of rows, whose values are among `row`; which rows there are is not known."""
    return Domain(_aggregated(measure, row), null=True)


def _aggregated(measure: Measure, row: Values) -> Values:
    whole = everything(measure.type)
    match measure.aggregate:
        case "count" | "count_distinct":
            return Span(0, MOST)
        case "longest_gap":
            return Span(0, MOST)
        case "top_five_share":
            return Span(0, 10_000)
        case "seasonality":
            return Span(0.0, 1.0)
        case "min" | "max" | "latest" | "earliest":
            return whole if row is None else row
    is_positive = isinstance(row, Span) and row.low >= 0 and isinstance(whole, Span)
    if not is_positive or measure.aggregate not in ("sum", "mean", "variation", "concentration"):
        return whole
    return Span(0.0, inf) if measure.type.kind == "float" else Span(0, MOST)
