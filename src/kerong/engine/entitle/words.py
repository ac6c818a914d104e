"""An explanation in sentences that an entrepreneur understands, in Chinese and in English."""

from collections.abc import Mapping

from kerong.engine.entitle.action import Action
from kerong.engine.entitle.candidates import type_of
from kerong.engine.entitle.comparisons import Compared
from kerong.engine.entitle.explain import ExplainedClause, Explanation
from kerong.engine.entitle.sources import Origins, settled_by
from kerong.engine.entitle.values import field_title, titled, value_in_words
from kerong.rulebook.content import Parameter, Rule, Rulebook, Text
from kerong.rulebook.outcomes import ERROR, FAILED, MET, NO_ROW, UNKNOWN
from kerong.rulebook.plain import Fault
from kerong.rulebook.tree import Node, walk
from kerong.rulebook.types import Type
from kerong.rulebook.words import distance, money, reason

__all__ = [
    "MARKS",
    "VERDICTS",
    "action_sentence",
    "action_words",
    "clause_lines",
    "clause_sentences",
    "field_title",
    "sentence",
    "verdict_sentence",
]

VERDICTS = {
    MET: Text("符合", "met"),
    FAILED: Text("不符合", "not met"),
    UNKNOWN: Text("资料不足，暂不能判断", "cannot be told yet: something is not known"),
    ERROR: Text("计算出错，需人工核查", "an error of calculation: a person has to look"),
}
CHECKED = VERDICTS | {
    MET: Text("登记互相矛盾，请说明", "registers contradict: to be explained"),
    FAILED: Text("未见矛盾", "no contradiction"),
    UNKNOWN: Text("资料不足，不作判断", "something is not known: nothing is said"),
}
MARKS = {MET: "✓", FAILED: "✗", UNKNOWN: "?", ERROR: "!"}
ASKED = {
    "at_least": Text("门槛 {}", "at least {} is asked"),
    "above": Text("须高于 {}", "more than {} is asked"),
    "at_most": Text("上限 {}", "at most {} is allowed"),
    "below": Text("须低于 {}", "less than {} is asked"),
    "equal": Text("须为{}", "{} is asked"),
    "unequal": Text("不得为{}", "anything but {} is asked"),
    "among": Text("须为其中之一：{}", "one of these is asked: {}"),
    "not_among": Text("不得为其中之一：{}", "none of these is allowed: {}"),
    "is": Text("须为{}", "{} is asked"),
    "known": Text("须有记录", "a record is asked"),
    "unknown": Text("须无记录", "no record is allowed"),
    "held": Text("须在 {} 有效", "it has to hold on {}"),
    "not_held": Text("在 {} 须无效", "it must not hold on {}"),
}
ASKED_OF_DATES = {
    "at_least": Text("不得早于 {}", "not before {} is asked"),
    "above": Text("须晚于 {}", "after {} is asked"),
    "at_most": Text("不得晚于 {}", "not after {} is asked"),
    "below": Text("须早于 {}", "before {} is asked"),
}
UPWARD = ("at_least", "above")
MISSED = {
    ("number", True): Text("差 {}", "{} short"),
    ("number", False): Text("超出 {}", "{} too much"),
    ("date", True): Text("早了 {}", "{} too early"),
    ("date", False): Text("晚了 {}", "{} too late"),
}
SPARE = Text("余 {}", "{} to spare")
JUST = {
    MET: Text("刚好达到", "just kept"),
    FAILED: Text("刚好在线上，不算达到", "just on the line, which is not enough"),
}


def sentence(part: Compared, parameters: Mapping[str, Parameter], rulebook: Rulebook, lang: str) -> str:
    """One comparison: what it is, what is asked, how far it is off or what is to spare."""
    comparison, kind = part.comparison, _kind(part)
    title = titled(comparison.value, rulebook, dict(parameters), lang)
    asked = _asked(part, rulebook, lang)
    if part.outcome == ERROR:
        fault = next((held for held in (part.value, part.threshold) if isinstance(held, Fault)), Fault("error"))
        return f"{title}：计算出错（{reason(fault, lang)}）" if lang == "zh" else f"{title}: error ({fault.reason})"
    value = value_in_words(part.value, kind, rulebook, lang, comparison.value)
    if comparison.operator == "is" and part.value is not None:
        return _flag(title, value, part, asked, lang)
    if part.value is None and comparison.operator not in ("known", "unknown"):
        return f"{title}未知，{asked}" if lang == "zh" else f"{title} is not known, {asked}"
    said = f"{title} {value}，{asked}" if lang == "zh" else f"{title} {value}, {asked}"
    apart = _apart(part, rulebook.region.currency, lang)
    return said if not apart else f"{said}，{apart}" if lang == "zh" else f"{said}: {apart}"


def _flag(title: str, value: str, part: Compared, asked: str, lang: str) -> str:
    """A yes or no; what is asked is told where it is the other."""
    said = f"{title}：{value}" if lang == "zh" else f"{title}: {value}"
    if part.outcome == MET:
        return said
    return f"{said}，{asked}" if lang == "zh" else f"{said}, {asked}"


def _asked(part: Compared, rulebook: Rulebook, lang: str) -> str:
    comparison = part.comparison
    words = ASKED_OF_DATES if comparison.value.type.kind == "date" and comparison.operator in ASKED_OF_DATES else ASKED
    options = comparison.threshold.value if comparison.operator in ("among", "not_among") else part.threshold
    if options is None:
        return "门槛未知" if lang == "zh" else "what is asked is not known"
    told = value_in_words(options, _kind(part), rulebook, lang, comparison.value)
    return words[comparison.operator].in_(lang).format(told)


