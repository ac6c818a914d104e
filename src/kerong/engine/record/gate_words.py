"""Findings of gates in words, in both languages, with both figures and the threshold."""

from collections.abc import Mapping

from kerong.engine.intake_sentences import GATES
from kerong.engine.problems import escaped, sentence
from kerong.rulebook.content import Register
from kerong.rulebook.words import money

Finding = Mapping[str, object]


def found(finding: Finding, register: Register | None, lang: str, currency: str = "CNY") -> str:
    """The finding as a sentence in "zh" or "en"; problems of the file that stand among findings too."""
    kind = str(finding["kind"])
    if kind not in GATES:
        return sentence(finding, lang)
    zh, en = GATES[kind]
    measure = str(finding.get("measure", "rows"))
    shown = {name: _figure(finding.get(name), measure, lang, currency) for name in ("was", "now")}
    shown |= {"limit": _share(finding.get("limit")), "change": _change(finding.get("change"))}
    columns = finding.get("columns") or [finding.get("column")]
    named = [_column(name, register, lang) for name in columns] if isinstance(columns, list) else []
    shown |= {"column": ("、" if lang == "zh" else ", ").join(named), "period": _period(finding, lang)}
    shown |= {name: _whole(finding.get(name)) for name in ("factor", "count")}
    return escaped((zh if lang == "zh" else en).format(**shown))


def _figure(value: object, measure: str, lang: str, currency: str) -> str:
    if not isinstance(value, int):
        return str(value if value is not None else "")
    if measure == "fen":
        return money(value, currency, lang)
    return _share(value) if measure == "bp" else _whole(value)


def _whole(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else ""


def _share(value: object) -> str:
    """Basis points as a percentage, with as many decimals as it needs."""
    if not isinstance(value, int):
        return ""
    whole, rest = divmod(value, 100)
    return f"{whole:,}" + (f".{rest:02d}".rstrip("0") if rest else "") + " %"


def _change(value: object) -> str:
    return ("-" if value < 0 else "+") + _share(abs(value)) if isinstance(value, int) else ""


def _column(name: object, register: Register | None, lang: str) -> str:
    """The column's title; "rows" is the number of rows."""
    if name == "rows":
        return "行数" if lang == "zh" else "rows"
    column = register.columns.get(str(name)) if register else None
    return str(name or "") if column is None else column.title.in_(lang)


def _period(finding: Finding, lang: str) -> str:
    """The period, as it stands in the sentence of its kind."""
    period = finding.get("period")
    if period is None:
        return ""
    if finding["kind"] != "gate_rows":
        return str(period)
    others = int(str(finding.get("periods", 1))) - 1
    if lang == "zh":
        return f"（{period}{f'，另有 {others} 个所属期也如此' if others else ''}）"
    return f" of {period}{f' (and so in {others} other periods)' if others else ''}"
