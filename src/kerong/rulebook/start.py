"""A new region: from a few answers to the files of a pack that loads, runs and waits for local decisions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

LEVELS: Mapping[str, tuple[str, str]] = {
    "nation": ("国家", "National"),
    "province": ("省", "Provincial"),
    "city": ("市", "City"),
    "county": ("区县", "County"),
}
WEIGHTS: Mapping[str, tuple[int, int, int, int, int]] = {
    "seed": (150, 100, 300, 300, 150),
    "startup": (180, 160, 240, 240, 180),
    "growth": (200, 240, 180, 180, 200),
    "mature": (200, 280, 140, 160, 220),
}
DIMENSIONS = ("qualification", "operation", "talent", "input", "output")


class AnswerError(ValueError):
    """An answer that makes no region; the message is one line that says what is wanted."""


# A first policy; titles and numbers wait for the region's own decision.
_POLICY = """name = "loan_interest_subsidy"
kind = "subsidy"
title = {{ zh = "科技贷款贴息（待定）", en = "Interest subsidy on technology loans (to be decided)" }}
per = "loan"
provider = "{payer}"
text = "按企业实际支付利息的50%给予贴息，单户每年最高50万元。"
sequence = "loan.drawn_on"
fingerprint = ["loan.loan_id"]

[summary]
zh = "科技型企业贷款，已付利息补一半，每年最高50万元。"
en = "Half of a technology firm's interest, up to 500,000 a year."

[source]
document = "{zh}科技贷款贴息办法（草案）"
clause = "第一条"
status = "assumed"
why = "a first draft: rate and cap are to be decided locally"

[[when]]
is = "enterprise.is_technology_firm"
title = {{ zh = "高新技术企业、科技型中小企业或专精特新企业", en = "a high-tech, technology-SME or specialised firm" }}
evidence = {{ zh = "资格证书或入库编号", en = "the certificate or registration number" }}

[[when]]
is = "loan.interest_paid_fen > 0"
title = {{ zh = "已支付利息", en = "interest has been paid" }}
evidence = {{ zh = "银行结息单", en = "the bank's interest statement" }}

[amount]
fen = "share_bp(loan.interest_paid_fen, rate_bp)"
round = "down"

[[limit]]
scope = "enterprise_year"
fen = "cap_fen"

[parameter.rate_bp]
title = {{ zh = "贴息比例", en = "Subsidy rate" }}
{since} = {{ value = 5000, source = "第一条（待定）" }}

[parameter.cap_fen]
title = {{ zh = "单户年度上限", en = "Cap per firm and year" }}
{since} = {{ value = 50_000_000, source = "第一条（待定）" }}

[[case]]
title = "100,000 of interest pays 50,000 (50 % of 100,000)"
on = {day}
by = "第一条"
working = "10_000_000 * 5000 / 10_000"
expect = {{ outcome = "met", fen = 5_000_000 }}
[case.given]
enterprise.is_technology_firm = true
loan.loan_id = "A"
loan.interest_paid_fen = 10_000_000
loan.drawn_on = {drawn}

[[case]]
title = "a firm without a status is refused by clause 1"
on = {day}
expect = {{ outcome = "failed", clause = 1 }}
[case.given]
enterprise.is_technology_firm = false
loan.loan_id = "A"
loan.interest_paid_fen = 10_000_000
loan.drawn_on = {drawn}

[[case]]
title = "one fen of interest is interest: half of it, rounded down, is nothing"
on = {day}
by = "第一条"
working = "1 * 5000 / 10_000"
expect = {{ outcome = "met", fen = 0 }}
[case.given]
enterprise.is_technology_firm = true
loan.loan_id = "A"
loan.interest_paid_fen = 1
loan.drawn_on = {drawn}

[[case]]
title = "a loan on which nothing was paid is refused by clause 2"
on = {day}
expect = {{ outcome = "failed", clause = 2 }}
[case.given]
enterprise.is_technology_firm = true
loan.loan_id = "A"
loan.interest_paid_fen = 0
loan.drawn_on = {drawn}

[[case]]
title = "interest that the bank has not reported leaves clause 2 unknown"
on = {day}
expect = {{ outcome = "unknown", clause = 2 }}
[case.given]
enterprise.is_technology_firm = true
loan.loan_id = "A"
loan.drawn_on = {drawn}