def _kind(part: Compared) -> Type:
    """The type by which both sides are written: a ratio that is asked to be a part of one is told in per cent."""
    kind, limit = part.comparison.value.type, part.threshold
    is_share = kind.unit == "ratio" and isinstance(limit, float) and 0 < abs(limit) < 1
    return Type("float", "share") if is_share else kind


def _apart(part: Compared, currency: str, lang: str) -> str:
    """The distance in words; empty where there is none to tell."""
    operator, kind = part.comparison.operator, _kind(part)
    if part.margin is None or operator not in ASKED_OF_DATES:
        return ""
    if part.margin == 0:
        return JUST[part.outcome].in_(lang)
    size = distance(abs(part.margin), kind, currency, lang)
    if part.margin > 0:
        return SPARE.in_(lang).format(size)
    return MISSED["date" if kind.kind == "date" else "number", operator in UPWARD].in_(lang).format(size)


def verdict_sentence(rule: Rule, outcome: int, clause: int, lang: str) -> str:
    """Why, in one sentence: the deciding clause in its own words. Of a check: whether there is something to explain."""
    said = (CHECKED if rule.is_check else VERDICTS)[outcome].in_(lang)
    if outcome == MET:
        return said
    if clause == NO_ROW:
        why = Text("没有相关记录", "there is no record of the kind that the rule is about")
    elif clause > len(rule.clauses):
        why = Text("金额无法计算", "the amount cannot be calculated")
    else:
        why = rule.clauses[clause - 1].title
    return f"{said}：{why.zh}" if lang == "zh" else f"{said}: {why.en}"


def clause_sentences(clause: ExplainedClause, rule: Rule, rulebook: Rulebook, lang: str) -> list[str]:
    """The comparisons that made the clause what it is, one sentence each; all of them where none alone did."""
    telling = [part for part in clause.compared if part.outcome == clause.outcome] or list(clause.compared)
    return [sentence(part, rule.parameters, rulebook, lang) for part in telling]


def clause_lines(explanation: Explanation, rule: Rule, origins: Origins, lang: str) -> list[str]:
    """One line a clause: mark, number, its words, what was compared, what would settle it."""
    return [_clause_line(clause, rule, origins, lang) for clause in explanation.clauses]


def _clause_line(clause: ExplainedClause, rule: Rule, origins: Origins, lang: str) -> str:
    parts = clause_sentences(clause, rule, origins.rulebook, lang)
    if clause.reason and not any(part.outcome == ERROR for part in clause.compared):
        parts.append(reason(Fault(clause.reason), lang))
    line = f"{MARKS[clause.outcome]} {clause.number}. {clause.clause.title.in_(lang)}"
    if parts:
        line += f"（{'；'.join(parts)}）" if lang == "zh" else f" ({'; '.join(parts)})"
    wanted = [text.in_(lang) for text in settled_by(clause, origins)]
    if wanted:
        line += f" → 需提供：{'、'.join(wanted)}" if lang == "zh" else f" → settled by: {', '.join(wanted)}"
    return line


def action_sentence(action: Action, rulebook: Rulebook, lang: str) -> str:
    """One line: what to do, from which value to which, and the money that it brings."""
    told = action_words(action, rulebook, lang)
    if action.money_fen is None:
        return told
    amount = money(action.money_fen, rulebook.region.currency, lang)
    return f"{told}，可得 {amount}" if lang == "zh" else f"{told}: {amount}"


def action_words(action: Action, rulebook: Rulebook, lang: str, *, values: bool = True) -> str:
    """What to do, without the money; without `values` the enterprise's own figures are left out."""
    told = action.how.in_(lang)
    if action.kind == "document":
        told = f"提供{told}" if lang == "zh" else f"provide {told}"
    if not values or (action.kind == "change" and isinstance(action.now[0], bool)):
        return told
    if action.kind == "document":
        shows = _targets(action, rulebook, lang)
        if not shows:
            return told
        return f"{told}（若显示：{shows}）" if lang == "zh" else f"{told} (if it shows: {shows})"
    return (
        f"{told}（{_targets(action, rulebook, lang)}）"
        if lang == "zh"
        else f"{told} ({_targets(action, rulebook, lang)})"
    )


def _targets(action: Action, rulebook: Rulebook, lang: str) -> str:
    """Every field of an action with its value now, where it has one, and the value that is wanted.

    Of a document only what the rule's own clauses ask of it: behind formulas many values would do.
    """
    parts = []
    for (field, to), now in zip(action.to, action.now, strict=True):
        asked = _asked_of(rulebook.rules[action.rule], field)
        if to is None or (action.kind == "document" and not asked):
            continue
        kind = type_of(field, rulebook)
        node = Node("field", kind, value=field)
        wanted = value_in_words(to, kind, rulebook, lang, node)
        sign = f"{asked} " if action.kind == "document" and asked in ("≥", "≤") else ""
        before = "" if now is None else f"{value_in_words(now, kind, rulebook, lang, node)} → "
        parts.append(f"{field_title(rulebook, *field).in_(lang)} {sign}{before}{wanted}")
    return ("、" if lang == "zh" else ", ").join(parts)


def _asked_of(rule: Rule, field: tuple[str, str]) -> str:
    """How the rule's clauses ask for a field: "≥" or "≤" where they draw one line, "=" otherwise, "" for not at all."""
    found = set()
    for clause in rule.clauses:
        for part in walk(clause.condition):
            for place, arg in enumerate(part.args):
                if arg.kind == "field" and arg.field == field:
                    found.add(("≤", "≥")[place] if part.kind in ("lt", "le") else "=")
        if clause.condition.kind == "field" and clause.condition.field == field:
            found.add("=")
    return found.pop() if len(found) == 1 else "=" if found else ""
