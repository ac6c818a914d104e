"""What is read about a model's leaks: kind -> sentence (zh, en); see `engine.problems`."""

from collections.abc import Mapping

VALIDATION: Mapping[str, tuple[str, str]] = {
    "characteristic_without_known_day": (
        "特征“{column}”有 {value} 行没有得知日期：无法证明决策时已经知道",
        "characteristic “{column}” has no known day in {value} rows: nothing shows that it was known at the decision",
    ),
    "characteristic_known_later": (
        "特征“{column}”在决策之后才知道（行数；首例 {enterprise_id} 决策日 < 得知日：{value}）：不可使用",
        "“{column}” was known after the decision (rows; first, {enterprise_id}, decided < known: {value}): not usable",
    ),
    "characteristic_forbidden": (
        "特征“{column}”本身就是禁用列“{value}”",
        "characteristic “{column}” is itself the forbidden column “{value}”",
    ),
    "characteristic_twin": (
        "特征“{column}”与禁用列“{value}”内容相同（次序或取值一一对应）：换了名字也是同一列，它知道结果",
        "“{column}” has the content of the forbidden column “{value}” under another name: it knows the outcome",
    ),
    "characteristic_made_from": (
        "特征“{column}”完全由禁用列“{value}”决定：由它派生的列同样知道结果",
        "“{column}” is determined by the forbidden column “{value}”: what is made from it knows the outcome too",
    ),
    "characteristic_too_good": (
        "特征“{column}”单独就好得不可信（{value}；上限 AUC 0.90、信息值 2）：多半是泄漏，除非 believed 说明原因",
        "“{column}” alone is unbelievably good ({value}; at most AUC 0.90, IV 2): a leak, unless `believed` says why",
    ),
    "characteristic_follows_outcome": (
        "特征“{column}”在坏样本中随结果发生的时间变化（{value}，上限 0.90）：它记录的是存续时间，不是决策时的事实",
        "“{column}” follows the time until the outcome among the bad ({value}, at most 0.90): no fact of the decision",
    ),
    "guard_without_outcomes": (
        "结果太少（较少一类仅 {value} 行）：无法检查单个特征是否好得不可信",
        "too few outcomes ({value} of the rarer class): no check whether one characteristic is unbelievably good",
    ),
}
