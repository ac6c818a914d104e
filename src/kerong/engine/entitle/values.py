"""Values and fields in words: amounts, rates, dates, codes, tables and spells as people write them."""

from collections.abc import Mapping
from datetime import date

from kerong.rulebook.content import Parameter, Rulebook, Text
from kerong.rulebook.plain import Fault
from kerong.rulebook.tables import Entries, Spell, Steps
from kerong.rulebook.tree import Node
from kerong.rulebook.types import BP, Type

REASONS = {"division by zero": "除数为零", "overflow": "数值过大", "a date out of range": "日期超出范围"}
SPANS = {
    "days": Text("{} 天", "{} days"),
    "months": Text("{} 个月", "{} months"),
    "years": Text("{} 年", "{} years"),
}
PER_CENT = ("bp", "share")  # basis points, and ratios that are told as a part of one
SIGNS = {"add": "+", "subtract": "−", "multiply": "×", "divide": "÷"}
CALLS = {
    "least": Text("{}中较小者", "the least of {}"),
    "greatest": Text("{}中较大者", "the greatest of {}"),
    "year_of": Text("{}的年份", "the year of {}"),
    "month_of": Text("{}的月份", "the month of {}"),
    "years_between": Text("{}之间的年数", "years between {}"),
    "months_between": Text("{}之间的月数", "months between {}"),
    "days_between": Text("{}之间的天数", "days between {}"),
    "add_months": Text("{}个月后", "{} months on"),
    "add_days": Text("{}天后", "{} days on"),
    "step": Text("{}所在档的值", "the tier of {}"),
    "marginal": Text("{}分档累计", "{} tier by tier"),
    "lookup": Text("{}对应的值", "the entry of {}"),
    "left": Text("{}的前几位", "the head of {}"),
    "prorate": Text("{}按日折算", "{} by days"),
}


def money(fen: int, currency: str, lang: str) -> str:
    """An amount for people: 3,500,000.00 with its currency; whole amounts without the hundredths."""
    sign, size = ("-" if fen < 0 else ""), abs(fen)
    text = f"{size // 100:,}" + (f".{size % 100:02d}" if size % 100 else "")
    if currency == "CNY":
        return f"{sign}{text} 元" if lang == "zh" else f"CNY {sign}{text}"
    return f"{currency} {sign}{text}"


def reason(fault: Fault, lang: str) -> str:
    """Why a calculation failed."""
    return REASONS.get(fault.reason, fault.reason) if lang == "zh" else fault.reason


def shown(value: object, kind: Type, currency: str, lang: str) -> str:
    """A value of a field as people write it; the unknown says so."""
    match value:
        case None:
            return "未知" if lang == "zh" else "not known"
        case Fault():
            return f"计算出错（{reason(value, lang)}）" if lang == "zh" else f"error ({value.reason})"
        case bool():
            return {"zh": ("否", "是"), "en": ("no", "yes")}[lang][value]
        case date():
            return value.isoformat()
        case Steps() | Entries():
            return _table(value, kind, currency, lang)
        case tuple():
            return _several(value, kind, currency, lang)
        case int() | float():
            return _number(value, kind, currency, lang)
    return str(value)


def distance(size: int | float, kind: Type, currency: str, lang: str) -> str:
    """How far two values are apart, without a sign; rates in percentage points, dates in days."""
    if kind.unit in PER_CENT:
        points = f"{_per_cent(size, kind):g}"
        return f"{points} 个百分点" if lang == "zh" else f"{points} point{'' if points == '1' else 's'}"
    if kind.kind == "date":
        return _number(size, Type("int", "days"), currency, lang)
    return _number(size, Type("int", "years") if kind.unit == "year" else kind, currency, lang)


def _per_cent(value: int | float, kind: Type) -> float:
    return round(value / 100 if kind.unit == "bp" else value * 100, 2)


