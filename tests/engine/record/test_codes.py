"""Districts and industries: one code of today for every spelling, and words for what cannot be known."""

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from kerong.engine.problems import sentence
from kerong.engine.record.codes import read_districts, read_industries
from kerong.rulebook.code_lists import CodeList, FormerCode
from kerong.rulebook.content import Column
from kerong.rulebook.load import load
from kerong.store.packs import read_pack
from tests.engine.record.registers import cleaned, column, one_cell, register

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "codes"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared lists of codes are not here")


def of_type(kind: str, region: str = "suzhou") -> Column:
    columns = load(read_pack(region)).registers["company"].columns
    return next(column for column in columns.values() if column.type == kind)


def code_list(kind: str) -> CodeList:
    held = of_type(kind).code_list
    assert held is not None
    return held


def rows_of(file: str) -> list[dict[str, str]]:
    return list(csv.DictReader((SHARED / file).read_text(encoding="utf-8").splitlines()))


DISTRICTS = code_list("district")
INDUSTRIES = code_list("industry")
DISTRICT = column("district", "district", "区县代码", required=True, code_list=DISTRICTS)
INDUSTRY = column("industry", "industry", "行业代码", code_list=INDUSTRIES)


def district(*cells: str | None) -> tuple[list[str | None], list[str | None]]:
    reading = read_districts(pl.Series(cells, dtype=pl.String), DISTRICTS)
    return reading.values.to_list(), reading.faults.to_list()


def industry(*cells: str | None) -> tuple[list[str | None], list[str | None]]:
    reading = read_industries(pl.Series(cells, dtype=pl.String), INDUSTRIES)
    return reading.values.to_list(), reading.faults.to_list()


@pytest.mark.parametrize("cell", ["320508", "３２０５０８", " 320508 ", "320508.0", "320508001000", "320508001"])
def test_another_spelling_of_a_district_is_the_district(cell: str) -> None:
    assert one_cell(cell, DISTRICT) == ("320508", [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("320584", "320509"),  # a city became a district
        ("320502", "320508"),  # three districts became one
        ("320503", "320508"),
        ("320504", "320508"),
        ("110103", "110101"),
        ("310103", "310101"),
        ("310108", "310106"),
        ("142301", "141181"),  # a prefecture with other digits
        ("230106", "230110"),  # the same name, another code
        ("410306", "410308"),
    ],
)
def test_an_earlier_district_is_read_as_what_it_became(old: str, new: str) -> None:
    assert district(old) == ([new], ["district_succeeded"])


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("330104", "a district was parted, nobody can say to which of today's it belongs, and it is unknown"),
        ("440202", "a district was abolished, the list does not say what it became, and it is unknown"),
        ("320500", "the code of a province or a city names no district, and it is unknown: 320500 苏州市 ×1"),
        ("320000", "the code of a province or a city names no district, and it is unknown: 320000 江苏省 ×1"),
        ("320501", "the code of a province or a city names no district, and it is unknown: 320501 ×1"),
    ],
)
def test_a_code_that_names_no_one_district_leaves_the_row_and_is_unknown(cell: str, words: str) -> None:
    value, told = one_cell(cell, DISTRICT)
    assert value is None
    assert len(told) == 1
    assert told[0].startswith(f"tax.csv, from line 2, “区县代码”: {words}")
    table, _ = cleaned([{"区县代码": cell, "other": "x"}], register(DISTRICT))
    assert table.height == 1


@pytest.mark.parametrize("cell", ["320999", "123456", "高新区", "32050"])
def test_a_code_that_never_was_takes_its_row_and_says_so(cell: str) -> None:
    words = f"tax.csv, line 2, “区县代码”: {cell} is the code of no district (GB/T 2260, editions since 2002)"
    assert one_cell(cell, DISTRICT) == (None, [words])


def test_changes_of_codes_are_told_once_per_code_with_the_number_of_rows() -> None:
    cells = ("320508", "320584", "320584", "320502", "320584")
    rows = [{"区县代码": cell, "n": str(row)} for row, cell in enumerate(cells)]
    table, found = cleaned(rows, register(DISTRICT, column("n", "text")))
    assert table["district"].sort().to_list() == ["320508", "320508", *["320509"] * 3]
    told = [sentence(row, "en") for row in found.sort("line").to_dicts() if row["kind"].startswith("district")]
    words = "“区县代码”: earlier codes of districts are read as those of today"
    assert told == [
        f"tax.csv, from line 3, {words}: 320584 吴江市 → 320509 吴江区 ×3",
        f"tax.csv, from line 5, {words}: 320502 沧浪区 → 320508 姑苏区 ×1",
    ]


def test_a_code_that_was_larger_before_is_read_as_today_and_doubted() -> None:
    assert district("330110", "410307") == (["330110", "410307"], ["district_code_of_another_time"] * 2)
    told = one_cell("330110", DISTRICT)[1][0]
    assert told.endswith("330110 余杭区 → 330110 余杭区、330113 临平区 ×1")


