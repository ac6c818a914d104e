"""Words of deals: why something cannot be done."""

DEALS = {
    "deal.refused.compensated": ("该贷款已获补偿。", "The loan has been compensated."),
    "deal.refused.contract": (
        "请填写合同编号（不超过200字）。",
        "Give the number of the contract (200 characters at most).",
    ),
    "deal.refused.contract_twice": (
        "合同编号“{contract}”已用于另一笔贷款。",
        "Contract “{contract}” is that of another loan already.",
    ),
    "deal.refused.base": ("没有可依据的业务，或您无权查看。", "The deal that it stands on is not there for you."),
    "deal.refused.book_twice": ("本机构账簿已开立。", "The book of the institution is open already."),
    "deal.refused.content": (
        "产品“{product}”未规定“{name}”，不能办理。",
        "The product {product} does not say {name}: this cannot be done.",
    ),
    "deal.refused.hands.parties": (
        "同一自然人已代表另一方办理过此业务。",
        "You have acted for another party of this deal.",
    ),
    "deal.refused.only_today": ("此步骤只能记在今天。", "This step is booked on today only."),
    "deal.refused.joint": (
        "所依据的联合业务尚不能放款。",
        "The joint deal that this loan stands on does not let it be drawn yet.",
    ),
    "deal.refused.joint_left": (
        "联合业务只余 {left} 元可放。",
        "Of the joint deal only {left} is left to be drawn.",
    ),
    "deal.refused.all_agreed": ("尚未同意的一方：{who}。", "Not agreed yet: {who}."),
    "deal.refused.bound": ("名下贷款尚未结清。", "A loan that stands on it is not over."),
    "deal.refused.day_closed": (
        "业务日已日终到 {through}，不能记入 {on}。",
        "Business is closed through {through}: nothing more is booked on {on}.",
    ),
    "deal.refused.documents": ("尚无材料，或材料名称过长。", "No documents are there, or a name is too long."),
    "deal.refused.kind": ("尚不能办理此类业务。", "Deals of this kind cannot be made here."),
    "deal.refused.needs.contract": ("请填写合同编号。", "Give the number of the contract."),
    "deal.refused.needs.documents": ("请附材料。", "Attach the documents."),
    "deal.refused.needs.terms": ("请填写条款。", "Give the terms."),
    "deal.refused.no_book": ("机构 {code} 尚未开立账簿。", "Institution {code} has no open book yet."),
    "deal.refused.no_pool": (
        "没有这个资金池，或贷款尚未放款。",
        "There is no such pool, or the loan is not drawn yet.",
    ),
    "deal.refused.not_closed": (
        "仅日终到 {through}，请先完成前一日日终。",
        "Business is closed through {through} only: close the day before first.",
    ),
    "deal.refused.not_drawn": ("尚未放款。", "Nothing is drawn yet."),
    "deal.refused.not_loss": ("分类不是损失，不能核销。", "The loan is not graded a loss: nothing is written off."),
    "deal.refused.not_past_due": ("没有逾期。", "Nothing is past due."),
    "deal.refused.not_repaid": ("尚未结清，未还本金 {left} 元。", "Not all is repaid: principal of {left} is left."),
    "deal.refused.offer": (
        "本次运算没有向该企业推荐这项贷款。",
        "The run offers the firm no such loan.",
    ),
    "deal.refused.offered": ("金额超过推荐额度 {most} 元。", "The amount is above what was offered, {most}."),
    "deal.refused.parties": ("请指定参与方：{roles}。", "Name who takes part: {roles}."),
    "deal.refused.party": ("本地区没有该机构：{code}。", "The region has no such institution: {code}."),
    "deal.refused.past_due": ("已逾期 {days} 天。", "Past due for {days} days."),
    "deal.refused.pool_twice": ("该资金池已开立。", "The pool is open already."),
    "deal.refused.rate": (
        "基准利率“{name}”不合理，或不晚于上次公布日 {last}。",
        "Base rate “{name}” makes no sense, or is not after the last one of {last}.",
    ),
    "deal.refused.registered": ("该贷款已备案入池。", "The loan is in a pool already."),
    "deal.refused.to_come": ("{on} 尚未到来。", "{on} is yet to come."),
    "deal.refused.undrawn": ("未放额度只有 {left} 元。", "Only {left} is approved and not drawn yet."),
    "pool.refused": ("资金池不予受理（{reason}）。", "The pool refuses ({reason})."),
}
