"""Values and expressions in words, in both languages: amounts, rates, dates, tables and spells as people write them."""

from collections.abc import Callable
from datetime import date

from kerong.rulebook.plain import Fault
from kerong.rulebook.said import Text
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


def in_words(node: Node, leaf: Callable[[Node], str | None], currency: str, lang: str) -> str:
    """An expression in words; `leaf` tells fields, parameters and literals, and whatever else it has words for."""
    told = leaf(node)
    if told is not None:
        return told
    if node.kind == "on":
        return "评估日" if lang == "zh" else "the day of assessment"
    is_scale = node.kind == "multiply" and node.type.divisor != node.args[0].type.divisor
    if node.kind in ("number", "coalesce") or is_scale:
        return in_words(node.args[0], leaf, currency, lang)  # of a scale: the same amount, held in smaller parts
    parts = [in_words(arg, leaf, currency, lang) for arg in node.args]
    if node.kind in SIGNS:
        return f" {SIGNS[node.kind]} ".join(parts)
    if node.kind == "share_bp":
        rate = node.args[1]
        if rate.kind == "literal":
            parts[1] = shown(rate.value, BP, currency, lang)
        return f"{parts[0]}的{parts[1]}" if lang == "zh" else f"{parts[1]} of {parts[0]}"
    if node.kind in CALLS:
        return CALLS[node.kind].in_(lang).format(("、" if lang == "zh" else ", ").join(parts))
    conditional = "按条件取值" if lang == "zh" else "a value by conditions"
    return conditional if node.kind in ("case", "exceptions") else node.kind
