"""What a steward reads about networks: kind -> sentence (zh, en); see `engine.problems`."""

from collections.abc import Mapping

NETWORKS: Mapping[str, tuple[str, str]] = {
    "network_row_error": (
        "关系网“{column}”：登记册“{register}”有 {value} 行无法计算（溢出或除以零），按未知处理",
        (
            "network “{column}”: {value} rows of register “{register}” cannot be worked out"
            " (overflow or division by zero) and count as unknown"
        ),
    ),
    "network_end_unknown": (
        "关系网“{column}”：登记册“{register}”有 {value} 行没有写明其中一方，所涉集团按未知处理",
        (
            "network “{column}”: {value} rows of register “{register}” do not say who is at one end;"
            " the groups that they touch are unknown"
        ),
    ),
    "network_self_tie": (
        "关系网“{column}”：登记册“{register}”有 {value} 行的双方是同一主体，不算关联",
        "network “{column}”: {value} rows of register “{register}” tie somebody to itself, which makes no tie",
    ),
    "network_shares_beyond_whole": (
        "关系网“{column}”：{enterprise_id} 的持股比例合计为 {value} 个基点，超过 10000，其股东按未知处理",
        (
            "network “{column}”: the shares in {enterprise_id} sum to {value} basis points, more than 10,000;"
            " its holders count as unknown"
        ),
    ),
    "network_loop_closed": (
        "关系网“{column}”：下列主体相互持有全部股权，没有外部股东，其最终持有人按未知处理：{value}",
        (
            "network “{column}”: these hold one another wholly and nobody outside holds any of them;"
            " their ultimate holders are unknown: {value}"
        ),
    ),
    "network_loop_too_large": (
        "关系网“{column}”：下列主体的循环持股过大，未计算，其最终持有人按未知处理：{value}",
        (
            "network “{column}”: the loop of holdings of these is too large to be solved;"
            " their ultimate holders are unknown: {value}"
        ),
    ),
}
