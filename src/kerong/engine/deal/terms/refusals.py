"""Terms that no schedule can be drawn from, and moves that a loan's account does not allow: each has a name."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from kerong.rulebook.said import Text

REFUSALS: Mapping[str, Text] = MappingProxyType(
    {
        "whole": Text("{name} 不是整数：{value}", "{name} is no whole number: {value}"),
        "day": Text("{name} 不是日期：{value}", "{name} is no date: {value}"),
        "missing": Text("缺少必填内容", "something that is needed is missing"),
        "twice": Text("同一笔贷款出现两次", "the loan stands twice"),
        "no_loan": Text("没有这笔贷款", "there is no such loan"),
        "unknown": Text("{name} 没有“{value}”这一选项；可选：{options}", "{name} knows no {value!r}, only {options}"),
        "amount": Text(
            "{name} {fen} 分不在 {least} 至 {most} 分之间", "{name} of {fen} fen is not within {least} to {most} fen"
        ),
        "rate": Text(
            "{on} 起的年利率（百万分之 {ppm}）不在 0 至 {most} 之间",
            "the yearly rate from {on} on, {ppm} millionths, is not within 0 to {most}",
        ),
        "rate_steps": Text(
            "基准利率“{name}”的日期不是依次往后", "the days of the base rate {name} do not follow one another"
        ),
        "rate_begins": Text(
            "基准利率“{name}”自 {first} 起才有，{on} 没有数值",
            "the base rate {name} begins on {first}: nothing is known of {on}",
        ),
        "rate_ends": Text(
            "基准利率“{name}”只公布到 {through}，{on} 没有数值",
            "the base rate {name} is known through {through}: nothing is known of {on}",
        ),
        "order": Text(
            "{later_name} {later} 不晚于 {earlier_name} {earlier}",
            "{later_name} {later} is not after {earlier_name} {earlier}",
        ),
        "term": Text(
            "期限自 {begin} 至 {end}，超过 {most} 年", "the term from {begin} to {end} is longer than {most} years"
        ),
        "drawdowns": Text("没有提款", "nothing is drawn"),
        "drawn_outside": Text(
            "{on} 的提款不在 {begin} 至 {end} 之间", "what is drawn on {on} is not within {begin} to {end}"
        ),
        "plan_outside": Text(
            "{on} 的还本不在 {begin} 之后、{end} 以内", "principal repaid on {on} is not after {begin} and by {end}"
        ),
        "plan_sum": Text(
            "还本计划合计 {fen} 分，与提款合计 {drawn} 分不符",
            "the plan repays {fen} fen, not the {drawn} fen that are drawn",
        ),
        "plan_early": Text(
            "到 {on} 计划还本超过当时的余额", "by {on} the plan repays more principal than is outstanding"
        ),
        "plan_method": Text(
            "只有自定还本计划才列明各次还本", "only the custom method names its repayments of principal"
        ),
        "instalment_method": Text(
            "只有等额本息、等额本金可以指定每期金额",
            "only annuity and equal principal take an instalment that is given",
        ),
        "calendar_ends": Text("{on} 不在已公布的工作日历之内", "{on} is outside the calendars of working days"),
        "change_outside": Text(
            "变更日 {on} 不在 {begin} 至 {end} 之间", "the day of the change, {on}, is not within {begin} to {end}"
        ),
        "undrawn": Text("{on} 之后还有提款，不能变更", "no change on {on}: something is drawn after it"),
        "prepaid": Text(
            "提前还本 {fen} 分，超过余额 {outstanding} 分",
            "{fen} fen prepaid are more than the {outstanding} fen outstanding",
        ),
        "extension": Text(
            "展期至 {maturity}，晚于允许的最后日 {latest}",
            "extended to {maturity}, later than {latest}, the last day allowed",
        ),
        "classes": Text("分类天数须自 0 起逐级递增", "the days of the classes must begin with 0 and grow"),
        "allocation": Text("还款顺序须恰好包含：{options}", "the order of a receipt must name exactly {options}"),
        "not_loss": Text(
            "{on} 分类为“{grade}”，不是损失类，不能核销",
            "on {on} the loan is {grade}, not a loss: nothing is written off",
        ),
    }
)


class TermsRefused(ValueError):
    """What was asked for is refused; `kind` is a key of REFUSALS, `facts` fill its sentence."""

    def __init__(self, kind: str, **facts: object) -> None:
        self.kind, self.facts = kind, facts
        super().__init__(f"{kind}: {self.sentence('en')}")

    def sentence(self, lang: str) -> str:
        """Why, in `lang`, "zh" or "en"."""
        return REFUSALS[self.kind].in_(lang).format(**self.facts)


def whole(name: str, value: object) -> int:
    """`value` if it is a whole number; a float, NaN, a truth value or a text is refused as "whole"."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TermsRefused("whole", name=name, value=value)
    return value


def day(name: str, value: object) -> date:
    """`value` if it is a day without a time; anything else is refused as "day"."""
    if type(value) is not date:
        raise TermsRefused("day", name=name, value=value)
    return value


def amount(name: str, fen: object, least: int, most: int) -> int:
    """`fen` if it is a whole amount from `least` to `most`."""
    if not least <= whole(name, fen) <= most:
        raise TermsRefused("amount", name=name, fen=fen, least=least, most=most)
    return whole(name, fen)


def one_of(name: str, value: object, options: Mapping[str, object] | tuple[object, ...]) -> None:
    """Refuses a `value` that is none of `options` as "unknown"."""
    if value not in options:
        raise TermsRefused("unknown", name=name, value=value, options=", ".join(str(option) for option in options))
