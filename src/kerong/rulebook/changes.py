"""What an enterprise can change itself: of a field, and of an indicator, by its own word or that of its field."""

from dataclasses import replace

from kerong.rulebook.content import Change, Column, Indicator, Rulebook

Field = tuple[str, str]


def change_of(field: Field, rulebook: Rulebook) -> Change | None:
    """How an enterprise can change a field itself; None for what it cannot (its age, its district)."""
    table, column = field
    if table != "enterprise":
        held = column_of(field, rulebook)
        formula = next((f for f in rulebook.row_formulas.get(table, ()) if f.name == column), None)
        return held.change if held else formula.change if formula else None
    if column in rulebook.measures:
        return rulebook.measures[column].change
    if column in rulebook.formulas:
        return rulebook.formulas[column].change
    provided = [rulebook.registers[name].columns[of] for name, of in rulebook.region.provides.get(column, ())]
    return next((held.change for held in provided if held.change), None)


def column_of(field: Field, rulebook: Rulebook) -> Column | None:
    """The register's column that a field is or that provides it; None for measures and formulas."""
    table, column = field
    if table in rulebook.registers:
        return rulebook.registers[table].columns.get(column)
    provided = rulebook.region.provides.get(column, ())
    return rulebook.registers[provided[0][0]].columns[provided[0][1]] if provided else None


def with_changes(rulebook: Rulebook) -> dict[str, Indicator]:
    """The indicators, each with its own `change` or, where it says none and its value is one field, with the field's.

    A change that could only worsen the indicator (its field may only fall where more is better) is none of the index.
    """
    return {name: replace(item, change=_change_of(item, rulebook)) for name, item in rulebook.indicators.items()}


def _change_of(indicator: Indicator, rulebook: Rulebook) -> Change | None:
    change = indicator.change
    if change is None and indicator.value.kind == "field":
        change = change_of(indicator.value.field, rulebook)
    against = {("more", "less"), ("less", "more")}
    return None if change is None or (indicator.better, change.better) in against else change
