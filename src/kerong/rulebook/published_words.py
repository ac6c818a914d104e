"""Published figures and the outcomes of checks in the words of both languages."""

from decimal import Decimal
from fractions import Fraction

from kerong.rulebook.published import Figure
from kerong.rulebook.published_checks import Checked, digits_of, rounded
from kerong.rulebook.said import Text
from kerong.rulebook.units import money_of, unit_of

QUALIFIED = {
    "exact": Text("", ""),
    "about": Text("约", "about"),
    "over": Text("超过", "over"),
    "nearly": Text("近", "nearly"),
    "at_least": Text("不低于", "at least"),
    "at_most": Text("不超过", "at most"),
    "target": Text("目标", "target"),
}
OUTCOMES = {
    "agrees": Text("相符", "agrees"),
    "differs": Text("不符", "differs"),
    "cannot_be_derived": Text("无法推算", "cannot be derived"),
}
MECHANISM_TITLES = {
    "gathering": Text("资本聚集", "gathering of capital"),
    "spreading": Text("风险分散", "spreading of risk"),
    "information": Text("信息共享", "sharing of information"),
    "constraint": Text("约束激励", "constraint and incentive"),
}
MEASURED = {"年": "years", "月": "months", "日": "days", "天": "days", "小时": "hours"}
IN_SHARES = {"%": " %", "‰": " ‰", "倍": " times", "个百分点": " percentage points"}
SIZES = ((Decimal(10**9), " bn"), (Decimal(10**6), " m"))
BEHIND = 2  # digits that a result has more than what is published, at most


def number(value: Decimal, unit: str, lang: str) -> str:
    """A number with its unit. Chinese as published; English in yuan, firms and so on: 亿 says nothing there."""
    known = unit_of(unit)
    if lang == "zh" or known is None:
        return f"{_grouped(value)}{'' if unit in ('%', '‰') else ' '}{unit}"
    if not known.dimensions:
        return f"{_grouped(value)}{IN_SHARES[unit]}"
    whole = value if known.scale == 1 else (value * int(known.scale)).normalize()
    currency = next(iter(money_of(known.dimensions)), None)
    if currency is None:
        return f"{_grouped(whole)} {MEASURED.get(known.dimensions[0][0], '')}".rstrip()
    size, name = next(((size, name) for size, name in SIZES if abs(whole) >= size), (Decimal(1), ""))
    return f"{currency} {_grouped(whole / size if name else whole)}{name}"


def unit_in_words(unit: str, lang: str) -> str:
    """The unit of a column: 亿元, CNY 100 m; in English what is only counted has none."""
    known = unit_of(unit)
    if lang == "zh" or known is None:
        return unit
    if not known.dimensions:
        return IN_SHARES[unit].strip()
    told = number(Decimal(1), unit, lang)
    return told if known.is_money else told.removeprefix("1").strip()


def _grouped(value: Decimal) -> str:
    return f"{value:,f}"


def figure_in_words(figure: Figure, lang: str) -> str:
    """The value with its unit and qualifier: 超过 1900 亿元, over CNY 190 bn."""
    qualifier = QUALIFIED[figure.qualifier].in_(lang)
    return f"{qualifier} {number(figure.value, figure.unit, lang)}".strip()


def date_in_words(as_of: str, lang: str) -> str:
    """A day, month, year or span; what has no date says so."""
    if as_of == "undated":
        return "未注明日期" if lang == "zh" else "no date given"
    return as_of.replace("/", "–")


def outcome_in_words(checked: Checked, lang: str) -> str:
    """What came of a check: agrees; differs, with the result and by how much; cannot be derived."""
    said = OUTCOMES[checked.outcome].in_(lang)
    if checked.result is None or checked.by is None:
        return said
    unit, digits = checked.published.unit, digits_of(checked.published.value)
    result = number(_short(checked.result, digits), unit, lang)
    if checked.outcome == "agrees":
        return f"{said}（重算 {result}）" if lang == "zh" else f"{said} (worked out: {result})"
    by = number(_short(checked.by, digits), unit, lang)
    share = (
        "" if checked.by_share is None else f"{'，' if lang == 'zh' else ', '}{rounded(checked.by_share * 100, 1):+}%"
    )
    if lang == "zh":
        return f"{said}：重算为 {result}，相差 {by}{share}"
    return f"{said}: worked out it is {result}, off by {by}{share}"


def _short(value: Fraction, digits: int) -> Decimal:
    """Rounded a little finer than what is published; zeros that this adds are left out."""
    fine = rounded(value, digits + BEHIND)
    coarse = rounded(value, digits)
    return coarse if fine == coarse else fine.normalize()
