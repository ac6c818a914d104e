"""What a steward reads about files, rows and cells: kind -> sentence (zh, en); see `engine.problems`."""

from collections.abc import Mapping

Sentences = Mapping[str, tuple[str, str]]

FILES: Sentences = {
    "missing_register": (
        "缺少登记册“{register}”：未找到匹配的文件",
        "register “{register}” is missing: no file matches its patterns",
    ),
    "file_format_not_read": (
        "{file}：不读取 {value} 格式，请另存为 .csv、.jsonl、.xlsx 或 .parquet",
        "{file}: {value} is not read; save it as .csv, .jsonl, .xlsx or .parquet",
    ),
    "file_not_opened": ("{file}：无法打开：{value}", "{file} cannot be opened: {value}"),
    "file_changed": (
        "{file}：读取期间文件被改动，请待其写完后再报送",
        "{file} was changed while it was read; send it again when it is complete",
    ),
    "file_not_plain": (
        "{file}：不是普通文件（文件夹、断开的链接或管道），请把文件本身放在这里",
        "{file} is a folder, a broken link or a pipe; put the file itself here",
    ),
    "file_name_not_text": (
        "{file}：文件名不是有效的 UTF-8，请改名",
        "{file}: the name of the file is no UTF-8; give it another",
    ),
    "file_empty": ("{file}：文件为空", "{file} is empty"),
    "file_is_not_text": ("{file}：不是文本文件", "{file} is not a text file"),
    "file_inflates": ("{file}：解压后过大，未读取", "{file} inflates beyond the limit and is not read"),
    "file_is_no_gzip": ("{file}：不是完整的 gzip 文件", "{file} is no complete gzip file"),
    "invalid_bytes": (
        "{file} 有 {value} 处字节无法解码（首处在第 {line} 行），已替换为“\ufffd”",
        "{file} has undecodable bytes in {value} places, first on line {line}; they are replaced by “\ufffd”",
    ),
    "quote_not_closed": (
        "{file} 第 {line} 行第 {column} 列：引号未闭合，会吞掉其后的行：{value}",
        "{file}, line {line}, column {column}: a quote is not closed and swallows the rows after it: {value}",
    ),
    "line_ends_mixed": (
        "{file} 第 {line} 行：换行符不一致（CR 与 LF 混用），其后的行会丢失",
        "{file}, line {line}: line ends are mixed (CR and LF): the rows after it would be lost",
    ),
    "row_endless": (
        "{file} 第 {line} 行超过 64 MB 仍未结束：换行符缺失或文件已损坏，未读取",
        "{file}, line {line}: the row has no end within 64 MB; line ends are missing or the file is damaged",
    ),
    "json_unreadable": (
        "{file} 第 {line} 行不是一个 JSON 对象：{value}",
        "{file}, line {line} is no JSON object: {value}",
    ),
    "json_nested": (
        "{file} 第 {line} 行“{column}”：值是嵌套的对象或列表，请展平后再报送",
        "{file}, line {line}, “{column}”: the value is an object or a list; send one value a key",
    ),
    "json_key_twice": (
        "{file} 第 {line} 行“{column}”：同一对象中键重复，其中一个值会丢失",
        "{file}, line {line}, “{column}”: the key stands twice in one object: one value would be lost",
    ),
    "row_has_other_width": (
        "{file} 第 {line} 行的单元格数与表头不符（{value}）",
        "{file}, line {line}: the number of cells is not that of the header ({value})",
    ),
    "empty_rows": ("{file} 有 {value} 个空行，已略过", "{file} has {value} empty rows; they are left out"),
    "too_many_columns": ("{file}：列数过多（{value}）", "{file} has too many columns ({value})"),
    "header_empty": ("{file} 第 {column} 列有内容但没有表头", "{file}: column {column} has cells but no header"),
    "header_twice": ("{file}：表头“{column}”出现两次", "{file}: the header “{column}” stands there twice"),
    "parquet_unreadable": ("{file}：无法作为 Parquet 读取：{value}", "{file} cannot be read as Parquet: {value}"),
    "workbook_unreadable": ("{file}：工作簿无法读取：{value}", "{file}: the workbook cannot be read: {value}"),
    "workbook_encrypted_or_xls": (
        "{file}：工作簿有密码，或是改名的旧版 .xls",
        "{file} has a password, or is an old .xls under a new name",
    ),
    "workbook_is_something_else": ("{file}：不是 .xlsx 工作簿：{value}", "{file} is no .xlsx workbook: {value}"),
    "workbook_inflates": (
        "{file}：解压后超过 1 GB（{value}），未读取",
        "{file} inflates beyond 1 GB ({value}) and is not read",
    ),
    "workbook_sparse": (
        "{file}：单元格分布过散（{value}），未读取；请删除表格之外的单元格",
        "{file}: its cells stretch over {value}, nearly all empty; delete the cells beyond the table",
    ),
    "workbook_path": ("{file}：压缩包内有越界路径：{value}", "{file} holds a path that leads out of it: {value}"),
    "workbook_entities": (
        "{file}：{value} 声明了文档类型或实体，未读取",
        "{file}: {value} declares a document type or entities; it is not read",
    ),
    "sheet_not_read": (
        "{file}：只读取第一个工作表，“{value}”未读取",
        "{file}: only the first sheet is read, “{value}” is not",
    ),
    "column_missing": (
        "{file}：缺少必需的列“{column}”；现有：{value}",
        "{file} lacks the required column “{column}”; it has: {value}",
    ),
    "optional_column_missing": (
        "{file}：没有列“{column}”，按未知处理",
        "{file} has no column “{column}”: it counts as unknown",
    ),
    "columns_for_one_field": (
        "{file}：多个列对应同一字段“{column}”：{value}",
        "{file}: several columns are the one field “{column}”: {value}",
    ),
    "header_mojibake": (
        "{file}：表头是被误读为 GBK 的 UTF-8，找不到“{column}”：{value}",
        "{file}: the header is UTF-8 that was read as GBK, “{column}” is not found: {value}",
    ),
    "unit_unknown": (
        "{file}：列“{column}”的单位“{value}”不认识",
        "{file}: the unit “{value}” of column “{column}” is unknown",
    ),
    "unit_not_stated": (
        "{file}：列“{column}”没有写明单位（元、万元……），不作猜测",
        "{file}: column “{column}” does not state its unit (元, 万元 …), and none is guessed",
    ),
}

