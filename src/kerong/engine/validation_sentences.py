"""What is read about the table and the leaks of a model: kind -> sentence (zh, en); see `engine.problems`."""

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
    "characteristic_pure": (
        "特征“{column}”的某些取值几乎没有坏样本（坏 / 行数，按总体应有：{value}）：可能是数据的痕迹，须有人解释",
        "some values of “{column}” have hardly any bad rows (bad / rows, expected: {value}): a trace of the data?",
    ),
    "characteristic_near_forbidden": (
        "特征“{column}”与禁用列走势很近（{value}）：可能是它加了噪声，须有人解释",
        "“{column}” moves closely with a forbidden column ({value}): it may be that column blurred; to be explained",
    ),
    "characteristics_rebuild_forbidden": (
        "几个特征合起来就是禁用列（{value}，上限 0.97；出力最多的：{column}）：拆开的列合在一起同样知道结果",
        "together characteristics are a forbidden column ({value}, at most 0.97; most by {column}): a leak in parts",
    ),
    "characteristics_near_forbidden": (
        "几个特征合起来与禁用列走势很近（{value}；出力最多的：{column}）：须有人解释",
        "together characteristics move closely with a forbidden column ({value}; most by {column}); to be explained",
    ),
    "characteristics_follow_outcome": (
        "几个特征合起来在坏样本中说得出结果何时发生（{value}，上限 0.90；出力最多的：{column}）：不是决策时的事实",
        "together characteristics tell when the outcome came ({value}, at most 0.90; most by {column}): no such facts",
    ),
    "card_too_good": (
        "模型“{rule}”在未见过的行上 AUC 为 {value}（0.90 以上罕见）：可能有泄漏分散在几列里，须有人解释",
        "model {rule}: AUC {value} on rows that the fit had not seen (0.90 is rare): a leak spread over columns?",
    ),
    "challenger_without_characteristic": (
        "普通逻辑回归没有读特征“{column}”：拟合行里它几乎全缺或取值相同，学不到任何东西",
        "the plain logit leaves out “{column}”: nearly all rows of the fit lack it or have one value; nothing to learn",
    ),
    "guard_without_outcomes": (
        "结果太少（较少一类仅 {value} 行）：无法检查单个特征是否好得不可信",
        "too few outcomes ({value} of the rarer class): no check whether one characteristic is unbelievably good",
    ),
    "table_cell_unread": (
        "{file} 第 {line} 行，“{column}”：读不出“{value}”；若它表示未知，请写入 missing",
        "{file}, line {line}, column {column}: “{value}” cannot be read; if it means unknown, name it in `missing`",
    ),
    "table_value_undefined": (
        "{file}：“{column}”在 {value} 行无法计算（溢出或除以零），按未知处理",
        "{file}: “{column}” is unknown in {value} rows: overflow or division by zero",
    ),
    "table_row_without_key": (
        "{file}：{value} 行没有主体或决策日，未使用",
        "{file}: {value} rows have no subject or no day of decision; they are left out",
    ),
    "table_row_elsewhere": (
        "{file}：{value} 行的主体也在另一文件中，未使用",
        "{file}: the subjects of {value} rows stand in the other file as well; they are left out",
    ),
    "table_row_repeated": (
        "{file}：{value} 行与别的行主体、日期相同，只算一次",
        "{file}: {value} rows repeat the subject and day of another; they count once",
    ),
}