[[case]]
title = "two loans of one year earn 400,000 and 200,000: the year's cap of 500,000 leaves 100,000 for the second"
on = {day}
by = "第一条"
working = ["80_000_000 * 5000 / 10_000", "50_000_000 - 40_000_000"]
given = {{ enterprise.is_technology_firm = true }}
rows = [
  {{ loan.loan_id = "A", loan.interest_paid_fen = 80_000_000, loan.drawn_on = {drawn} }},
  {{ loan.loan_id = "B", loan.interest_paid_fen = 40_000_000, loan.drawn_on = {next_day} }},
]
expect = {{ awarded = [40_000_000, 10_000_000], cut_by = "enterprise_year" }}

[[case]]
title = "the earlier loan comes first, in whatever order the bank lists them"
on = {day}
by = "第一条"
working = ["50_000_000 - 40_000_000", "80_000_000 * 5000 / 10_000"]
given = {{ enterprise.is_technology_firm = true }}
rows = [
  {{ loan.loan_id = "B", loan.interest_paid_fen = 40_000_000, loan.drawn_on = {next_day} }},
  {{ loan.loan_id = "A", loan.interest_paid_fen = 80_000_000, loan.drawn_on = {drawn} }},
]
expect = {{ awarded = [10_000_000, 40_000_000], cut_by = "enterprise_year" }}

[[case]]
title = "loans of two years have a cap each"
on = {day}
by = "第一条"
working = ["80_000_000 * 5000 / 10_000", "80_000_000 * 5000 / 10_000"]
given = {{ enterprise.is_technology_firm = true }}
rows = [
  {{ loan.loan_id = "A", loan.interest_paid_fen = 80_000_000, loan.drawn_on = {year_before} }},
  {{ loan.loan_id = "B", loan.interest_paid_fen = 80_000_000, loan.drawn_on = {drawn} }},
]
expect = {{ awarded = [40_000_000, 40_000_000] }}
"""


@dataclass(frozen=True, slots=True)
class District:
    """A district of the new region: code, Chinese and English title."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What a region is asked for. `levels` are levels of government that pay, highest first."""

    name: str
    zh: str
    en: str
    currency: str
    base: str
    districts: tuple[District, ...]
    levels: tuple[str, ...]
    on: date


def district_of(text: str) -> District:
    """A district from `code=中文/English`; raises AnswerError."""
    found = re.fullmatch(r"\s*([A-Za-z0-9]{2,12})\s*=\s*([^/=]+?)\s*/\s*([^/=]+?)\s*", text)
    if not found:
        raise AnswerError(f"{text!r} is no district; write it as 330106=西湖区/Xihu")
    return District(*found.groups())