ROWS: Sentences = {
    "identity_missing": (
        "{file} 第 {line} 行：没有可识别企业的内容",
        "{file}, line {line}: nothing says which enterprise it is about",
    ),
    "not_a_name": ("{file} 第 {line} 行：“{value}”不是企业名称", "{file}, line {line}: “{value}” is no name of a firm"),
    "state_missing": ("{file} 第 {line} 行：缺少州，无法识别企业 {value}", "{file}, line {line}: {value} has no state"),
    "later_than_on": (
        "{file} 有 {value} 行在评估日之后才为人所知，未使用",
        "{file}: {value} rows became known after the day of the run and are left out",
    ),
    "time_unknown": (
        "{file} 第 {line} 行：“{column}”为空，不知何时已知",
        "{file}, line {line}: “{column}” is empty, so nobody can say when the row was known",
    ),
    "duplicate_row": (
        "{file} 第 {line} 行与另一行完全相同，只计一次",
        "{file}, line {line} equals another row: it counts once",
    ),
    "row_superseded": (
        "{file} 第 {line} 行已被更新的申报取代（{enterprise_id}）",
        "{file}, line {line} is superseded by a later row ({enterprise_id})",
    ),
    "row_in_conflict": (
        "{file} 第 {line} 行与同日另一行内容矛盾，未采用（{enterprise_id}）",
        "{file}, line {line} contradicts another row known on the same day; that one is kept ({enterprise_id})",
    ),
    "rows_in_conflict": (
        "{file} 第 {line} 行与另一行矛盾，均不采用（{enterprise_id}）",
        "{file}, line {line} contradicts another row: neither is used ({enterprise_id})",
    ),
    "other_names": (
        "企业 {enterprise_id} 还有其他写法的名称：{value}",
        "{enterprise_id} is also written as: {value}",
    ),
    "enterprise_not_registered": (
        "登记册“{register}”有 {value} 行属于未登记的企业 {enterprise_id}",
        "register “{register}” has {value} rows of {enterprise_id}, which is not a registered enterprise",
    ),
    "old_number_of_several": (
        "{file} 第 {line} 行：旧号 {value} 属于多家企业，不能认定是哪一家，未使用",
        "{file}, line {line}: several enterprises have the old number {value}; nobody can say whose the row is",
    ),
    "old_number_shared": (
        "登记册“{register}”中多家企业登记了同一旧号 {value}（其一为 {enterprise_id}）：不按此号认定企业",
        "register “{register}” states the old number {value} for several enterprises ({enterprise_id} and others)",
    ),
    "name_in_several_states": (
        "登记册“{register}”有 {value} 行的名称 {enterprise_id} 属于多家企业（在不同的州，或曾用此名），未使用",
        "register “{register}” has {value} rows of the name {enterprise_id}, which several firms bear or bore",
    ),
}

