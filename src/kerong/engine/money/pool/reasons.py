"""Why a pool refuses an event: one key each, with its sentence for the people whom it concerns."""

from collections.abc import Mapping
from types import MappingProxyType

from kerong.rulebook.said import Text

REASONS: Mapping[str, Text] = MappingProxyType(
    {
        "back_dated": Text("日期早于已记入的事项", "the day lies before what has been recorded"),
        "no_terms": Text("当日没有生效的规定", "no terms were in force on that day"),
        "amount": Text("金额必须大于零且小于10万亿元", "an amount is above 0 and below 10^15 fen"),
        "instrument": Text("本资金池不承保这种融资方式", "the pool does not cover this instrument"),
        "not_drawn": Text("尚未放款", "the loan is not drawn yet"),
        "late": Text("超过备案期限", "registered too late after drawdown"),
        "calendar_ends": Text("工作日历没有覆盖这段时间", "the calendar of working days does not reach that far"),
        "registered_before": Text("这笔贷款已经备案，没有变化", "the loan is registered already: nothing changes"),
        "another_bank": Text("同一借款合同已由另一家银行备案", "another bank has registered the same loan contract"),
        "elsewhere": Text("同一借款合同已在另一资金池", "another pool has the same loan contract"),
        "not_eligible": Text("放款日不符合条件", "not eligible on the day of drawdown"),
        "eligibility_unknown": Text("放款日是否符合条件不清楚", "whether it was eligible at drawdown is not known"),
        "judged_on_another_day": Text("资格应按放款日判断", "eligibility was judged as of another day than drawdown"),
        "fuse": Text("不良率超过熔断线，暂停新备案", "bad loans are above the line: no new loans are registered"),
        "multiple": Text("超过资金池放大倍数", "more loans than the multiple of what the pool holds"),
        "mix": Text("该融资方式超过占比上限", "more of this instrument than its part of what the pool carries"),
        "not_registered": Text("没有备案", "the loan is not registered"),
        "repaid_more": Text("还款超过余额", "more is repaid than is owed"),
        "overdue_already": Text("已经记为逾期", "recorded as overdue already"),
        "not_overdue": Text("没有逾期", "the loan is not overdue"),
        "too_early": Text("逾期天数不足", "not overdue for long enough"),
        "claimed_already": Text("这笔贷款已经补偿过", "the loan has been compensated already"),
        "void": Text("补偿已被追回，不再受理", "its compensation was taken back: nothing more is paid"),
        "above_balance": Text("申报本金超过贷款余额", "more principal is claimed than is owed"),
        "recovered_above_due": Text("已追回超过未偿本息", "more was recovered than was owed"),
        "below_least": Text("损失低于最低补偿额", "the loss is below the least that is compensated"),
        "unknown": Text("缺少分担所需的材料", "what the sharing needs is not known"),
        "error": Text("分担无法计算", "the sharing cannot be worked out"),
        "nothing": Text("资金池对这笔损失无款可补", "nothing of the loss comes to the pool, or nothing is left"),
        "not_compensated": Text("这笔贷款没有补偿过", "the loan has not been compensated"),
        "recovered_more": Text("追回超过各方承担的损失", "more is recovered than was borne"),
        "written_off_already": Text("已经核销", "written off already"),
        "balance": Text("资金池余额不足", "the pool does not hold so much"),
        "needed": Text("退还后不足以支持已备案贷款", "what would be left does not carry the loans registered"),
    }
)
