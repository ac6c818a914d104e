"""Words of the ledger: why money does not move."""

LEDGER = {
    "ledger.refused.overdrawn": (
        "账簿“{book}”的账户“{account}”余额不足：需要 {wanted} 元，可用 {left} 元（已扣除预留）。",
        "Account “{account}” of book “{book}” has too little: {wanted} yuan needed, {left} free of reservations.",
    ),
    "ledger.refused.closed": (
        "账簿“{book}”已结账至 {through}，不能再记入 {on} 的业务。请以结账之后的日期记入。",
        "Book “{book}” is closed through {through} and takes nothing dated {on}. Use a date after the closing.",
    ),
    "ledger.refused.amount": (
        "金额须为 1 分至 9,999,999,999,999.99 元之间的整数分，账户合计不得超出上限。",
        "An amount is a whole number of fen from 1 to 999,999,999,999,999, and no account holds more than its bound.",
    ),
    "ledger.refused.account": (
        "没有这样的账簿、账户或资金变动。",
        "There is no such book, account or movement of money.",
    ),
    "ledger.refused.reservation": (
        "该笔预留不存在、已经结束，或与本次支付、释放不符。",
        "There is no such reservation, it has ended, or it does not fit what is to be paid or released.",
    ),
    "ledger.refused.reversal": (
        "该笔记录不存在、不能冲正（预留或冲正本身），或已经冲正过。",
        "There is no such transfer, it cannot be reversed (a reservation, a reversal), or it was reversed before.",
    ),
    "ledger.refused.founded": (
        "该笔由案件、业务或预算办理产生，须在那里办理（如追回、核减），不能在账上单独冲正。",
        "A case, a deal or a decision on a budget moved it: take it back there (claw back, cut), not here.",
    ),
    "ledger.refused.key": (
        "这个请求编号已用于另一笔内容不同的请求，或编号无效。",
        "This key was used for a request with other content, or is not a valid key.",
    ),
    "ledger.refused.currency": ("币种与账簿不一致。", "The currency is not the book's."),
    "ledger.refused.text": (
        "说明文字过长，或含有不可见的控制字符。",
        "A text is too long or holds invisible control characters.",
    ),
    "ledger.refused.kept": (
        "已记入的记录不能更改或删除，只能冲正。",
        "What was recorded is never changed or deleted; it can only be reversed.",
    ),
    "ledger.refused.seal": ("封存序号不连续。", "The numbers of seals leave a gap."),
    "ledger.refused.day": (
        "只能结账到今天之前、上次结账之后的日期。",
        "A book is closed through a day before today and after the last closing.",
    ),
    "ledger.busy": ("同一请求正在处理，请稍后再试。", "The same request is at work; ask again in a moment."),
}