WHERE = ("{file} 第 {line} 行“{column}”：", "{file}, line {line}, “{column}”: ")


def _cell(zh: str, en: str) -> tuple[str, str]:
    return WHERE[0] + zh, WHERE[1] + en


def _column(zh: str, en: str) -> tuple[str, str]:
    """Of cells that are told once per file and value: where the first of them is."""
    return "{file} 第 {line} 行起“{column}”：" + zh, "{file}, from line {line}, “{column}”: " + en


CELLS: Sentences = {
    "required_cell_empty": _cell("必填而为空", "is required and empty"),
    "cell_of_other_type": _cell("类型不可用", "has a type that no cell has"),
    "cell_too_long": _cell("超过 32,767 个字符", "has more than 32,767 characters"),
    "control_characters": _cell("含控制字符：{value}", "holds control characters: {value}"),
    "spreadsheet_error": _cell("电子表格的错误值 {value}", "{value} is an error of a spreadsheet"),
    "identifier_in_exponent": _cell(
        "编号被电子表格改成了科学计数法：{value}", "a spreadsheet has turned an identifier into {value}"
    ),
    "text_damaged": _cell("有字符已丢失：{value}", "characters were lost: {value}"),
    "mojibake": _cell("UTF-8 被误读为 GBK：{value}", "UTF-8 that was read as GBK: {value}"),
    "code_unknown": _cell("“{value}”不在代码表中", "“{value}” is not among the declared codes"),
    "district_unknown": _cell(
        "{value} 不是行政区划代码（GB/T 2260，2002 年以来各版）",
        "{value} is the code of no district (GB/T 2260, editions since 2002)",
    ),
    "district_succeeded": _column(
        "旧行政区划代码已改读为现行代码：{value}", "earlier codes of districts are read as those of today: {value}"
    ),
    "district_parted": _column(
        "旧行政区划已分属几个区县，不能认定，按未知处理：{value}",
        "a district was parted, nobody can say to which of today's it belongs, and it is unknown: {value}",
    ),
    "district_abolished": _column(
        "旧行政区划已撤销，去向未载，按未知处理：{value}",
        "a district was abolished, the list does not say what it became, and it is unknown: {value}",
    ),
    "district_too_coarse": _column(
        "是省、市或市辖区的代码，不到区县，按未知处理：{value}",
        "the code of a province or a city names no district, and it is unknown: {value}",
    ),
    "district_code_of_another_time": _column(
        "按现行区划读取；此代码以前另有所指或范围更大，较早的行或属他区：{value}",
        "read as the district of today; the code stood for another or a larger one before, so early rows may belong "
        "elsewhere: {value}",
    ),
    "industry_unknown": _cell(
        "“{value}”不是 GB/T 4754-2017 的行业代码或名称", "“{value}” is no code or title of GB/T 4754-2017"
    ),
    "industry_title_differs": _cell(
        "“{value}”中的代码与名称在 GB/T 4754-2017 中不是同一行业（或为旧版代码）",
        "the code and the title in “{value}” are two industries of GB/T 4754-2017 (an earlier edition?)",
    ),
    "flag_unreadable": _cell("“{value}”不是“是/否”", "“{value}” is neither yes nor no"),
    "pattern_not_found": _cell("“{value}”不合规定的格式", "“{value}” does not have the declared form"),
    "value_out_of_range": _cell("{value} 超出范围", "{value} is out of range"),
    "number_unreadable": _cell("“{value}”不是数", "“{value}” is no number"),
    "number_not_finite": _cell("“{value}”不是有限的数", "“{value}” is no finite number"),
    "number_with_exponent": _cell("不读科学计数法：{value}", "exponents are not read: {value}"),
    "number_with_underscore": _cell("数字中有下划线：{value}", "underscores among digits: {value}"),
    "number_in_foreign_digits": _cell("不是 0-9 的数字：{value}", "digits other than 0-9: {value}"),
    "number_in_odd_groups": _cell("千位分隔不成组：{value}", "commas do not part groups of three: {value}"),
    "number_too_fine": _cell(
        "{value} 比该列的最小单位（金额为分，利率为基点）更细",
        "{value} is finer than the column's smallest unit (fen, basis point)",
    ),
    "number_too_large": _cell("{value} 太大，无法表示", "{value} is too large to be held"),
    "number_minus_zero": _cell("{value} 是负零", "{value} is minus zero"),
    "unit_missing": _cell("该行没有单位", "the row has no unit"),
    "unit_unknown_in_row": _cell(
        "该行的单位不认识（数值 {value}）", "the unit of the row is unknown (its number: {value})"
    ),
    "unit_in_conflict": _cell(
        "该行的单位与表头的单位不同（数值 {value}）", "the row's unit is not the header's (its number: {value})"
    ),
    "no_such_day": _cell("没有 {value} 这一天", "there is no day {value}"),
    "false_leap_day": _cell(
        "{value} 在电子表格中是 1900 年 2 月 29 日，并无此日",
        "{value} is a spreadsheet's 29 February 1900, a day that never was",
    ),
    "date_without_day": _cell("{value} 没有日", "{value} has no day"),
    "year_not_four_digits": _cell("{value} 的年份不是四位", "the year of {value} has not four digits"),
    "date_is_a_number": _cell("{value} 是数，不是写明的日期", "{value} is a number, not a written date"),
    "date_unreadable": _cell("“{value}”不是日期", "“{value}” is no date"),
    "credit_code_check_digit": _cell("信用代码 {value} 校验码不符", "the check digit of credit code {value} is wrong"),
    "credit_code_in_exponent": _cell(
        "信用代码被电子表格改成了 {value}", "a spreadsheet has turned the credit code into {value}"
    ),
    "registration_number_check_digit": _cell(
        "15 位旧号 {value} 既不是校验码正确的注册号（GS 15），也不是校验码正确的纳税人识别号",
        "{value} has 15 digits, but a check digit of neither a registration number (GS 15) nor a taxpayer number",
    ),
    "taxpayer_number_check_digit": _cell(
        "15 位旧纳税人识别号 {value} 中的组织机构代码校验码不符",
        "the check digit of the organisation code in the old taxpayer number {value} is wrong",
    ),
    "organisation_code_check_digit": _cell(
        "组织机构代码 {value} 校验码不符（GB 11714）",
        "the check digit of organisation code {value} is wrong (GB 11714)",
    ),
    "registration_number_unreadable": _cell(
        "“{value}”不是 15 位注册号", "“{value}” is no registration number of 15 digits"
    ),
    "credit_code_length": _cell("信用代码 {value} 不是 18 位", "credit code {value} has not 18 characters"),
    "credit_code_letter": _cell(
        "信用代码 {value} 含 I、O、S、V 或 Z", "credit code {value} has an I, O, S, V or Z, which none has"
    ),
    "credit_code_unreadable": _cell("{value} 不是信用代码", "{value} is no credit code"),
}

RECORD: Sentences = {**FILES, **ROWS, **CELLS}
