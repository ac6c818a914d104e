"""Why a database of another office was not asked, or did not answer (zh, en)."""

from collections.abc import Mapping

SOURCES: Mapping[str, tuple[str, str]] = {
    "query_not_read_only": (
        "{file}：不是单条只读查询（SELECT），未发送：{value}",
        "{file} is not one query that only reads (SELECT), so it is not sent: {value}",
    ),
    "database_not_reached": (
        "{file}：连不上数据库：{value}",
        "{file}: the database cannot be reached: {value}",
    ),
    "database_refused": (
        "{file}：数据库拒绝了查询：{value}",
        "{file}: the database refuses the query: {value}",
    ),
    "query_without_columns": ("{file}：查询没有返回任何列", "{file}: the query returns no columns"),
    "query_column_twice": (
        "{file}：查询返回两个同名列“{value}”，请用 as 改名",
        "{file}: the query returns two columns called “{value}”; rename one with AS",
    ),
    "query_cell_of_other_type": (
        "{file}：列中有无法写成文本的值（{value}），请在查询中转换",
        "{file}: a column holds what cannot be written as text ({value}); cast it in the query",
    ),
}
