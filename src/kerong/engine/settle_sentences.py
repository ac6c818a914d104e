"""What an auditor reads where a replay of all deals is not the stored ledger: kind -> sentence (zh, en)."""

from collections.abc import Mapping

# {register}: the case ("case:17"); {line}: the number of its move; {value}: replayed / stored
SETTLE: Mapping[str, tuple[str, str]] = {
    "settle_version": (
        "{register} 的办理记录缺号或乱序：第 {line} 步之处应为第 {value} 步",
        "the history of {register} has a gap or is out of order: move {line} stands where {value} was due",
    ),
    "settle_move": (
        "{register} 第 {line} 步不在办理流程表中，或不是从该状态开始：{value}",
        "move {line} of {register} is not in the table of moves, or not from where the case stood: {value}",
    ),
    "settle_part": (
        "{register} 第 {line} 步应有的拨付部分不存在（阶段 层级 金额）：{value}",
        "a part that move {line} of {register} makes does not exist (stage, level, fen): {value}",
    ),
    "settle_not_reserved": (
        "{register} 第 {line} 步支付 {value} 分，但该部分没有预留这么多",
        "move {line} of {register} pays {value} fen, which is not reserved for that part",
    ),
    "settle_not_paid": (
        "{register} 第 {line} 步退回 {value} 分，但没有支付过这么多",
        "move {line} of {register} brings back {value} fen, which was never paid",
    ),
    "settle_order": (
        "{register} 第 {line} 步的资金动作“{column}”无法执行：没有这样的预算或预留（{value}）",
        "the movement {column} of move {line} of {register} cannot be: no such budget or reservation ({value})",
    ),
    "settle_missing": (
        "{register} 的办理记录应有一笔转账，账簿“{column}”中没有：{value}",
        "the history of {register} makes a transfer that book “{column}” does not have: {value}",
    ),
    "settle_unfounded": (
        "账簿“{column}”有一笔转账，{register} 的办理记录中没有依据：{value}",
        "book “{column}” has a transfer that no move founds ({register}): {value}",
    ),
    "settle_differs": (
        "{register} 的转账“{column}”不符（重算 / 入账）：{value}",
        "a transfer of {register} differs in {column} (replayed / stored): {value}",
    ),
    "settle_step": (
        "{register} 的转账没有记在产生它的那一步名下（重算 / 入账）：{value}",
        "a transfer of {register} is not linked to the move that makes it (replayed / stored): {value}",
    ),
    "settle_effect": (
        "{register} 第 {line} 步动用了流程表未列的资金动作：{value}",
        "move {line} of {register} moved money by a movement that its line of the table does not name: {value}",
    ),
    "settle_pool": (
        "{register} 第 {line} 项的补偿或追回“{column}”与业务办理不符（资金池重算 / 业务）：{value}",
        "event {line} of {register}: {column} is not what the deal moved (the pool again / the deal): {value}",
    ),
    "settle_pool_refused": (
        "{register} 第 {line} 项重算时不应受理：{value}",
        "{register} would not take its event {line} again: {value}",
    ),
    "settle_pool_sum": (
        "{register} 的“{column}”与账簿不符（重算 / 账簿）：{value}",
        "{column} of {register} is not what its book holds (replayed / book): {value}",
    ),
    "settle_pool_row": (
        "{register} 的“{column}”与其历史不符（重算 / 存储）：{value}",
        "{column} of {register} is not what its history says (replayed / stored): {value}",
    ),
    "settle_case": (
        "{register} 的“{column}”与其办理记录不符（重算 / 入账）：{value}",
        "{column} of {register} is not what its history says (replayed / stored): {value}",
    ),
}