def test_a_region_with_districts_of_its_own_reads_them_without_the_list() -> None:
    assert of_type("district", "demo").code_list is None
    assert of_type("district", "demo").type == "district"


def test_every_district_of_a_shipped_region_is_in_force_or_its_own() -> None:
    for region in ("suzhou", "hangzhou", "hefei", "luoyang", "guangzhou", "zhangjiang", "zhongguancun"):
        book = load(read_pack(region))
        held = book.registers["company"].columns["district"].code_list
        assert held is not None
        codes = pl.Series([each.code for each in book.region.districts])
        reading = read_districts(codes, held)
        assert reading.values.to_list() == codes.to_list(), region


def test_whatever_a_code_became_is_in_force() -> None:
    former = sorted(DISTRICTS.former)
    assert all(set(DISTRICTS.successors(code)) <= set(DISTRICTS.codes) for code in former)
    values = district(*former)[0]
    assert district(*values)[0] == values


def test_chains_are_followed_to_the_present() -> None:
    former = {
        "1": FormerCode("甲", "2001-01", ("2",)),
        "2": FormerCode("乙", "2005-01", ("3", "4")),
        "3": FormerCode("丙", "2010-01", ("5",)),
        "4": FormerCode("丁", "2010-01", ("5",)),
    }
    held = CodeList("x", DISTRICTS.title, "district", DISTRICTS.edition, DISTRICTS.place, {"5": "戊"}, {}, former)
    assert held.successors("1") == ("5",)


@needs_shared
def test_every_county_of_every_edition_is_in_force_or_its_fate_is_told() -> None:
    now = {row["code"] for row in rows_of("modood_areas.csv")}
    for file in sorted((SHARED / "gb2260").glob("2*.json")):
        for code, title in json.loads(file.read_text(encoding="utf-8")).items():
            if code.endswith("00") or "市辖区" in title or code[:2] in ("71", "81", "82"):
                continue
            assert code in now or code in DISTRICTS.former, (file.name, code, title)
    assert now <= set(DISTRICTS.codes)


@needs_shared
def test_a_district_of_the_last_edition_that_kept_code_and_name_is_itself() -> None:
    last = json.loads((SHARED / "gb2260" / "201607.json").read_text(encoding="utf-8"))
    kept = [code for code, title in last.items() if DISTRICTS.codes.get(code) == title]
    assert len(kept) > 2500
    assert district(*kept)[0] == kept


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("C3921", "C3921"),
        ("c3921", "C3921"),
        ("3921", "C3921"),
        ("3921.0", "C3921"),
        ("Ｃ３９２１", "C3921"),
        ("392", "C392"),
        ("C392", "C392"),
        ("39", "C39"),
        ("C39", "C39"),
        ("C-39", "C39"),
        ("39 计算机、通信和其他电子设备制造业", "C39"),
        ("C39计算机", "C39"),
        ("计算机、通信和其他电子设备制造业", "C39"),
        ("C", "C"),
        ("C 制造业", "C"),
        ("制造业", "C"),
        ("软件开发", "I651"),
        ("0111", "A0111"),
    ],
)
def test_spellings_of_an_industry_are_one_code(cell: str, code: str) -> None:
    assert one_cell(cell, INDUSTRY) == (code, [])


@pytest.mark.parametrize("cell", ["B3921", "6510", "39211", "5", "IT服务", "其他", "Z", "X39"])
def test_an_industry_that_does_not_exist_is_a_problem_in_words(cell: str) -> None:
    words = f"tax.csv, line 2, “行业代码”: “{cell}” is no code or title of GB/T 4754-2017"
    assert one_cell(cell, INDUSTRY) == (None, [words])


def test_a_code_beside_the_title_of_another_is_never_taken() -> None:
    assert industry("3921 稻谷种植", "0111 稻谷种植") == ([None, "A0111"], ["industry_title_differs", None])


def test_every_industry_is_found_by_its_code_by_its_number_and_with_its_title() -> None:
    codes, titles = list(INDUSTRIES.codes), list(INDUSTRIES.codes.values())
    right = (codes, [None] * len(codes))
    assert industry(*codes) == right
    assert industry(*(code.lower() for code in codes)) == right
    assert industry(*(f"{code} {title}" for code, title in zip(codes, titles, strict=True))) == right
    assert industry(*(code[1:] or code for code in codes)) == right
    found = industry(*titles)[0]
    assert all(each is None or code.startswith(each) for each, code in zip(found, codes, strict=True))


@needs_shared
def test_industries_are_those_of_the_standard() -> None:
    rows = rows_of("gbt4754_2017.csv")
    told = {row["industry_id"]: row["name"] for row in rows}
    ours = {code if len(code) == 1 else code[1:]: title for code, title in INDUSTRIES.codes.items()}
    assert ours == told
    assert len(ours) == 20 + 97 + 473 + 1381


def test_lists_do_not_care_for_the_order_of_cells() -> None:
    cells = ["320584", "C", None, "320500", "x", "330104"]
    forward, backward = district(*cells), district(*reversed(cells))
    assert forward == (backward[0][::-1], backward[1][::-1])
