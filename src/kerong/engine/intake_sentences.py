"""What a steward reads about a batch: what its gates found, what became of it, what to do next (zh, en)."""

from collections.abc import Mapping

Sentences = Mapping[str, tuple[str, str]]

# {column}, {period}, {was}, {now}, {limit}, {change}, {factor}, {count} are filled in
GATES: Sentences = {
    "gate_no_history": (
        "该数据源尚无已发布的批次可供比较：行数、空值、企业识别与金额单位只能看本批自身",
        "the feed has no published batch to compare with: rows, empty cells, identities and units are judged by none",
    ),
    "gate_first_load": (
        "该数据源的首次报送有多份文件：行数不作相互比较",
        "the feed's first delivery has several files: their numbers of rows are not compared with one another",
    ),
    "gate_empty": ("没有一行可用的数据", "there is not one row that can be used"),
    "gate_rows": (
        "行数{period}：本批 {now}，以往 {was}，变化 {change}，超过 {limit}",
        "rows{period}: {now} now, {was} before: a change of {change}, more than {limit}",
    ),
    "gate_nulls": (
        "“{column}”为空的行占 {now}，以往 {was}，上升超过 {limit}",
        "“{column}” is empty in {now} of the rows, {was} before: a rise of more than {limit}",
    ),
    "gate_keys": (
        "能识别企业的行占 {now}，以往 {was}，下降超过 {limit}",
        "{now} of the rows say which enterprise they are about, {was} before: a fall of more than {limit}",
    ),
    "gate_unit": (
        "“{column}”的典型金额为 {now}，以往 {was}，相差约 {factor} 倍：单位是否换了（元、万元……）？",
        "“{column}” is typically {now}, {was} before, about {factor} times apart: has the unit changed (元, 万元 …)?",
    ),
    "gate_unit_rows": (
        "“{column}”有 {now} 行（可与以往对照的 {was} 行中）恰差约 {factor} 倍，超过 {limit}：这些行的单位是否换了？",
        "“{column}”: {now} of the {was} rows that came before differ by about {factor} times, more than {limit}; unit?",
    ),
    "gate_aside": (
        "隔离的行占 {now}，超过 {limit}（收到 {count} 行）",
        "{now} of the rows are set aside, more than {limit} (of {count} received)",
    ),
    "gate_total": (
        "“{column}”合计：文件中为 {now}，报送方所称 {was}，不符",
        "the sum of “{column}”: {now} in the file, {was} as stated by the sender; they differ",
    ),
    "gate_total_unread": (
        "“{column}”合计无法核对：有 {count} 个单元格读不出（读出的合计 {now}，报送方所称 {was}）",
        "the sum of “{column}” cannot be checked: {count} cells are not readable (the others: {now}; stated: {was})",
    ),
    "gate_total_missing": (
        "报送方没有给出“{column}”的合计，金额未能核对（可用 --total 或同名 .totals.json 文件给出）",
        "the sender did not state the sum of “{column}”: it is not checked (--total, or a .totals.json file)",
    ),
    "gate_opening": (
        "会取代期初数据（批次 {was}）：只有说明理由才可发布",
        "it would replace opening balances (batch {was}): that is published only with a reason",
    ),
    "stale_periods": (
        "其中 {period} 不计入：批次 {was} 的数据更新",
        "of it {period} does not count: batch {was} is newer",
    ),
    "parent_counts_not": (
        "所更正的批次 {was} 目前不计入（待发布，或已有更新的批次），这些行与它同进退",
        "batch {was}, which it corrects, does not count now (held, or a newer one does); these rows count when it does",
    ),
    "gate_period": (
        "文件称所属期为 {was}，但 {count} 行中有 {now} 行不在其中（如 {period}）",
        "the file is said to be of {was}, but {now} of its {count} rows are not (such as {period})",
    ),
    "as_of_of_rows": (
        "没有写明截至日期：以行中所知的最后一天 {was} 代替；截至哪一天请用 --as-of 写明",
        "no day was stated as of which it holds: {was}, the last day in its rows, stands for it; --as-of says the day",
    ),
    "as_of_unknown": (
        "没有写明截至日期，行中也没有：任何已知日期的文件都视为更新；截至哪一天请用 --as-of 写明",
        "no day was stated as of which it holds, nor do its rows tell one: any dated file is newer; --as-of says it",
    ),
    "gate_period_ahead": (
        "有 {now} 行的所属期在 {was} 之后才开始（如 {period}）",
        "{now} rows are of periods that begin only after {was} (such as {period})",
    ),
}

