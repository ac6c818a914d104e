"""What raises the index, in sentences: steps with values in the field's unit, and what evidence alone could bring."""

from kerong.engine.score.acts import WHOLE_BP
from kerong.engine.score.raising import Move, Raising, Step
from kerong.rulebook.content import Indicator, Rulebook
from kerong.rulebook.types import FEN, Type
from kerong.rulebook.words import shown

MONEY = ("yuan", "fen", "usd")
TOLD = 6  # open indicators that are named; the rest is counted


def value_in_words(value: float, indicator: Indicator, rulebook: Rulebook, lang: str) -> str:
    """An indicator's value in the unit of its field: amounts as money, shares in per cent, flags as yes or no."""
    kind = indicator.value.type
    if kind.kind == "bool":
        return shown(value > 0, kind, rulebook.region.currency, lang)
    unit = unit_of(indicator, rulebook)
    if kind.unit == "fen" or unit in MONEY:
        return shown(round(value), FEN, rulebook.region.currency, lang)
    if kind.unit == "ratio" and unit == "share":
        return shown(value, Type("float", "share"), rulebook.region.currency, lang)
    is_whole = kind.kind == "int" and kind.divisor == 1
    return shown(round(value) if is_whole else value, kind, rulebook.region.currency, lang)


def step_sentence(step: Step, rulebook: Rulebook, lang: str) -> str:
    """One line: what to do, from which values to which, the points that it brings, the effort."""
    lead = rulebook.indicators[step.indicator]
    how = lead.change.how.in_(lang) if lead.change else ""
    moved = [_moved(move, rulebook, lang) for move in step.moves]
    if lang == "zh":
        return f"{how}：{'，同时'.join(moved)}，+{step.points} 分（{effort_in_words(step, lang)}）"
    return f"{how}: {', and with it '.join(moved)}, +{step.points} points ({effort_in_words(step, lang)})"


def effort_in_words(step: Step, lang: str) -> str:
    """The effort of a step, and of what it is made up where it is more than one step of the change."""
    whole, steps = f"{step.cost_bp / WHOLE_BP:.3g}", f"{step.steps_bp / WHOLE_BP:.3g}"
    if step.steps_bp <= WHOLE_BP:
        return f"难度 {whole}" if lang == "zh" else f"effort {whole}"
    return (
        f"难度 {whole}：{steps} 步，每步 {step.effort}"
        if lang == "zh"
        else f"effort {whole}: {steps} steps of {step.effort}"
    )


def _moved(move: Move, rulebook: Rulebook, lang: str) -> str:
    item = rulebook.indicators[move.indicator]
    now, to = (value_in_words(value, item, rulebook, lang) for value in (move.now, move.to))
    return f"{item.title.in_(lang)} {now} → {to}"


def sentences(found: Raising, rulebook: Rulebook, lang: str) -> list[str]:
    """Where the firm stands, what lifts it to the next grade, and what evidence alone could bring."""
    return [_stands(found, lang), *_way(found, rulebook, lang), *_evidence(found, rulebook, lang)]


def _stands(found: Raising, lang: str) -> str:
    width = f"{found.points}" if found.points == found.points_high else f"{found.points}–{found.points_high}"
    if lang == "zh":
        grade = f"，等级 {found.grade}" if found.grade else ""
        next_one = f"；距 {found.next_grade} 级还差 {found.needed} 分" if found.next_grade else "；没有更高的等级"
        return f"得分 {width}{grade}{next_one}"
    grade = f", grade {found.grade}" if found.grade else ""
    next_one = f"; {found.needed} points short of {found.next_grade}" if found.next_grade else "; no grade is higher"
    return f"{width} points{grade}{next_one}"


def _way(found: Raising, rulebook: Rulebook, lang: str) -> list[str]:
    if found.next_grade is None:
        return []
    if not found.is_reached:
        if lang == "zh":
            return [f"企业一年内能改变的各项合起来最多增加 {found.most} 分，一年内达不到 {found.next_grade} 级"]
        return [f"what the firm can change in a year brings {found.most} points at most: {found.next_grade} is too far"]
    total, points = found.cost_bp / WHOLE_BP, sum(step.points for step in found.steps)
    head = (
        f"最省力的 {len(found.steps)} 项改变，合计 +{points} 分，总难度 {total:.1f}："
        if lang == "zh"
        else f"the cheapest set of changes, {len(found.steps)} of them, +{points} points, effort {total:.1f} in all:"
    )
    return [head, *(f"  {n}. {step_sentence(step, rulebook, lang)}" for n, step in enumerate(found.steps, start=1))]


def _evidence(found: Raising, rulebook: Rulebook, lang: str) -> list[str]:
    """What is unknown, by the registers that would tell it."""
    if not found.evidence:
        return []
    total = found.points_high - found.points
    parts = []
    for item in found.evidence[:TOLD]:
        indicator = rulebook.indicators[item.indicator]
        needs = [rulebook.registers[name].title.in_(lang) for name in indicator.needs if name in rulebook.registers]
        why = f"（{'、'.join(needs)}）" if lang == "zh" else f" ({', '.join(needs)})"
        parts.append(f"{indicator.title.in_(lang)}{why if needs else ''} ≤{item.points}")
    rest = len(found.evidence) - TOLD
    if lang == "zh":
        more = f"等 {len(found.evidence)} 项" if rest > 0 else ""
        can = f"，可能达到 {found.grade_high} 级" if found.by_evidence else ""
        return [f"不作任何改变，仅补齐资料：最多 +{total} 分{can}。缺：{'、'.join(parts)}{more}"]
    more = f" and {rest} more" if rest > 0 else ""
    can = f", which may reach {found.grade_high}" if found.by_evidence else ""
    return [f"evidence alone, without any change: up to +{total} points{can}. Not known: {', '.join(parts)}{more}"]


def unit_of(indicator: Indicator, rulebook: Rulebook) -> str | None:
    """The unit of the field that an indicator reads as it is, if it reads one."""
    if indicator.value.kind != "field":
        return None
    name = indicator.value.field[1]
    held = rulebook.measures.get(name) or rulebook.formulas.get(name)
    return held.unit if held else None
