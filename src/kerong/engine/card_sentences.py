"""What a modeller reads about the rows and characteristics of a scorecard: kind -> sentence (zh, en)."""

from collections.abc import Mapping

# {rule}: the model, with /segment behind it where it is about one; {column}: the characteristic or the segment
CARDS: Mapping[str, tuple[str, str]] = {
    "card_outcome_unknown": (
        "模型“{rule}”：{value} 行的结果尚不清楚，未用于拟合",
        "model {rule}: the outcome of {value} rows is not known yet; they are left out",
    ),
    "card_row_later": (
        "模型“{rule}”：{value} 行的决策日晚于拟合日，未用于拟合",
        "model {rule}: {value} rows were decided on after the day of fitting; they are left out",
    ),
    "card_rows_repeated": (
        "模型“{rule}”：{value} 行与别的行主体、日期相同，同一决策被计了不止一次",
        "model {rule}: {value} rows share subject and day with another row: one decision counts more than once",
    ),
    "card_segment_unknown": (
        "模型“{rule}”没有声明客群“{column}”：其 {value} 行按全体客群“all”处理",
        "model {rule} declares no segment {column}: its {value} rows are read by the segment “all”",
    ),
    "card_without_characteristics": (
        "模型“{rule}”没有声明任何特征，不能拟合",
        "model {rule} declares no characteristic: there is nothing to fit",
    ),
    "card_without_rows": (
        "模型“{rule}”没有一行结果已知的数据，不能拟合",
        "model {rule} has no row with a known outcome: there is nothing to fit",
    ),
    "card_one_class": (
        "模型“{rule}”的 {value} 行结果全都相同：没有可区分的好与坏，不能拟合",
        "model {rule}: all {value} rows have the same outcome; there is nothing to tell apart",
    ),
    "card_segment_small": (
        "模型“{rule}”的客群“{column}”中较少的一类只有 {value} 行（至少 100 行）：该客群按“all”评分",
        "model {rule}, segment {column}: only {value} rows of the rarer outcome (100 are needed); “all” reads them",
    ),
    "card_few_of_a_class": (
        "模型“{rule}”较少的一类只有 {value} 行（不足 100 行）：评分卡很不可靠",
        "model {rule} has only {value} rows of the rarer outcome (fewer than 100): the card is not reliable",
    ),
    "characteristic_all_missing": (
        "模型“{rule}”的特征“{column}”没有一行有值：不计分",
        "model {rule}: {column} is known for no row; it gives no points",
    ),
    "characteristic_constant": (
        "模型“{rule}”的特征“{column}”只有一个值（{value}）：该值本身不能区分好坏",
        "model {rule}: {column} has one value only ({value}); the value tells nothing",
    ),
    "characteristic_not_frequent": (
        "模型“{rule}”的特征“{column}”没有一个类别达到 20 行：全部合并为“其他”",
        "model {rule}: no category of {column} has 20 rows; all of them are read as “other”",
    ),
    "characteristic_not_split": (
        "模型“{rule}”的特征“{column}”在所声明的趋势和最小箱量下分不出两箱：不计分",
        "model {rule}: {column} cannot be split into two bins under its trend and the least size of a bin",
    ),
    "characteristic_infinite": (
        "模型“{rule}”的特征“{column}”有 {value} 行为无穷大：按缺失处理",
        "model {rule}: {column} is infinite in {value} rows; they are read as missing",
    ),
    "characteristic_missing_few": (
        "模型“{rule}”的特征“{column}”只有 {value} 行缺失（不足 20 行）：缺失按中性（0 分）处理",
        "model {rule}: {column} is missing in {value} rows only (fewer than 20); missing is neutral, 0 points",
    ),
    "characteristic_rare_few": (
        "模型“{rule}”的特征“{column}”的罕见类别合计只有 {value} 行（不足 20 行）：按中性（0 分）处理",
        "model {rule}: rare categories of {column} have {value} rows only (fewer than 20); they are neutral, 0 points",
    ),
    "characteristic_separates": (
        "模型“{rule}”的特征“{column}”单独就把好坏完全分开：很可能是结果本身或事后才知道的事",
        "model {rule}: {column} alone tells good from bad without error; it may be the outcome, or known only after it",
    ),
    "characteristic_without_weight": (
        "模型“{rule}”的特征“{column}”在其他特征之外没有增加任何信息：不计分",
        "model {rule}: {column} adds nothing beside the others; it gives no points",
    ),
    "characteristics_duplicated": (
        "模型“{rule}”的特征“{column}”与“{value}”分法完全相同：同一事实只计一次，它不计分",
        "model {rule}: {column} says the same as {value}; the fact counts once, and {column} gives no points",
    ),
    "characteristic_in_error": (
        "模型“{rule}”的特征“{column}”计算出错（企业 {enterprise_id}），按缺失处理",
        "model {rule}: {column} could not be calculated for {enterprise_id}; it is read as missing",
    ),
    "at_risk_unknown": (
        "模型“{rule}”：{value} 个企业和日期不知是否属于所问的企业，未用于拟合",
        "model {rule}: of {value} enterprises and days it is not known whether they are asked about; they are left out",
    ),
}
