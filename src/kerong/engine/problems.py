"""The table of problems: what was wrong, where, and what became of it.

A stage returns its table and its problems; a problem is a row, its sentence is rendered when asked for.
`severity`: "refused" (the file or the run), "quarantined" (the row is set aside and counted), "noted" (nothing lost).
"""

import re
from collections.abc import Iterable, Mapping

import polars as pl

from kerong.engine.archive_sentences import ARCHIVE
from kerong.engine.card_sentences import CARDS
from kerong.engine.intake_sentences import SENT
from kerong.engine.ledger_sentences import LEDGER
from kerong.engine.linkage_sentences import LINKAGE
from kerong.engine.network_sentences import NETWORKS
from kerong.engine.record_sentences import RECORD
from kerong.engine.settle_sentences import SETTLE
from kerong.engine.source_sentences import SOURCES
from kerong.engine.validation_sentences import VALIDATION

SCHEMA = pl.Schema(
    {
        "stage": pl.String(),
        "kind": pl.String(),
        "severity": pl.String(),
        "register": pl.String(),
        "file": pl.String(),
        "line": pl.Int64(),
        "column": pl.String(),
        "value": pl.String(),
        "enterprise_id": pl.String(),
        "rule": pl.String(),
    }
)

# what a terminal would act on, or what turns the direction of writing, is shown as its code
_HARMFUL = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
ESCAPES: Mapping[str, str] = {chr(code): f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" for code in _HARMFUL}
_ESCAPING = str.maketrans(dict(ESCAPES))

# kind -> sentence (zh, en); {register}, {file}, {line}, {column}, {value}, {enterprise_id}, {rule} are filled in
SENTENCES: Mapping[str, tuple[str, str]] = {
    "register_absent": (
        "登记册“{register}”没有文件：依赖它的内容均为未知",
        "register “{register}” has no file: all that depends on it is unknown",
    ),
    "measure_error": (
        "指标“{column}”计算出错（企业 {enterprise_id}），按未知处理",
        "measure {column} could not be calculated for {enterprise_id}; it is unknown",
    ),
    "formula_error": (
        "公式“{column}”计算出错（企业 {enterprise_id}），按未知处理",
        "formula {column} could not be calculated for {enterprise_id}; it is unknown",
    ),
    "rule_error": (
        "规则“{rule}”在 {column} 处计算出错（企业 {enterprise_id} {value}），不予支付",
        "rule {rule} ends in an error of calculation at {column} for {enterprise_id} {value}; nothing is paid",
    ),
    **RECORD,
    **LINKAGE,
    **SOURCES,
    **NETWORKS,
    **ARCHIVE,
    **SENT,
    **LEDGER,
    **SETTLE,
    **CARDS,
    **VALIDATION,
    "indicator_in_error": (
        "企业 {enterprise_id} 的指标“{column}”无法计算（溢出或除以零），按未知处理",
        "indicator “{column}” of {enterprise_id} is unknown: overflow or division by zero",
    ),
    "indicator_constant": (
        "指标“{column}”在全部企业中只有一个值（{value}），无法区分企业：各得一半分；可声明 fixed 上下限",
        "indicator “{column}” is {value} for all firms: each gets half of its points; `fixed` bounds would help",
    ),
    "indicator_without_values": (
        "指标“{column}”没有任何企业有值：其分数全部计为未知",
        "indicator “{column}” is known for no firm: its points are unknown for all",
    ),
    "indicators_duplicated": (
        "指标“{column}”与“{value}”在每家企业上的值都相同：同一事实被计分两次",
        "indicator “{column}” equals “{value}” for every firm: one fact counts twice",
    ),
    "dimension_without_indicators": (
        "维度“{column}”有分数但没有指标：其分数按比例分给其他维度",
        "dimension “{column}” has points but no indicator: its points go to the other dimensions in proportion",
    ),
    "dimension_without_points": (
        "维度“{column}”的指标没有分数：任何阶段都未给它权重",
        "indicators of dimension “{column}” carry no points: no stage gives weight to it",
    ),
    "stage_without_weights": (
        "{value} 家企业的生命阶段（{column}）没有权重：按各阶段平均权重计分",
        "{value} firms are in a life stage without weights ({column}): they are scored with the mean of all stages",
    ),
    "stage_of_few_firms": (
        "生命阶段“{column}”只有 {value} 家企业（少于 100 家）：其客观权重按全部企业计算",
        "life stage “{column}” has {value} firms, fewer than 100: its objective weights are those of all firms",
    ),
    "weights_without_evidence": (
        "阶段“{column}”没有任何指标能区分企业，无法计算客观权重：按给定权重计分",
        "no indicator tells firms of stage “{column}” apart: objective weights are impossible, the given ones are used",
    ),
    "benefit_in_error": (
        "企业 {enterprise_id} 在“{rule}”下的年度收益无法计算（溢出或除以零），按未知排序",
        "the yearly worth of “{rule}” to {enterprise_id} is unknown: overflow or division by zero",
    ),
    "offer_too_large": (
        "企业 {enterprise_id} 在“{rule}”下的金额合计超出可表示范围，按未知处理",
        "the amounts of “{rule}” for {enterprise_id} add up beyond what can be held: the sum is left unknown",
    ),
    "statistic_in_error": (
        "统计“{rule}”的“{column}”有 {value} 行无法计算（溢出或除以零），未计入",
        "“{column}” of statistic “{rule}” leaves out {value} rows: overflow or division by zero",
    ),
    "statistic_unknown": (
        "统计“{rule}”的“{column}”有 {value} 行未知，未计入",
        "“{column}” of statistic “{rule}” leaves out {value} rows where it is unknown",
    ),
    "statistic_too_large": (
        "统计“{rule}”的“{column}”有 {value} 组合计超出可表示范围，留空",
        "“{column}” of statistic “{rule}” adds up beyond what can be held in {value} groups: they are left empty",
    ),
}

# the file, line and column that most sentences begin with
PLACE = r"^\{file\}(?:,? line \{line\}| 第 \{line\} 行)?(?:, column \{column\}|(?:, )?“\{column\}”)?[:：]? ?"


def problems(rows: Iterable[Mapping[str, object]] = ()) -> pl.DataFrame:
    """A table of problems from mappings; keys that are not given are empty."""
    return pl.DataFrame([{name: _escaped(row.get(name)) for name in SCHEMA} for row in rows], schema=SCHEMA)


def joined(tables: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """All problems in their canonical order: by every column, `line` last."""
    order = [name for name in SCHEMA if name != "line"] + ["line"]
    return pl.concat([problems(), *tables]).sort(order, nulls_last=False)


def sentence(row: Mapping[str, object], lang: str) -> str:
    """The problem in words, in "zh" or "en"; unknown kinds show their name."""
    zh, en = SENTENCES.get(str(row["kind"]), (str(row["kind"]),) * 2)
    filled = {name: "" if row.get(name) is None else _escaped(row[name]) for name in SCHEMA}
    return (zh if lang == "zh" else en).format(**filled)


def label(kind: str, lang: str) -> str:
    """The kind of problem in a few words: its sentence without the place, what differs from row to row as "…"."""
    zh, en = SENTENCES.get(kind, (kind, kind))
    text = re.sub(PLACE, "", zh if lang == "zh" else en)
    text = re.sub(r"[（(]\{[a-z_]+\}[）)]", "", text)
    text = re.sub(r" +(?=[:： ])", "", re.sub(r"\{[a-z_]+\}", "…", text)).strip(" ,，:：的")
    return text[:1].upper() + text[1:]


def escaped(text: str) -> str:
    """The text on one line, with codes in place of what a terminal would act on."""
    return text.translate(_ESCAPING)


def _escaped(value: object) -> object:
    return escaped(value) if isinstance(value, str) else value
