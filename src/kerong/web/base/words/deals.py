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
    "deal.refused.asked": ("不得高于申请金额 {most} 元。", "No more than {most}, which was asked for."),
    "deal.refused.decided": (
        "行权价 {price} 元高于投决金额 {most} 元。",
        "The option's price of {price} is above the {most} that was decided.",
    ),
    "deal.refused.exercisable": (
        "行权期为 {begins} 至 {ends}。",
        "The option may be used from {begins} through {ends}.",
    ),
    "deal.refused.first_rent": (
        "先付的首期租金应为 {fen} 元；后付则不填。",
        "The first rent in advance is {fen}; in arrears nothing is told.",
    ),
    "deal.refused.in_use": ("尚有 {fen} 元在用。", "{fen} is still in use."),
    "deal.refused.limit": ("成员 {member} 现只可再用 {left} 元。", "Member {member} may draw {left} more now."),
    "deal.refused.member": (
        "“{member}”不在企业档案或成员名单中。",
        "“{member}” is no firm of the record or no member.",
    ),
    "deal.refused.member_limit": (
        "成员 {member} 的额度须大于零且不超过 {most} 元。",
        "The limit of member {member} must be above zero and no more than {most}.",
    ),
    "deal.refused.members": (
        "成员须至少 {least} 家，逐家列明额度且不得重复。",
        "Name at least {least} members, each once and with its limit.",
    ),
    "deal.refused.milestone": (
        "尚未达到约定：{field} 为 {value}，约定不低于 {least}。",
        "The milestone is not reached: {field} is {value}, agreed was at least {least}.",
    ),
    "deal.refused.milestone_unclear": (
        "里程碑须写明档案中的一个数值字段和须达到的整数：{field}",
        "A milestone names a number of the record and the whole number to be reached: {field}",
    ),
    "deal.refused.milestone_unknown": (
        "档案中尚无 {field}，不能认定达到约定。",
        "The record does not know {field}: nothing says that the milestone is reached.",
    ),
    "deal.refused.no_option": ("没有认股权，或已放弃。", "There is no option, or it was let go."),
    "deal.refused.option_agreed": ("与已约定的认股权不一致。", "This is not the option that was agreed."),
    "deal.refused.option_begins": (
        "行权期不得早于取得日 {on}。",
        "The option's time cannot begin before {on}, when it is given.",
    ),
    "deal.refused.option_over": ("行权期至 {ends}，尚未结束。", "The option may be used through {ends} still."),
    "deal.refused.option_range": (
        "认股权比例为万分之 {share}，产品允许万分之 {least} 至 {most}。",
        "The option is of {share} basis points; the product allows {least} to {most}.",
    ),
    "deal.refused.price": ("留购款应为约定的残值 {fen} 元。", "The price is the residual value agreed, {fen}."),
    "deal.refused.quota": (
        "{year} 年度额度只余 {left} 元。",
        "Of the quota for {year} only {left} is left.",
    ),
    "deal.refused.shares": ("分享比例须为整数基点，合计 100%。", "Shares are whole basis points that sum to 100 %."),
    "deal.refused.three_documents": (
        "战略合作协议、承诺函、贷款合同须各附一份带摘要值的文件，且互不相同。",
        "Attach framework agreement, letter of commitment and loan contract by their digests: three papers.",
    ),
    "deal.refused.used": ("成员 {member} 在用只有 {fen} 元。", "Member {member} has only {fen} in use."),
    "deal.refused.base": ("没有可依据的业务，或您无权查看。", "The deal that it stands on is not there for you."),
    "deal.refused.book_twice": ("本机构账簿已开立。", "The book of the institution is open already."),
    "deal.refused.content": (
        "产品“{product}”未规定“{name}”，不能办理。",
        "The product {product} does not say {name}: this cannot be done.",
    ),
    "deal.refused.firm": (
        "请选择本区域内已授权贵机构的企业。",
        "Choose a firm of the region that has given your institution its consent.",
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
    "deal.refused.before_opening": (
        "{on} 早于该业务申请之日 {since}。",
        "{on} is before {since}, the day on which this was asked for.",
    ),
    "deal.refused.days_open": (
        "{count} 笔业务无法日终（编号 {deals}），其余已完成；请查看其条款与基准利率。",
        "The days of {count} deals (numbers {deals}) could not be closed, all others were: see their terms and rates.",
    ),
    "deal.refused.day_closed": (
        "业务日已日终到 {through}，不能记入 {on}。",
        "Business is closed through {through}: nothing more is booked on {on}.",
    ),
    "deal.refused.fact": (
        "资金池要核对的“{name}”填写不对：{value}。",
        "What the pool asks as {name} cannot be this: {value}.",
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
