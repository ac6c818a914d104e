"""Fields and their values in words: codes and districts by the titles that the region gives them."""

from collections.abc import Mapping

from kerong.rulebook.content import Parameter, Rulebook, Text
from kerong.rulebook.tables import Spell
from kerong.rulebook.tree import Node
from kerong.rulebook.types import Type
from kerong.rulebook.words import in_words, shown


def field_title(rulebook: Rulebook, table: str, column: str) -> Text:
    """The title of a field: of a register's column, a measure, a formula, or what registers provide."""
    if table != "enterprise":
        formula = next((f for f in rulebook.row_formulas.get(table, ()) if f.name == column), None)
        found = rulebook.registers[table].columns.get(column) if table in rulebook.registers else None
        return formula.title if formula else found.title if found else Text(column, column)
    for place in (rulebook.measures, rulebook.formulas):
        if column in place:
            return place[column].title
    if column in rulebook.network_fields:
        return rulebook.network_fields[column].title
    for register, name in rulebook.region.provides.get(column, ()):
        return rulebook.registers[register].columns[name].title
    return Text(column, column)


def value_in_words(value: object, kind: Type, rulebook: Rulebook, lang: str, node: Node | None = None) -> str:
    """A value as people write it: codes and districts by the titles that the region gives them.

    `node` is the expression whose value it is: the codes of a register's column are told, in Chinese, in the first
    spelling that its files use.
    """
    if isinstance(value, str):
        spelled = _spellings(rulebook, node).get(value) if node is not None else None
        if spelled:
            return spelled[0] if lang == "zh" else value.replace("_", " ")
        for district in rulebook.region.districts:
            if district.code == value:
                return district.title.in_(lang)
        for family in rulebook.region.words.values():
            if value in family:
                return family[value].in_(lang)
    if isinstance(value, tuple) and not any(isinstance(item, Spell) for item in value):
        said = [value_in_words(item, kind, rulebook, lang, node) for item in value]
        return ("、" if lang == "zh" else ", ").join(said)
    return shown(value, kind, rulebook.region.currency, lang)


def _spellings(rulebook: Rulebook, node: Node) -> Mapping[str, tuple[str, ...]]:
    """The codes of the register's column that the expression is, or that provides it; nothing for others."""
    if node.kind != "field":
        return {}
    table, column = node.field
    columns = [(table, column)] if table in rulebook.registers else rulebook.region.provides.get(column, ())
    for register, name in columns:
        found = rulebook.registers[register].columns.get(name)
        if found is not None and found.codes:
            return found.codes
    return {}


def titled(node: Node, rulebook: Rulebook, parameters: dict[str, Parameter], lang: str) -> str:
    """An expression in words: fields and parameters by their titles."""

    def leaf(part: Node) -> str | None:
        match part.kind:
            case "field":
                is_base = part.field == ("", "base") and lang == "zh"
                return "基数" if is_base else field_title(rulebook, *part.field).in_(lang)
            case "parameter":
                parameter = parameters.get(str(part.value))
                return parameter.title.in_(lang) if parameter and parameter.title else str(part.value)
            case "literal":
                return value_in_words(part.value, part.type, rulebook, lang)
        return None

    return in_words(node, leaf, rulebook.region.currency, lang)
