"""How findings name fields and numbers in both languages."""

from datetime import date

from kerong.rulebook.content import Rulebook, Text
from kerong.rulebook.lint.reach import Name
from kerong.rulebook.tree import Value
from kerong.rulebook.types import Type


def title_of(name: Name, rulebook: Rulebook) -> Text:
    """The title of a field, wherever it is defined; its name where nothing gives it one."""
    table, column = name
    if table == "enterprise":
        for place in (rulebook.measures, rulebook.formulas):
            if column in place:
                return place[column].title
        sources = rulebook.region.provides.get(column, ())
        return rulebook.registers[sources[0][0]].columns[sources[0][1]].title if sources else Text(column, column)
    if table in rulebook.registers and column in rulebook.registers[table].columns:
        return rulebook.registers[table].columns[column].title
    found = [f.title for f in rulebook.row_formulas.get(table, ()) if f.name == column]
    return found[0] if found else Text(column, column)


def told(value: Value, kind: Type, currency: str) -> Text:
    """A value as findings write it: whole units of money with the currency, rates in per cent."""
    if isinstance(value, bool | str | date):
        return Text(str(value), str(value))
    if kind.unit == "fen":
        text = f"{value / 100:,.2f}".removesuffix(".00")
        return Text(f"{text}元" if currency == "CNY" else f"{currency} {text}", f"{currency} {text}")
    if kind.unit == "bp":
        return Text(f"{value / 100:g}%", f"{value / 100:g} %")
    text = f"{value:,}" if isinstance(value, int) and kind.unit != "year" else f"{value:.10g}"
    return Text(text, text)
