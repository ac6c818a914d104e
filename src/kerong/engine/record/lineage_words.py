"""What a trace says in words: why a row does not count, why a value is unknown, what a part is."""

from collections.abc import Mapping

from kerong.rulebook.content import Text

# of a row that does not count, and of a value that is unknown
WHY: Mapping[str, Text] = {
    "": Text("计入", "counts"),
    "outside_window": Text("不在统计窗口内", "outside the window"),
    "condition_failed": Text("不满足条件", "the condition does not hold"),
    "unknown": Text("条件或数值未知", "condition or value is unknown"),
    "not_latest": Text("不是最近一期", "not the latest period"),
    "not_earliest": Text("不是最早一期", "not the earliest period"),
    "older": Text("同一来源有更新的一行", "its source has a later row"),
    "other_source": Text("另一来源优先", "another source takes precedence"),
    "empty": Text("单元格为空", "the cell is empty"),
    "later_than_on": Text("在评估日之后才得知", "known only after the day of the run"),
    "time_unknown": Text("不知何时得知", "nobody can say when it was known"),
    "row_superseded": Text("已被同一键的更新行取代", "superseded by a later row of its key"),
    "row_in_conflict": Text("与同一键的另一行矛盾，已隔离", "contradicts another row of its key; set aside"),
    "rows_in_conflict": Text("同一键的各行互相矛盾，均不计入", "rows of its key contradict each other; none counts"),
    "duplicate_row": Text("与另一行完全相同", "the same as another row"),
    "set_aside": Text("单元格无法读取，已隔离", "a cell could not be read; set aside"),
    "batch_replaced": Text("所在批次已被更新的批次取代", "of a batch that a later one replaced"),
    "batch_held": Text("所在批次待数据管理员发布", "of a batch that waits for a steward"),
    "batch_rejected": Text("所在批次已被退回", "of a batch that was rejected"),
    "batch_withdrawn": Text("所在批次已被撤回", "of a batch that was withdrawn"),
    "batch_later": Text("所在批次在此之后才收到或发布", "of a batch that came or was published only after that moment"),
    "no_rows": Text("登记册中没有可计入的行", "no row that counts"),
    "no_file": Text("该登记册没有文件", "the register has no file"),
    "not_covered": Text("登记册不覆盖该窗口", "the register does not cover the window"),
    "too_few_periods": Text("已知期数不足", "too few periods are known"),
    "row_unknown": Text("有一行的条件或数值未知", "a row has an unknown condition or value"),
    "not_defined": Text("这些行算不出数值", "these rows give no value"),
    "part_unknown": Text("所依据的数值未知", "something that it reads is unknown"),
    "network_unknown": Text("关系网中有未知", "the network has something unknown"),
    "calculation": Text("计算出错", "error of calculation"),
}
KINDS: Mapping[str, Text] = {
    "id": Text("标识", "identifier"),
    "provided": Text("登记字段", "field of registers"),
    "measure": Text("指标", "measure"),
    "formula": Text("公式", "formula"),
    "network": Text("关系网（涉及所有企业的行）", "network (looks at the rows of all firms)"),
    "indicator": Text("评分指标", "scored indicator"),
    "points": Text("得分（按本次运行的评分尺度）", "points (by the scale of the run)"),
}
