"""Words of what covers a loan: why a guarantee, a policy, a claim, a pledge or a joint deal does not move."""

COVERS = {
    "deal.refused.above_fee": ("费用高于产品规定的最高额 {most} 元。", "The fee is above the product's most, {most}."),
    "deal.refused.above_loan": ("金额超过贷款金额 {most} 元。", "The amount is above the loan of {most}."),
    "deal.refused.all_bound": (
        "缺少已签约的贷款，或缺少有效的担保、保单：{what}。",
        "A signed loan, or a guarantee or policy in force, is missing: {what}.",
    ),
    "deal.refused.back_due": (
        "银行应返还的追偿款只有 {most} 元。",
        "Of what the bank recovered only {most} is still due to you.",
    ),
    "deal.refused.claims_open": ("尚有未办结的理赔。", "A claim is still open."),
    "deal.refused.counter_asked": (
        "约定须落实反担保，或尚未约定，不能直接出具保函。",
        "A counter-guarantee is asked, or nothing is agreed about one: it cannot be issued yet.",
    ),
    "deal.refused.cover_left": ("剩余保额只有 {left} 元。", "Only {left} of the sum insured is left."),
    "deal.refused.cover_over": ("保障期已于 {until} 届满。", "The cover ended on {until}."),
    "deal.refused.covered_before": (
        "该贷款已有担保或保险支付，不能再备案入池。",
        "A guarantee or a policy has paid on the loan: it cannot be brought into a pool any more.",
    ),
    "deal.refused.loan_ended": ("该贷款已结束。", "The loan has ended."),
    "deal.refused.loss_day": (
        "出险日须在保险期间 {begins} 至 {until} 内，且不晚于今天。",
        "The day of the loss must lie within {begins} to {until}, and not be to come.",
    ),
    "deal.refused.needs.begins": ("请填写保障起日。", "Give the first day of cover."),
    "deal.refused.needs.counter": ("请说明是否要求反担保。", "Say whether a counter-guarantee is asked."),
    "deal.refused.needs.counters": (
        "请逐项填写反担保：种类（保证、抵押、质押、保证金）、提供人、价值（不明可空）、文件。",
        "Give each one's kind (surety, mortgage, pledge, deposit), giver, value (empty: unknown), document.",
    ),
    "deal.refused.needs.cover_bp": ("请填写承担比例（万分之一至一万）。", "Give the part that is borne, in 1/10,000."),
    "deal.refused.needs.debtor": ("请填写被追偿人。", "Say who pays back."),
    "deal.refused.needs.document": ("请附该项文件。", "Attach the document that is named."),
    "deal.refused.needs.fee_fen": ("请填写担保费（免费填 0）。", "Give the fee (0 where it is free)."),
    "deal.refused.needs.giver": ("请填写反担保提供人。", "Say who gives the counter-guarantee."),
    "deal.refused.needs.loss_on": ("请填写出险日。", "Give the day of the loss."),
    "deal.refused.needs.number": ("请填写权利号。", "Give the number of the right."),
    "deal.refused.needs.reguarantee_bp": ("请填写再担保分担比例。", "Give the re-guarantor's part."),
    "deal.refused.needs.reguarantor": (
        "请填写再担保机构（不含空格，不超过120字）。",
        "Name the re-guarantor (no blanks, 120 characters at most).",
    ),
    "deal.refused.needs.report_within_days": (
        "请填写再担保报备期限（日）。",
        "Give the days in which the re-guarantor is told.",
    ),
    "deal.refused.needs.rights": (
        "请逐项填写权利：登记册和权利号，不得重复。",
        "Give each right once: its register and its number.",
    ),
    "deal.refused.needs.until": ("请填写保障止日。", "Give the last day of cover."),
    "deal.refused.needs.value_fen": ("反担保价值不合理。", "The value of the counter-guarantee makes no sense."),
    "deal.refused.needs.valuer": ("请填写评估机构。", "Name the valuer."),
    "deal.refused.no_cover": (
        "该笔贷款没有这种有效的担保或保险，不能按此备案。",
        "The loan has no cover of this kind in force: it cannot be registered as one.",
    ),
    "deal.refused.no_loan": ("须以该企业的一笔贷款为基础。", "It must stand on a loan of the firm."),
    "deal.refused.no_policy": ("须以该企业的一张保单为基础。", "It must stand on a policy of the firm."),
    "deal.refused.no_reguarantor": ("没有约定再担保。", "No re-guarantor was agreed."),
    "deal.refused.not_as_offered": ("与产品规定不一致。", "It is not as the product says."),
    "deal.refused.not_owner": (
        "登记册 {register} 中，权利 {number} 不在该企业名下或已失效。",
        "In register {register} the right {number} is not the firm's, or no longer in force.",
    ),
    "deal.refused.not_reported": ("尚未向再担保报备。", "It was not reported to the re-guarantor."),
    "deal.refused.loss_not_reported": ("请先在保单上报案。", "Report the loss on the policy first."),
    "deal.refused.nothing_payable": (
        "该笔损失已由其他方承担，或没有应付部分。",
        "Nothing of the loss is left to pay, or no part of it falls to you.",
    ),
    "deal.refused.nothing_reserved": ("没有预留的款项。", "Nothing is set aside."),
    "deal.refused.paid_before": ("已有一方支付或预留，不能撤回。", "Somebody has paid or set money aside already."),
    "deal.refused.parts_first": (
        "损失分担尚未核定，请先核定分担。",
        "The parts of the loss are not settled yet: that comes first.",
    ),
    "deal.refused.parts_open": ("尚有应付未付：{left} 元。", "Parts of {left} are not paid yet."),
    "deal.refused.less_lost": (
        "核定后借款人已还款，目前最多应承担 {most} 元；请先撤销核定，再重新核定。",
        "The borrower has paid since this was verified: {most} is the most that is borne now. Undo it and verify anew.",
    ),
    "deal.refused.payable": ("应承担的损失不超过 {most} 元。", "The part of the loss to be borne is {most} at most."),
    "deal.refused.pledged": ("权利 {number} 已质押给他人。", "The right {number} is pledged already."),
    "deal.refused.recover_in_pool": (
        "该贷款在资金池中，追偿请在贷款上登记。",
        "The loan is in a pool: what is recovered is booked on the loan.",
    ),
    "deal.refused.recover_together": (
        "该笔损失由多方分担，追偿款由银行按比例返还。",
        "Several share this loss: what is recovered is parted by the bank.",
    ),
    "deal.refused.recovered_more": ("最多可追回 {most} 元。", "At most {most} can still come back."),
    "deal.refused.report_late": ("报备期限为 {last}，已超过。", "It had to be reported by {last}."),
    "deal.refused.reported": ("已报备。", "It was reported before."),
    "deal.refused.share_back": ("没有应返还再担保的款项。", "Nothing is owed to the re-guarantor."),
    "deal.refused.share_due": ("再担保应分担额只有 {most} 元。", "The re-guarantor owes {most} only."),
    "deal.refused.share_settled": ("尚应返还再担保 {owed} 元。", "{owed} is still owed to the re-guarantor."),
    "deal.refused.loss_shares": (
        "请写明分担方式：资金池名称，或各方比例（合计一万，各方须参与）。",
        "Say how a loss is shared: a pool, or parts of 10,000 for those who take part.",
    ),
    "deal.refused.term": (
        "保障止日须不早于起日，起日不早于今天。",
        "Cover ends after it begins, and begins today at the earliest.",
    ),
    "deal.refused.term_over": ("保险期间至 {until}，尚未届满。", "The cover runs until {until}."),
    "deal.refused.valuer": ("评估机构不得是企业或银行自己。", "The valuer must be neither the firm nor the bank."),
}