def _number(value: int | float, kind: Type, currency: str, lang: str) -> str:
    if kind.unit == "fen" and isinstance(value, int):
        whole, rest = divmod(abs(value), kind.divisor)  # an exact amount before its rounding is shown to the fen
        return money((whole + (2 * rest >= kind.divisor)) * (1 if value >= 0 else -1), currency, lang)
    if kind.unit in PER_CENT:
        return f"{_per_cent(value, kind):g} %"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    if kind.unit in SPANS:
        text = SPANS[kind.unit].in_(lang).format(f"{value:,}")
        return text.removesuffix("s") if lang == "en" and value == 1 else text
    return str(value) if kind.unit == "year" else f"{value:,}"


def _several(values: tuple[object, ...], kind: Type, currency: str, lang: str) -> str:
    """Spells from–to; options of a list one after the other."""
    if not values:
        return "无" if lang == "zh" else "none"
    parts = []
    for value in values:
        if isinstance(value, Spell):
            begins, ends = (held.isoformat() if held else "?" for held in (value.begins, value.ends))
            parts.append(f"{begins} 至 {ends}" if lang == "zh" else f"{begins} to {ends}")
        else:
            parts.append(shown(value, kind, currency, lang))
    return ("、" if lang == "zh" else ", ").join(parts)


def _table(table: Steps | Entries, kind: Type, currency: str, lang: str) -> str:
    """A table on one line: from where on, or for which key, which value."""
    number = Type("int", kind.unit)
    over = Type("int", str(getattr(kind, "over", "")))
    if isinstance(table, Steps):
        pairs = [
            (_number(start, over, currency, lang), value)
            for start, value in zip(table.starts, table.values, strict=True)
        ]
        said = [
            f"{start} 起 {_number(v, number, currency, lang)}"
            if lang == "zh"
            else f"from {start}: {_number(v, number, currency, lang)}"
            for start, v in pairs
        ]
    else:
        said = [f"{key}: {_number(v, number, currency, lang)}" for key, v in table.entries.items()]
        if table.otherwise is not None:
            other = _number(table.otherwise, number, currency, lang)
            said.append(f"其他: {other}" if lang == "zh" else f"otherwise: {other}")
    return ("；" if lang == "zh" else "; ").join(said)


def field_title(rulebook: Rulebook, table: str, column: str) -> Text:
    """The title of a field: of a register's column, a measure, a formula, or what registers provide."""
    if table != "enterprise":
        formula = next((f for f in rulebook.row_formulas.get(table, ()) if f.name == column), None)
        found = rulebook.registers[table].columns.get(column) if table in rulebook.registers else None
        return formula.title if formula else found.title if found else Text(column, column)
    for place in (rulebook.measures, rulebook.formulas):
        if column in place:
            return place[column].title
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
    match node.kind:
        case "field":
            return (
                "基数" if node.field == ("", "base") and lang == "zh" else field_title(rulebook, *node.field).in_(lang)
            )
        case "parameter":
            parameter = parameters.get(str(node.value))
            return parameter.title.in_(lang) if parameter and parameter.title else str(node.value)
        case "literal":
            return value_in_words(node.value, node.type, rulebook, lang)
        case "on":
            return "评估日" if lang == "zh" else "the day of assessment"
        case "number" | "coalesce":
            return titled(node.args[0], rulebook, parameters, lang)
    if node.kind == "multiply" and node.type.divisor != node.args[0].type.divisor:
        return titled(node.args[0], rulebook, parameters, lang)  # the same amount, held in smaller parts
    parts = [titled(arg, rulebook, parameters, lang) for arg in node.args]
    if node.kind in SIGNS:
        return f" {SIGNS[node.kind]} ".join(parts)
    if node.kind == "share_bp":
        rate = node.args[1]
        if rate.kind == "literal":
            parts[1] = shown(rate.value, BP, rulebook.region.currency, lang)
        return f"{parts[0]}的{parts[1]}" if lang == "zh" else f"{parts[1]} of {parts[0]}"
    if node.kind in CALLS:
        return CALLS[node.kind].in_(lang).format(("、" if lang == "zh" else ", ").join(parts))
    return (
        ("按条件取值" if lang == "zh" else "a value by conditions")
        if node.kind in ("case", "exceptions")
        else node.kind
    )