def checked(answers: Answers) -> Answers:
    """The answers, or AnswerError with the first that makes no region."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,30}", answers.name):
        raise AnswerError(f"{answers.name!r}: the name is lower-case letters, digits and _, such as jiaxing")
    if not re.fullmatch(r"[A-Z]{3}", answers.currency):
        raise AnswerError(f"{answers.currency!r} is no currency; write its three letters, such as CNY")
    if not answers.districts:
        raise AnswerError("a region has at least one district; write it as 330106=西湖区/Xihu")
    codes = [district.code for district in answers.districts]
    for code in codes:
        if codes.count(code) > 1:
            raise AnswerError(f"two districts have the code {code}")
    for level in answers.levels:
        if level not in LEVELS:
            raise AnswerError(f"{level!r} is no level of government; there are {', '.join(LEVELS)}")
        if answers.levels.count(level) > 1:
            raise AnswerError(f"the level {level} stands twice")
    if not answers.levels:
        raise AnswerError(f"say which levels of government pay: {', '.join(LEVELS)}")
    return answers


def starting_pack(answers: Answers) -> dict[str, str]:
    """The files of the new region by relative path; `answers` are checked first."""
    answers = checked(answers)
    return {
        "region.toml": _sheet(answers),
        "policies/loan_interest_subsidy.toml": _policy(answers),
        "README.md": _read_me(answers),
    }


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _title(zh: str, en: str) -> str:
    return f"{{ zh = {_quoted(zh)}, en = {_quoted(en)} }}"


def _sheet(answers: Answers) -> str:
    parts = [
        f"# {answers.en}: what is local stands here; registers, measures and national rules come from the base.",
        f'name = "{answers.name}"',
        f"title = {_title(answers.zh, answers.en)}",
        f'currency = "{answers.currency}"',
        f'extends = "{answers.base}"',
        f"default_on = {answers.on.isoformat()}",
        "",
        "[enterprise]",
        'from = ["company"]',
        "[enterprise.provides]",
        'name = ["company.name"]',
        'district = ["company.district"]',
        'industry = ["company.industry"]',
        'established_on = ["company.established_on"]',
        'kind = ["company.kind"]',
        'status = ["company.status"]',
        'registered_capital_fen = ["company.registered_capital_fen"]',
        'paid_capital_fen = ["company.paid_capital_fen"]',
        'legal_representative_changed_on = ["company.legal_representative_changed_on"]',
        "",
        "# `at` is the place on the schematic map: column, row. Move the districts to where they lie.",
        *_districts(answers.districts),
        "# Who pays, by level of government, and who offers. Put the region's own banks, guarantors and funds here.",
        *_institutions(answers.levels),
        "[score]",
        'grades = [["A+", 550], ["A", 450], ["B", 350], ["C", 250], ["D", 150], ["E", 0]]',
        'stage = "enterprise.stage"',
        'group = "enterprise.industry_section"',
        *_weights(),
    ]
    return "\n".join(parts) + "\n"


def _districts(districts: Sequence[District]) -> list[str]:
    """Districts in rows of a near-square grid."""
    width = 1
    while width * width < len(districts):
        width += 1
    lines = []
    for place, district in enumerate(districts):
        lines += [
            "[[district]]",
            f'code = "{district.code}"',
            f"title = {_title(district.zh, district.en)}",
            f"at = [{place % width}, {place // width}]",
            "",
        ]
    return lines


def _institutions(levels: Sequence[str]) -> list[str]:
    found = [
        (f"finance_{level}", "government", f"{LEVELS[level][0]}财政部门", f"{LEVELS[level][1]} finance bureau")
        for level in levels
    ]
    found += [
        ("bank_first", "bank", "第一家合作银行", "First partner bank"),
        ("guarantor_first", "guarantor", "第一家合作担保机构", "First partner guarantor"),
        ("insurer_first", "insurer", "第一家合作保险公司", "First partner insurer"),
        ("fund_first", "fund", "第一家合作基金", "First partner fund"),
        ("lease_first", "lease", "第一家合作租赁公司", "First partner lessor"),
        ("broker_first", "broker", "第一家合作证券公司", "First partner broker"),
    ]
    return [
        line
        for code, kind, zh, en in found
        for line in ("[[institution]]", f'code = "{code}"', f'kind = "{kind}"', f"title = {_title(zh, en)}", "")
    ]


def _weights() -> list[str]:
    lines = []
    for stage, points in WEIGHTS.items():
        lines += [f"[score.weights.{stage}]", *(f"{d} = {p}" for d, p in zip(DIMENSIONS, points, strict=True))]
    return lines


def _policy(answers: Answers) -> str:
    """A first local policy: every number in it is assumed and waits for the region's own decision."""
    first = date(answers.on.year, 1, 1)
    return _POLICY.format(
        zh=answers.zh.replace("\\", "").replace('"', ""),
        payer=f"finance_{'city' if 'city' in answers.levels else answers.levels[-1]}",
        since=first.isoformat(),
        drawn=first.isoformat(),
        next_day=first.replace(day=2).isoformat(),
        year_before=date(first.year - 1, 12, 31).isoformat(),
        day=answers.on.isoformat(),
    )


def _read_me(answers: Answers) -> str:
    city = f"{answers.name}-city"
    return f"""# {answers.zh} {answers.en}

This folder is a region of Kerong. What it does not say comes from the base `{answers.base}`: registers, measures,
indicators, national rules. A file here at the path of a file of the base takes its place.

1. `kerong rules check {answers.name}` says whether the folder loads; `kerong rules test {answers.name}` runs its cases.
2. `policies/loan_interest_subsidy.toml` is a first policy whose rate and cap are assumed: put the real text, clause and
   numbers there, and add the region's other policies and products beside it (docs/rulebook.md, with examples).
3. Before you have data: `kerong synth {city} --region {answers.name}` makes a synthetic city with these districts.
   With data: put the files that the bureaus gave into a folder; `registers/*.toml` of the base say how they are read.
4. `kerong assess {city} --region {answers.name} --out {answers.name}-run`, then
   `kerong up --region {answers.name} --data-dir {answers.name}-portal` to look at it.
5. `kerong rules lint {answers.name}` and `kerong rules mutate {answers.name}` before anything becomes law.

To decide here: districts' places on the map, institutions, grades and weights in `region.toml`; rates, caps and budgets
in `policies/`.
"""