# problems of files as they are sent; see engine.problems
SENT: Sentences = {
    "moment_before_log": (
        "时刻早于日志中的最后一条记录（{value}）：过去某日所知的内容不可再改，请用更晚的时刻",
        "the moment lies before the last event of the log ({value}): what was known by a day stays; take a later one",
    ),
    "feed_unclear": (
        "{file}：文件名同时符合多个数据源（{value}），请用 --feed 指明",
        "{file}: its name fits several feeds ({value}); say which with --feed",
    ),
    "feed_unknown": (
        "{file}：文件名不符合任何数据源，请用 --feed 指明或改名",
        "{file}: its name fits no feed; say which with --feed, or give it another name",
    ),
    "file_without_name": (
        "文件没有名称，须写明（如 tax_2025-06.csv）",
        "the file has no name; give it one",
    ),
    "totals_unreadable": (
        "{file}.totals.json：无法读取：{value}",
        "{file}.totals.json cannot be read: {value}",
    ),
    "total_of_no_amount": (
        "{file}：“{column}”不是金额或数量列，不能核对合计",
        "{file}: “{column}” is no column of amounts or counts; no sum of it can be checked",
    ),
    "total_not_whole": (
        "{file}：“{column}”的合计“{value}”不是整数（金额以分计）",
        "{file}: the sum “{value}” of “{column}” is no whole number (amounts are in fen)",
    ),
    "as_of_no_day": (
        "{file}：截至日期“{value}”不是日期，应如 2025-06-30",
        "{file}: “{value}” is no day as of which it holds; write it as 2025-06-30",
    ),
    "as_of_needed": (
        "{file}：期初数据需写明截至日期（--as-of）",
        "{file}: opening balances need the day as of which they hold (--as-of)",
    ),
    "as_of_ahead": (
        "{file}：截至日期 {value} 在收到日期之后",
        "{file}: the day {value}, as of which it is said to hold, is after the day on which it came",
    ),
    "period_unreadable": (
        "{file}：所属期“{value}”无法识别，应如 2025、2025-Q2、2025-06 或 2025-06-30",
        "{file}: “{value}” is no period; write it as 2025, 2025-Q2, 2025-06 or 2025-06-30",
    ),
    "batches_sent_back": (
        "{file}：送回的隔离文件只能属于一个批次，现有：{value}",
        "{file}: a quarantine that is sent back is of one batch; this names: {value}",
    ),
    "batch_unknown": (
        "{file}：归档库中没有批次 {value}",
        "{file}: the archive has no batch {value}",
    ),
    "batch_of_other_feed": (
        "{file}：该批次属于数据源“{value}”，与指定的不同",
        "{file}: its batch is of feed “{value}”, not of the one that was named",
    ),
    "batch_is_gone": (
        "{file}：批次 {value} 已退回或撤回，不再接受更正",
        "{file}: batch {value} was rejected or withdrawn and takes no corrections",
    ),
    "line_sent_back_unreadable": (
        "{file} 第 {line} 行：“{column}”的“{value}”不是行号，请勿改动该列",
        "{file}, line {line}: “{value}” in “{column}” is no number of a line; leave that column as it is",
    ),
    "line_sent_back_twice": (
        "{file} 第 {line} 行：原第 {value} 行在文件中出现两次",
        "{file}, line {line}: the row of line {value} stands there twice",
    ),
    "line_not_in_quarantine": (
        "{file} 第 {line} 行：原第 {value} 行不在隔离区（从未隔离，或已更正）",
        "{file}, line {line}: the row of line {value} is not in quarantine (never was, or is corrected)",
    ),
    "corrected_since": (
        "其中有的行已由批次 {value} 更正；一行只能更正一次，如该批次有误请先撤回",
        "some of its rows are corrected by batch {value}; a row is corrected once: if that is wrong, withdraw it first",
    ),
}

# {file}, {feed}, {batch}, {rows}, {aside}, {other}, {as_of}, {parent}, {left} are filled in
RECEIPTS: Sentences = {
    "published": (
        "{file}：已发布为批次 {batch}（数据源“{feed}”，{rows} 行，隔离 {aside} 行）",
        "{file}: published as batch {batch} (feed “{feed}”, {rows} rows, {aside} set aside)",
    ),
    "corrected": (
        "{file}：已作为批次 {parent} 的更正发布（批次 {batch}，{rows} 行并入，仍隔离 {left} 行）",
        "{file}: a correction of batch {parent}, published as {batch} ({rows} rows join it, {left} stay set aside)",
    ),
    "held": (
        "{file}：已收到为批次 {batch}（数据源“{feed}”，{rows} 行，隔离 {aside} 行），但未发布，原因：",
        "{file}: received as batch {batch} (feed “{feed}”, {rows} rows, {aside} set aside) but not published, because:",
    ),
    "repeated": (
        "{file}：与批次 {batch}（{state}）完全相同，不作任何更改",
        "{file}: is byte for byte the same as batch {batch} ({state}); nothing is changed",
    ),
    "refused": (
        "{file}：整份拒收，原有数据不变，原因：",
        "{file}: refused whole; what was there before is unchanged. Because:",
    ),
    "stale": (
        "{file}：已收存为批次 {batch}（数据源“{feed}”，{rows} 行），但不计入：批次 {other} 更新（截至 {as_of}）",
        "{file}: kept as batch {batch} (“{feed}”, {rows} rows), but does not count: {other} is newer (as of {as_of})",
    ),
    "skipped": ("{file}：未导入", "{file}: not imported"),
}
STATES: Sentences = {
    "received": ("待发布", "held"),
    "published": ("已发布", "published"),
    "rejected": ("已退回", "rejected"),
    "withdrawn": ("已撤回", "withdrawn"),
}
NEXT: Sentences = {
    "aside": (
        "下一步：kerong data quarantine {archive} {parent} --out 隔离.csv，改正后用 kerong data import 送回",
        "next: kerong data quarantine {archive} {parent} --out aside.csv; correct it, send it with kerong data import",
    ),
    "held": (
        "下一步：核实后用 kerong data publish（或 reject）{archive} {batch} --reason 理由",
        "next: look into it, then kerong data publish (or reject) {archive} {batch} --reason …",
    ),
    "repeated": (
        "下一步：无需处理；若应有新数据，请向报送方核实",
        "next: nothing to do; if news was expected, ask the sender",
    ),
    "refused": (
        "下一步：请报送方按上述位置改正后重新报送整份文件",
        "next: let the sender correct the file at these places and send the whole of it again",
    ),
    "stale": (
        "下一步：若本文件其实更新，先 kerong data withdraw {archive} {batch} --reason 理由，再用 --as-of 重新导入",
        "next: if this file is newer, kerong data withdraw {archive} {batch} --reason …, then import it with --as-of",
    ),
}
