"""Words of the statement of public support, for the page and for paper; both languages."""

from collections.abc import Mapping

Pair = tuple[str, str]

LABELS: Mapping[str, Pair] = {
    "title": ("公共支持一览", "Public support in one statement"),
    "open": ("公共支持一览", "Public support"),
    "open.own": ("我的公共支持一览", "My public support"),
    "pdf": ("下载 PDF", "Download PDF"),
    "headline.group": (
        "{name}连同 {others} 家关联企业，净获公共资金{kept}，另有{reserved}已预留、尚未拨付。",
        "{name} and {others} others of its group hold {kept} of public money; {reserved} is reserved and not paid yet.",
    ),
    "headline.alone": (
        "{name}净获公共资金{kept}，另有{reserved}已预留、尚未拨付。",
        "{name} holds {kept} of public money; {reserved} more is reserved and not paid yet.",
    ),
    "headline.none": (
        "本平台留存的案件（{since} 年起）中没有对{name}的公共支持。",
        "The cases kept here (since {since}) hold no public support of {name}.",
    ),
    "headline.nothing_kept": (
        "本平台尚未留存任何补助案件：{name}是否得到过公共支持，不清楚，并不等于零。",
        "No case is kept here yet: whether {name} ever had public support is not known, and that is no zero.",
    ),
    "headline.cap": ("最紧的上限：{title}，{left}。", "The tightest cap: {title}; {left}."),
    "headline.covered": (
        "风险资金池承保的贷款余额 {covered}：这是风险敞口，不是已付的钱，不计入以上金额。",
        "Pools of shared risk stand behind {covered} of loans: exposure, no money paid, and no part of the above.",
    ),
    "applied": ("申请", "Applied for"),
    "approved": ("已批准", "Approved"),
    "reserved": ("预留待付", "Reserved"),
    "paid": ("已拨付", "Paid"),
    "returned": ("已退回、追回", "Returned"),
    "kept": ("净获", "Held"),
    "kept.note": ("已拨付减去已退回", "paid, less what came back"),
    "applied.note": (
        "在办和办结的案件，不含撤回、驳回和失效的",
        "by cases that stand, none withdrawn, rejected or lapsed",
    ),
    "reserved.note": ("预算上已留出、尚未拨付", "set aside on a budget and not paid yet"),
    "approved.note": ("有权人员已批准", "of what was applied for"),
    "caps": ("各项上限", "Caps"),
    "caps.note": (
        "已用 = 已预留 + 已拨付 − 已退回，与核算时的算法相同。",
        "Used is what is reserved and paid less what came back, counted as awards count it.",
    ),
    "caps.more": ("其余上限", "Other caps"),
    "caps.none": ("没有上限被动用。", "Nothing is used of any cap."),
    "caps.untouched": ("另有 {count} 项本企业的上限分文未动。", "Of {count} other caps of the firm nothing is used."),
    "cap.used": ("已用 {used}，上限 {most}", "{used} used of {most}"),
    "cap.left": ("还剩 {left}", "{left} left"),
    "cap.left.most": ("最多还剩 {left}", "at most {left} left"),
    "cap.full": ("已用完", "nothing left"),
    "cap.withheld": ("余额涉及其他企业，不在此显示", "what is left depends on others and is not shown here"),
    "cap.own": ("本企业 {fen}", "the firm {fen}"),
    "cap.group": ("关联企业 {fen}", "its group {fen}"),
    "cap.others": ("其他企业 {fen}", "others {fen}"),
    "cap.firm": ("（{name}）", " ({name})"),
    "cap.year": ("{year} 年", "{year}"),
    "cap.years": ("{first}–{last} 年合计", "{first} to {last} together"),
    "cap.unrecorded": (
        "其中 {count} 项办法没有案件留存于此，已给予多少不清楚",
        "What {count} of its rules gave is not known: no cases of them are kept here",
    ),
    "cap.partial": (
        "只计入您能看到的案件。",
        "Only the cases that you may see are counted.",
    ),
    "legend.own": ("本企业", "The firm"),
    "legend.group": ("关联企业", "Its group"),
    "legend.others": ("其他企业", "Others"),
    "legend.left": ("剩余", "Left"),
    "sums": ("合计的构成", "What the total is made of"),
    "by.level": ("按资金层级", "By level of government"),
    "by.year": ("按预算年度", "By budget year"),
    "by.programme": ("按专项", "By programme"),
    "by.firm": ("按企业", "By firm"),
    "by.case": ("逐案", "Case by case"),
    "case": ("案件", "Case"),
    "firm": ("企业", "Firm"),
    "total": ("合计", "Total"),
    "none": ("没有。", "None."),
    "aside": ("因本企业付给他人的", "Paid to others because of it"),
    "aside.note": (
        "付给银行、基金或个人的资金不是企业所得，不计入以上合计。",
        "What banks, funds or persons are paid is not the firm's and not part of the totals above.",
    ),
    "pools": ("资金池承保的贷款", "Loans that pools cover"),
    "pools.note": (
        "余额是风险敞口；补偿付给银行，由各方按约定分担。均不计入以上合计。",
        "What is owed is exposure; compensation goes to the bank, borne as agreed. Neither is part of the totals.",
    ),
    "pools.hidden": (
        "贷款和投资不向您的岗位显示；是否存在，不作说明。",
        "Loans and investments are not shown to your role, whether there are any or not.",
    ),
    "pools.office": (
        "只显示已报送主管部门的交易。",
        "Only deals that were brought before the office are shown.",
    ),
    "loan": ("贷款", "Loan"),
    "pool": ("资金池", "Pool"),
    "registered": ("备案金额", "Registered"),
    "balance": ("尚欠本金", "Still owed"),
    "as_of": ("截至 {day}", "as of {day}"),
    "as_of.none": ("尚未日终，按放款额", "no day closed yet: as drawn"),
    "compensated": ("{day} 已代偿：{parts}", "compensated on {day}: {parts}"),
    "came_back": ("已追回：{parts}", "recovered: {parts}"),
    "cover": (
        "另有{kind}：{who}，最高 {fen}（同一笔贷款，不重复计算）",
        "also behind the same loan, not counted twice: {kind}, {who}, up to {fen}",
    ),
    "void": ("补偿已追回，不再承保", "compensation taken back, covered no more"),
    "written_off": ("已核销", "written off"),
    "funds": ("基金投资", "Investments of funds"),
    "funds.note": (
        "按基金账簿；基金的钱是否全为公共资金，平台没有记录。不计入以上合计。",
        "By the books of funds; whether all of their money is public is not recorded. Not part of the totals.",
    ),
    "fund": ("基金", "Fund"),
    "invested": ("已投资", "Invested"),
    "proceeds": ("已收回", "Came back"),
    "group": ("关联企业", "Group"),
    "group.alone": ("登记资料中没有与它关联的企业。", "The record knows no firm that is tied to it."),
    "group.unknown": (
        "谁与它关联，登记资料没有说明：此表只算它自己，并不表示它没有关联企业。",
        "The record does not say who is tied to it: only the firm itself is counted; it need not stand alone.",
    ),
    "group.withheld": (
        "本表只有本企业自己的支持。是否有关联企业、它们得到什么，不在此显示。",
        "This is the firm's own support. Whether others belong to its group, and what they have, is not shown here.",
    ),
    "group.found": ("连同 {count} 家关联企业：", "With {count} firms of its group:"),
    "group.partly": (
        "连同已知的 {count} 家关联企业；登记资料不全，可能还有：",
        "With the {count} firms of its group that are known; the record is not whole, there may be more:",
    ),
    "ground.declared": ("按本地区规定的关联口径", "affiliated as the region declares it"),
    "ground.holdings": ("由持股连在一起", "tied by holdings"),
    "ground.then": ("核算时属同一关联组", "of one group when a case was granted"),
    "more": ("另 {count} 家没有记录的支持", "and {count} more without support recorded"),
    "notes": ("怎样读这张表", "How to read this"),
    "note.since": (
        "只计入本平台 {since} 年起留存的案件；更早的或在别处办理的不清楚。",
        "Only cases kept here since {since} are counted; what was before, or elsewhere, is not known.",
    ),
    "note.unrecorded": (
        "{count} 项支持企业的办法没有案件留存于此，已给予多少不清楚，不等于零：{rules}",
        "Of {count} rules that pay firms no case is kept here; what they gave is not known, and no zero: {rules}",
    ),
    "note.nothing": (
        "另有 {count} 件撤回、驳回或失效，不计金额。",
        "{count} more cases were withdrawn, rejected or lapsed; they count for nothing.",
    ),
    "note.ledger": (
        "账簿上这些收款方净收 {fen}，与本表一致。",
        "The ledger's accounts of these payees hold {fen}: it agrees.",
    ),
    "note.differs": (
        "账簿上这些收款方净收 {fen}，与本表 {kept} 不一致：请稍后重开；若仍不一致，请运行 kerong deal audit。",
        "The ledger's accounts of these payees hold {fen}, this statement {kept}: reload, then run kerong deal audit.",
    ),
    "run": ("截至 {day} · 运算 {run}", "As of {day} · run {run}"),
    "separator": ("、", ", "),
}


def label(key: str, lang: str, **values: object) -> str:
    """The words for a key with {names} filled in. Raises KeyError for an unknown key."""
    chosen = LABELS[key][0 if lang == "zh" else 1]
    return chosen.format(**values) if values else chosen
