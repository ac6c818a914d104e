"""Words of cases of subsidies: why something cannot be done."""

CASES = {
    "calendar.refused.none": (
        "本地区没有节假日安排，无法计算工作日（请补充 calendars/年份.toml）。",
        "This region has no calendar: working days cannot be counted (add calendars/<year>.toml).",
    ),
    "calendar.refused.ends": (
        "节假日安排只到 {last}，{day} 是否工作日尚不可知（请补充新一年的 calendars/年份.toml）。",
        "The calendars end with {last}: whether {day} is worked is not known (add the next calendars/<year>.toml).",
    ),
    "case.refused.award.none": ("本次运算没有这项补助。", "The run awards nothing here."),
    "case.refused.award.differs": (
        "按留存的凭证和当时的规则重新计算，结果与核算额不一致，不能继续。",
        "Worked out again from the stored evidence under the rules of then, the amount is another: it cannot go on.",
    ),
    "case.refused.back": (
        "退回金额须在 0.01 元与已支付的 {most} 元之间。",
        "What is ordered back is between 0.01 and {most}.",
    ),
    "case.refused.budget": (
        "{level} 没有 {year} 年度本项目的预算。",
        "There is no budget of {level} for this programme in {year}.",
    ),
    "case.refused.budget.twice": ("该预算已建立。", "There is such a budget already."),
    "case.refused.by_file": (
        "支付文件送出和回单入账只能随文件办理。",
        "Payments are sent and settled by files only.",
    ),
    "case.refused.call.milestone": ("第二期起每期须写明节点。", "From the second stage on each names its milestone."),
    "case.refused.call.none": ("本年度没有该项目的申报通知。", "There is no call for this rule this year."),
    "case.refused.call.not_free": ("该项目须由企业申请。", "This rule is granted on application only."),
    "case.refused.call.review": (
        "专家人数、合格分或公示天数不合理。",
        "Experts, pass mark or days of notice make no sense.",
    ),
    "case.refused.call.rule": ("该规则不发放资金。", "This rule pays nothing."),
    "case.refused.call.shares": ("各级分担比例须为正且合计100%。", "The levels' shares are positive and sum to 100 %."),
    "case.refused.call.stages": (
        "各期比例须为正且合计100%，最多12期。",
        "The stages' shares are positive and sum to 100 %; 12 at most.",
    ),
    "case.refused.call.twice": ("本年度已有该项目的申报通知。", "There is a call for this rule and year already."),
    "case.refused.call.window": ("截止日期早于开始日期。", "The call closes before it opens."),
    "case.refused.caps": (
        "计入其他已预留和已付的，各项限额只余 {left} 元，不足 {wanted} 元。",
        "Counting what is reserved and paid elsewhere, the caps leave {left}, less than {wanted}.",
    ),
    "case.refused.carry": ("尚无人提出结转。", "Nobody has proposed to carry it over."),
    "case.refused.coming": ("尚应退回 {open} 元，金额不符。", "{open} is still to come back: the amount does not fit."),
    "case.refused.evidence": (
        "同一凭证已在互斥政策中使用（案件 {case}）。",
        "The same evidence is used under an excluding rule (case {case}).",
    ),
    "case.refused.hands.firm": ("申报单位的人员不能代表部门办理。", "Nobody of the applicant's acts for the office."),
    "case.refused.hands.twice": (
        "您已在本案中办理过须由他人办理的环节。",
        "You had another hand in this case already: somebody else has to do this.",
    ),
    "case.refused.instruction": ("没有相应的支付指令。", "There is no such instruction."),
    "case.refused.late": ("期限 {due} 已过。", "The time limit ended on {due}."),
    "case.refused.milestone": ("节点“{milestone}”尚未达成。", "The milestone “{milestone}” is not met yet."),
    "case.refused.needs.fen": ("请填写金额。", "Say the amount."),
    "case.refused.needs.payee": ("请填写收款人。", "Say who is paid."),
    "case.refused.needs.score": ("请打分。", "Give a score."),
    "case.refused.needs.stage": ("请选择期次。", "Choose the stage."),
    "case.refused.no_experts": ("该项目不需要专家评审。", "This call asks for no experts."),
    "case.refused.not_approved": ("批准已作废，须重新批准。", "The approval is void: it has to be approved again."),
    "case.refused.not_overdue": ("尚未逾期。", "It is not overdue."),
    "case.refused.note": ("请说明理由（最多2000字）。", "Say why, in at most 2,000 characters."),
    "case.refused.notice": ("尚未公示。", "It was not put on public notice."),
    "case.refused.notice_ended": ("公示已于 {last} 结束。", "The public notice ended on {last}."),
    "case.refused.notice_stands": ("公示到 {last}，尚未期满。", "The public notice runs until {last}."),
    "case.refused.payee.account": ("账号或开户行不正确。", "The account number or the bank is none."),
    "case.refused.payee.missing": ("没有收款账户。", "There is no account to pay to."),
    "case.refused.payee.name": (
        "收款人名称与其代码登记的名称不符。",
        "The payee's name is not the one that its code is registered under.",
    ),
    "case.refused.review_first": ("须先完成专家评审。", "The experts' review comes first."),
    "case.refused.run": (
        "数据已更新，请在新页面上重新办理。",
        "The facts or rules have been renewed since the page was made: begin again on a new page.",
    ),
    "case.refused.score": ("分数须在0到100之间。", "A score is between 0 and 100."),
    "case.refused.scored_twice": ("您已打过分。", "You have scored it already."),
    "case.refused.scores": (
        "已有 {have} 人打分；须有 {experts} 人且平均不低于 {mark} 分。",
        "{have} have scored; it takes {experts} and a mean of {mark}.",
    ),
    "case.refused.seen": (
        "金额已变为 {now} 元，请在新页面上办理。",
        "The amount is {now} by now: decide on a new page.",
    ),
    "case.refused.stage": ("该期没有待办的部分。", "Nothing of this stage is left to do."),
    "case.refused.state": ("目前的状态不能这样办理。", "It cannot be done from the present state."),
    "case.refused.touched": ("已支付 {paid} 元，不能这样办理。", "{paid} is paid already: it cannot be done any more."),
    "case.refused.twice": ("该项目已有在办的案件。", "There is a case for this already."),
    "case.refused.untouched": ("尚未支付。", "Nothing is paid yet."),
    "case.refused.version": (
        "页面打开后别人已办理过，请在新页面上办理。",
        "Somebody moved the case since the page was made: decide on a new page.",
    ),
    "case.refused.window": ("申报期为 {first} 至 {last}。", "The window of the call is {first} to {last}."),
    "case.refused.within": (
        "金额须在 0.01 元与核算额 {most} 元之间。",
        "The amount is between 0.01 and the {most} awarded.",
    ),
    "case.refused.year": (
        "本案占用 {year} 年度预算，跨年须先由两人办理结转。",
        "The case is on the budget of {year}: two people have to carry it over first.",
    ),
    "case.refused.year_stands": ("{year} 年度尚未结束。", "The year {year} is not over."),
}
