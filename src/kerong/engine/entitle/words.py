"""An explanation in sentences that an entrepreneur understands, in Chinese and in English."""

from datetime import date

from kerong.engine.entitle.explain import ExplainedClause, Explanation
from kerong.rulebook.content import Rule, Rulebook, Text
from kerong.rulebook.outcomes import ERROR, FAILED, MET, NO_ROW, UNKNOWN
from kerong.rulebook.plain import Fault, Result
from kerong.rulebook.tables import Entries, Steps
from kerong.rulebook.tree import walk
from kerong.rulebook.types import Type

VERDICTS = {
    MET: Text("符合", "met"),
    FAILED: Text("不符合", "not met"),
    UNKNOWN: Text("资料不足，暂不能判断", "cannot be told yet: something is not known"),
    ERROR: Text("计算出错，需人工核查", "an error of calculation: a person has to look"),
}
MARKS = {MET: "✓", FAILED: "✗", UNKNOWN: "?", ERROR: "!"}


def money(fen: int, currency: str, lang: str) -> str:
    """An amount for people: 3,500,000.00 with its currency; whole amounts without the hundredths."""
    sign, size = ("-" if fen < 0 else ""), abs(fen)
    text = f"{size // 100:,}" + (f".{size % 100:02d}" if size % 100 else "")
    if currency == "CNY":
        return f"{sign}{text} 元" if lang == "zh" else f"CNY {sign}{text}"
    return f"{currency} {sign}{text}"


def shown(value: Result, kind: Type, currency: str, lang: str) -> str:
    """A value of a field as people write it; the unknown says so."""
    if value is None:
        return "未知" if lang == "zh" else "not known"
    if isinstance(value, Fault):
        return "计算出错" if lang == "zh" else f"error ({value.reason})"
    if isinstance(value, bool):
        return {"zh": ("否", "是"), "en": ("no", "yes")}[lang][value]
    if isinstance(value, date):
        return value.isoformat()
    if kind.unit == "fen" and isinstance(value, int):
        return money(value, currency, lang)
    if kind.unit == "bp" and isinstance(value, int):
        return f"{value / 100:g} %"
    if isinstance(value, float):
        return f"{value:,.4g}"
    if isinstance(value, Steps | Entries | tuple):
        return "见条文" if lang == "zh" else "see the rule's table"
    return f"{value:,}" if isinstance(value, int) and kind.unit != "year" else str(value)


def field_title(rulebook: Rulebook, table: str, column: str) -> Text:
    """The title of a field: of a register's column, a measure, a formula, or what registers provide."""
    if table != "enterprise":
        found = rulebook.registers[table].columns.get(column)
        return found.title if found else Text(column, column)
    for place in (rulebook.measures, rulebook.formulas):
        if column in place:
            return place[column].title
    for register, name in rulebook.region.provides.get(column, ()):
        return rulebook.registers[register].columns[name].title
    return Text(column, column)


def verdict_sentence(rule: Rule, outcome: int, clause: int, lang: str) -> str:
    """Why, in one sentence: the deciding clause in its own words."""
    said = VERDICTS[outcome].in_(lang)
    if outcome == MET:
        return said
    if clause == NO_ROW:
        why = Text("没有相关记录", "there is no record of the kind that the rule is about")
    elif clause > len(rule.clauses):
        why = Text("金额无法计算", "the amount cannot be calculated")
    else:
        why = rule.clauses[clause - 1].title
    return f"{said}：{why.zh}" if lang == "zh" else f"{said}: {why.en}"


def clause_lines(explanation: Explanation, rule: Rule, rulebook: Rulebook, lang: str) -> list[str]:
    """One line a clause: mark, number, its words, the values that it read, what would settle it."""
    return [_clause_line(clause, rule, rulebook, lang) for clause in explanation.clauses]


def _clause_line(clause: ExplainedClause, rule: Rule, rulebook: Rulebook, lang: str) -> str:
    currency = rulebook.region.currency
    parts = []
    for read in clause.read:
        kind = _type_of(clause, read.table, read.column)
        title = field_title(rulebook, read.table, read.column).in_(lang)
        parts.append(f"{title} = {shown(read.value, kind, currency, lang)}")
    for name, value in clause.parameters:
        parameter = rule.parameters[name]
        title = parameter.title.in_(lang) if parameter.title else name
        parts.append(f"{title} = {shown(value, parameter.type, currency, lang)}")
    line = f"{MARKS[clause.outcome]} {clause.number}. {clause.clause.title.in_(lang)}"
    if parts:
        line += f"（{'；'.join(parts)}）" if lang == "zh" else f" ({'; '.join(parts)})"
    if clause.outcome == UNKNOWN and clause.clause.evidence:
        line += (" → 需提供：" if lang == "zh" else " → settled by: ") + clause.clause.evidence.in_(lang)
    return line


def _type_of(clause: ExplainedClause, table: str, column: str) -> Type:
    return next(n.type for n in walk(clause.clause.condition) if n.kind == "field" and n.field == (table, column))
