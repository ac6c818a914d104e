"""What a steward reads about a ledger: kind -> sentence (zh, en)."""

from collections.abc import Mapping

# {file} line {line}: the export's file and line; in a replay without files the book and the entry's number in it
LEDGER: Mapping[str, tuple[str, str]] = {
    "ledger_type_unknown": (
        "{file} 第 {line} 行“{column}”：“{value}”既不是转账也不是关账",
        "{file} line {line}, column {column}: “{value}” is neither a transfer nor a closing",
    ),
    "ledger_date": (
        "{file} 第 {line} 行“{column}”：日期缺失或不是真实日期（应写作 2025-06-30）{value}",
        "{file} line {line}, column {column}: the date is missing or is no day (it is written 2025-06-30) {value}",
    ),
    "ledger_book_unknown": (
        "{file} 第 {line} 行“{column}”：没有账簿“{value}”，或其类别、币种无法识别",
        "{file} line {line}, column {column}: there is no book “{value}”, or its kind or currency is not known",
    ),
    "ledger_ref_form": (
        "{file} 第 {line} 行“{column}”：编号应为 32 个十六进制小写字符，实为“{value}”",
        "{file} line {line}, column {column}: a reference has 32 lower-case hexadecimal characters, not “{value}”",
    ),
    "ledger_text_form": (
        "{file} 第 {line} 行“{column}”：事由、规则、版本或证据超过 500 字，或含有不可见字符：{value}",
        "{file} line {line}, column {column}: a text is longer than 500 characters or has invisible ones: {value}",
    ),
    "ledger_amount": (
        "{file} 第 {line} 行“{column}”：金额 {value} 分超出范围（1 分至 10^15-1 分）",
        "{file} line {line}, column {column}: an amount of {value} fen is out of range (1 to 10^15 - 1)",
    ),
    "ledger_currency": (
        "{file} 第 {line} 行“{column}”：币种 {value} 不是该账簿的币种",
        "{file} line {line}, column {column}: {value} is not the currency of the book",
    ),
    "ledger_account_unknown": (
        "{file} 第 {line} 行“{column}”：此类账簿的科目表中没有这样的账户：{value}",
        "{file} line {line}, column {column}: the chart of such a book has no such account: {value}",
    ),
    "ledger_step_unknown": (
        "{file} 第 {line} 行“{column}”：没有名为“{value}”的资金步骤",
        "{file} line {line}, column {column}: there is no movement “{value}”",
    ),
    "ledger_step_accounts": (
        "{file} 第 {line} 行“{column}”：该资金步骤不在这样的账户之间，或不以这种方式进行：{value}",
        "{file} line {line}, column {column}: the movement is not between such accounts or by such a move: {value}",
    ),
    "ledger_ending_names": (
        "{file} 第 {line} 行“{column}”：只有支付或释放预留（{value}）才指明一笔预留，且必须指明",
        "{file} line {line}, column {column}: the end of a reservation names one, and nothing else does ({value})",
    ),
    "ledger_close_backwards": (
        "{file} 第 {line} 行“{column}”：关账至 {value}，早于或等于已关账的日期",
        "{file} line {line}, column {column}: it closes through {value}, which is closed already",
    ),
    "ledger_ref_repeated": (
        "{file} 第 {line} 行“{column}”：编号 {value} 已用过",
        "{file} line {line}, column {column}: the reference {value} is used already",
    ),
    "ledger_period_closed": (
        "{file} 第 {line} 行“{column}”：{value} 所在期间已关账，不再接受记账",
        "{file} line {line}, column {column}: the period of {value} is closed and takes nothing",
    ),
    "ledger_reservation_unknown": (
        "{file} 第 {line} 行“{column}”：此前该账簿没有预留 {value}",
        "{file} line {line}, column {column}: the book has no reservation {value} before it",
    ),
    "ledger_reservation_differs": (
        "{file} 第 {line} 行“{column}”：与所指预留的账户不同，或金额不符：{value}",
        "{file} line {line}, column {column}: its accounts or amount do not fit the reservation: {value}",
    ),
    "ledger_reservation_ended": (
        "{file} 第 {line} 行“{column}”：预留 {value} 已经支付或释放",
        "{file} line {line}, column {column}: the reservation {value} has ended already",
    ),
    "ledger_reversal_unknown": (
        "{file} 第 {line} 行“{column}”：此前该账簿没有转账 {value}，无从冲正",
        "{file} line {line}, column {column}: the book has no transfer {value} before it that could be reversed",
    ),
    "ledger_reversal_of_reservation": (
        "{file} 第 {line} 行“{column}”：预留及其释放不能冲正 {value}",
        "{file} line {line}, column {column}: a reservation and its release are not reversed {value}",
    ),
    "ledger_reversal_of_reversal": (
        "{file} 第 {line} 行“{column}”：{value} 本身是冲正，不能再冲正",
        "{file} line {line}, column {column}: {value} is a reversal itself and is not reversed",
    ),
    "ledger_reversal_repeated": (
        "{file} 第 {line} 行“{column}”：{value} 已冲正过",
        "{file} line {line}, column {column}: {value} is reversed already",
    ),
    "ledger_reversal_differs": (
        "{file} 第 {line} 行“{column}”：冲正必须与原转账步骤、金额相同，账户对调：{value}",
        "{file} line {line}, column {column}: a reversal keeps step and amount and swaps the accounts: {value}",
    ),
    "ledger_total_too_large": (
        "{file} 第 {line} 行“{column}”：账户一方累计将超过 4×10^18 分：{value}",
        "{file} line {line}, column {column}: one side of an account would pass 4 x 10^18 fen: {value}",
    ),
    "ledger_overdrawn": (
        "{file} 第 {line} 行“{column}”：账户余额（扣除预留后）不足：{value}",
        "{file} line {line}, column {column}: the account does not have so much, reservations counted: {value}",
    ),
    # what only a file can have wrong
    "ledger_line_too_long": (
        "{file} 第 {line} 行：超过 {value} 字节，不予读取",
        "{file} line {line}: it is longer than {value} bytes and was not read",
    ),
    "ledger_line_blank": (
        "{file} 第 {line} 行：空行，导出文件中不应有",
        "{file} line {line}: an empty line, which an export does not have",
    ),
    "ledger_line_unended": (
        "{file} 第 {line} 行：没有行尾，文件可能被截断",
        "{file} line {line}: the line does not end: the file may have been cut off",
    ),
    "ledger_line_encoding": (
        "{file} 第 {line} 行：不是 UTF-8（字节 {value}）",
        "{file} line {line}: it is no UTF-8 (byte {value})",
    ),
    "ledger_line_json": (
        "{file} 第 {line} 行：不是可读的 JSON：{value}",
        "{file} line {line}: it is no JSON that can be read: {value}",
    ),
    "ledger_line_form": (
        "{file} 第 {line} 行：写法与导出不同（空格、键的顺序或转义），已被改动：{value}",
        "{file} line {line}: not written as an export is (blanks, order of keys, escapes): {value}",
    ),
    "ledger_key_twice": (
        "{file} 第 {line} 行“{column}”：同一键出现两次",
        "{file} line {line}, column {column}: the key stands twice",
    ),
    "ledger_number": (
        "{file} 第 {line} 行：{value} 不是整数，账簿中只有整数分",
        "{file} line {line}: {value} is no whole number; a ledger has whole fen only",
    ),
    "ledger_field_type": (
        "{file} 第 {line} 行“{column}”：类型不对：{value}",
        "{file} line {line}, column {column}: it is of the wrong type: {value}",
    ),
    "ledger_field_missing": (
        "{file} 第 {line} 行“{column}”：缺少该栏",
        "{file} line {line}, column {column}: the field is missing",
    ),
    "ledger_field_unknown": (
        "{file} 第 {line} 行“{column}”：没有这样的栏",
        "{file} line {line}, column {column}: there is no such field",
    ),
    "ledger_sequence": (
        "{file} 第 {line} 行“{column}”：序号不连续，应为括号中的数：{value}",
        "{file} line {line}, column {column}: the sequence has a gap, the number in brackets was due: {value}",
    ),
    "ledger_hash": (
        "{file} 第 {line} 行“{column}”：与封存时不符：这一行或其前一行被改动（哈希 {value}）",
        "{file} line {line}, column {column}: not what was sealed: this row or the one before was changed ({value})",
    ),
    "ledger_row_book": (
        "{file} 第 {line} 行“{column}”：属于另一账簿“{value}”",
        "{file} line {line}, column {column}: it belongs to another book, “{value}”",
    ),
    "ledger_header_absent": (
        "{file} 第 {line} 行：缺少写明账簿的首行，无法核对其哈希链 {value}",
        "{file} line {line}: the first line, which names the book, is missing: its chain cannot be checked {value}",
    ),
    "ledger_header_wrong": (
        "{file} 第 {line} 行“{column}”：首行与文件名或格式不符：{value}",
        "{file} line {line}, column {column}: the first line fits neither format nor the file's name: {value}",
    ),
    "ledger_header_twice": (
        "{file} 第 {line} 行“{column}”：首行再次出现（账簿“{value}”）",
        "{file} line {line}, column {column}: a second first line (book “{value}”)",
    ),
    "ledger_heads_absent": (
        "{file}：没有链头文件，末尾被截去也无从发现",
        "{file}: there is no file of heads: rows cut off at the end could not be noticed",
    ),
    "ledger_heads_form": (
        "{file} 第 {line} 行：不是链头文件应有的内容",
        "{file} line {line}: it is not what a file of heads says",
    ),
    "ledger_book_absent": (
        "{file}：链头中有账簿“{value}”，但没有可读的文件",
        "{file}: the heads name the book “{value}”, but no file of it can be read",
    ),
    "ledger_head_absent": (
        "{file}：账簿“{value}”不在链头文件中",
        "{file}: the book “{value}” is not among the heads",
    ),
    "ledger_tail_cut": (
        "{file}“{column}”：末尾缺少 {value} 行",
        "{file}, column {column}: {value} rows are missing at the end",
    ),
    "ledger_head_behind": (
        "{file}“{column}”：比链头多出 {value} 行",
        "{file}, column {column}: it has {value} rows more than its head says",
    ),
    "ledger_head_differs": (
        "{file}“{column}”：与链头不符，账簿已被改写：{value}",
        "{file}, column {column}: it is not what the head says: the book was rewritten: {value}",
    ),
    # checks over whole books: {register} is the book, {column} the account
    "ledger_check_legs": (
        "账簿 {register}：借方与贷方合计相差 {value} 分（{column}）",
        "book {register}: debits and credits differ by {value} fen ({column})",
    ),
    "ledger_check_limits": (
        "账簿 {register}：账户 {column} 透支 {value} 分",
        "book {register}: the account {column} is overdrawn by {value} fen",
    ),
    "ledger_check_money": (
        "账簿 {register}：资金余额与流入减流出相差 {value} 分",
        "book {register}: the money left differs by {value} fen from what came in less what went out",
    ),
    "ledger_check_appropriation": (
        "账簿 {register}：预算余额与下达、结转、支付的合计相差 {value} 分",
        "book {register}: the budget left differs by {value} fen from what was given, carried and paid",
    ),
    "ledger_check_carried": (
        "各账簿结转入比结转出多 {value} 分",
        "all books together carried in {value} fen more than they carried out",
    ),
    "ledger_closed_differs": (
        "账簿 {register} 的关账日期与封存的关账记录不同：{value}",
        "book {register}: the day through which it is closed is not the one that was sealed (stored / sealed): {value}",
    ),
    "ledger_wall_missing": (
        "数据库中表 {column} 的触发器“{value}”不在、被停用或被改动",
        "The database's trigger “{value}” of the table {column} is missing, switched off or changed",
    ),
    "ledger_balance_differs": (
        "账簿 {register}：账户 {column} 的重算余额与库存余额不同：{value}",
        "book {register}: the account {column} is not as replayed (replayed / stored): {value}",
    ),
}
