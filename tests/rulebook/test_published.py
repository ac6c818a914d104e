"""What sources say is loaded whole, or refused with file, line and what would help."""

import re
from pathlib import Path

import pytest

from tests.rulebook.published import DOCUMENT, SOURCE, TITLE, check, figure, listed, loaded, refused, same

MANUAL = Path(__file__).parents[2] / "docs" / "published.md"
RULE = """
name = "grant"
kind = "subsidy"
title = { zh = "补助", en = "Grant" }
text = "给予补助"
[source]
document = "S3"
clause = "一"
"""
WHEN = '[[when]]\nis = "enterprise.capital_fen > 0"\ntitle = { zh = "有资本", en = "Has capital" }\n'
ARRANGEMENT = f'[[arrangement]]\nname = "platform"\nkind = "platform"\n{TITLE}\ntext = "平台"\n{SOURCE}\n'


def test_everything_that_a_source_says_is_held_with_its_place() -> None:
    book = loaded(
        figures_scale=figure("loans", "5872.920", "亿元", "2024-06"),
        lists_table=listed('[["2006", "83.33"], ["2007", ""]]'),
        arrangements_all=ARRANGEMENT + f'[[not_expressed]]\nname = "left"\nwhy = {TITLE[8:]}\n{SOURCE}\n',
    ).published
    assert f"{book.figures['loans'].value}" == "5872.920"
    assert book.figures["loans"].place.file == "figures/scale.toml"
    assert book.cells["spending.amount.2006"].as_of == "2006"
    assert "spending.amount.2007" not in book.cells
    assert book.arrangements["platform"].source.quotes == ("贷款余额5872.92亿元",)
    assert list(book.not_expressed) == ["left"]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (figure("a", "1", as_of=""), "as_of = '' is no date of a figure"),
        (figure("a", "1").replace('as_of = "2024"\n', ""), "as_of is missing"),
        (figure("a", "1", as_of="undated"), "an undated figure says why it has no date"),
        (figure("a", "1", as_of="2024-13"), "as_of = '2024-13' is no date of a figure"),
        (figure("a", "1", as_of="2024-02-30"), "as_of = '2024-02-30' is no date of a figure"),
        (figure("a", "1", as_of="2017/2010"), "the span ends before it begins"),
        (figure("a", "1", unit="马克"), "unit: there is no unit 马克"),
        (figure("a", "ein"), "value = 'ein' is no number"),
        (figure("a", "1", qualifier="maybe"), "qualifier = 'maybe'"),
        (figure("a", "1") * 2, "figure a is defined twice"),
        (figure("a", "1", more=SOURCE.replace("S3", "S9")), "there is no document S9 to quote"),
        (figure("a", "1", more='source = { document = "S3", clause = "一" }'), "quote is missing"),
    ],
)
def test_a_figure_that_cannot_be_held_against_its_source_is_refused(entry: str, said: str) -> None:
    found = refused(figures_all=entry)
    assert len(found) == 1
    assert said in found[0]
    assert found[0].startswith("figures/all.toml:")


def test_a_rule_that_names_a_document_and_quotes_nothing_is_refused() -> None:
    assert any("names document S3 and quotes nothing of it" in line for line in refused(policies_grant=RULE + WHEN))


def test_a_rule_that_quotes_an_unknown_document_is_refused_at_the_line_of_its_source() -> None:
    found = refused(policies_grant=RULE.replace("S3", "S8") + 'quote = ["给予补助"]\n' + WHEN)
    assert any(
        line.startswith("policies/grant.toml:6:") and "there is no document S8 to quote" in line for line in found
    )


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("a / zz", "there is no figure zz"),
        ("a + m", "unlike units"),
        ("a + 1", "unlike units"),
        ("m / a", "the formula yields CNY, but ratio is published in 倍"),
        ("a / (b - b)", "divides by zero"),
        ("2 * 3", "names no figure"),
        ("(a", "a bracket is not closed"),
        ("a b", "'b' is not expected here"),
        ("a ** b", "'*' is not expected here"),
        ("__import__('os')", "is not expected here"),
        ("a /", "ends too early"),
        ("(" * 60 + "a" + ")" * 60, "nested too deeply"),
        ("a+" * 50_000 + "a", "is too long"),
        ("a / b" + " * a" * 400, "makes a number of more than 200 digits"),
        ("a / b" + " / a" * 400, "makes a number of more than 200 digits"),
        ("a / b * " + "9" * 1_900, "makes a number of more than 200 digits"),
        ("a / b * ٢", "'٢' is not expected here"),
    ],
)
def test_a_formula_that_cannot_be_worked_out_is_refused(formula: str, said: str) -> None:
    entries = figure("a", "10") + figure("b", "5") + figure("m", "3", "亿元") + figure("ratio", "2.0", "倍")
    found = refused(figures_all=entries + check("ratio", formula))
    assert len(found) == 1
    assert said in found[0]


def test_a_check_that_comes_out_otherwise_than_expected_is_refused_with_the_result() -> None:
    found = refused(figures_all=figure("a", "12") + figure("b", "5") + figure("r", "2.5", "倍") + check("r", "a / b"))
    assert len(found) == 1
    assert "the check differs, not agrees: 2.4 倍 against 2.5 倍 (r)" in found[0]


def test_a_check_without_a_formula_cannot_be_derived_and_says_why() -> None:
    entry = figure("r", "8.6", "倍")
    assert "says why" in refused(figures_all=entry + check("r", None, "cannot_be_derived"))[0]
    assert not refused(figures_all=entry + check("r", None, "cannot_be_derived", "the parts are not published"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (same("a", "10"), same("b", "11")),
        (same("a", "259"), same("b", "288")),
        (same("a", "1.8", "万家"), same("b", "1900", qualifier="over")),
        (same("a", "99", qualifier="about"), same("b", "120", qualifier="over")),
        (same("a", "100", qualifier="at_least"), same("b", "90", qualifier="at_most")),
        (same("a", "10"), same("b", "10", "亿元")),
    ],
)
def test_two_figures_of_one_subject_and_date_that_cannot_both_be_are_refused(one: str, other: str) -> None:
    found = refused(figures_all=one + other)
    assert len(found) == 1
    assert "contradict each other" in found[0]
    slip = f'[[error]]\nname = "slip"\n{TITLE}\nfigures = ["a", "b"]\n{SOURCE}\n'
    assert not refused(figures_all=one + other + slip)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (same("a", "10"), same("b", "11", as_of="2023")),
        (same("a", "5872.92", "亿元"), same("b", "5873", "亿元")),
        (same("a", "1935", "亿元"), same("b", "1900", "亿元", qualifier="over")),
        (same("a", "96", "亿元"), same("b", "100", "亿元", qualifier="nearly")),
        (same("a", "18000"), same("b", "1.8", "万家", qualifier="over")),
        (same("a", "10", "亿元"), same("b", "1.4", "亿美元")),
        (same("a", "10"), same("b", "50", qualifier="target")),
    ],
)
def test_figures_that_can_both_be_true_stand_beside_each_other(one: str, other: str) -> None:
    assert not refused(figures_all=one + other)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ('[["2006", "1"], ["2007", "1", "2"]]', "row 2 (2007) has 3 cells for 2 columns"),
        ('[["2006", "viel"]]', "'viel' is no number"),
        ('[["2006", "٢"]]', "'٢' is no number"),
        ('[["2006", "1e9"]]', "'1e9' is no number"),
        ('[["", "1"]]', "row 1 has no key"),
        ('["2006"]', "row 1 is no list of texts"),
        ("[]", "a list needs rows"),
    ],
)
def test_a_list_with_ragged_or_unreadable_rows_is_refused(rows: str, said: str) -> None:
    found = refused(lists_spending=listed(rows))
    assert len(found) == 1
    assert said in found[0]


def test_formulas_read_cells_of_lists_and_the_second_of_two_rows_with_one_key() -> None:
    rows = '[["2006年", "80"], ["2007", "100"], ["2007", "120"]]'
    entries = figure("growth", "25.0", "%") + check("growth", "spending.amount.2007 / spending.amount.2006年 - 1")
    assert not refused(lists_spending=listed(rows), figures_all=entries)
    entries = figure("growth", "20", "%") + check("growth", "spending.amount.2007#2 / spending.amount.2007 - 1")
    assert not refused(lists_spending=listed(rows), figures_all=entries)


def test_rows_with_one_key_have_names_of_their_own_though_a_source_writes_such_a_name_itself() -> None:
    rows = '[["a", "1"], ["a", "2"], ["a#2", "3"], ["a", "4"], ["a#2", "5"]]'
    cells = loaded(lists_spending=listed(rows)).published.cells
    said = {name.removeprefix("spending.amount."): str(cell.value) for name, cell in cells.items()}
    assert said == {"a": "1", "a#3": "2", "a#2": "3", "a#4": "4", "a#2#2": "5"}


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ('institution = "nobody"', "institution: there is no institution nobody"),
        ('figures = ["nothing"]', "figures: there is no figure nothing"),
        ('rules = ["none"]', "rules: there is no rule, group or waterfall none"),
        ('mechanism = "magic"', "mechanism = 'magic'"),
    ],
)
def test_an_arrangement_that_names_what_does_not_exist_is_refused(key: str, said: str) -> None:
    found = refused(arrangements_all=ARRANGEMENT + key)
    assert len(found) == 1
    assert said in found[0]


def test_an_error_brings_no_others_after_it() -> None:
    entries = figure("a", "ein") + figure("r", "2", "倍") + check("r", "a / a")
    assert len(refused(figures_all=entries)) == 1
    broken = DOCUMENT.replace('author = "某室"\n', "")
    assert len(refused(documents_all=broken, figures_all=figure("a", "1"))) == 1


@pytest.mark.parametrize(
    ("documents", "said"),
    [
        (DOCUMENT.replace("report.txt", "../report.txt"), "'../report.txt' is no name of a file"),
        (DOCUMENT.replace("report.txt", "a" * 5_000), "is no name of a file (at most 80 characters"),
        (DOCUMENT + '[[part]]\ndocument = "S3"\nfrom = " "', "from is empty"),
        (DOCUMENT + '[[part]]\ndocument = "S3"\nfrom = "一"\nto = ""', "to is empty"),
    ],
)
def test_a_document_whose_text_or_part_nobody_could_find_is_refused(documents: str, said: str) -> None:
    found = refused(documents_all=documents)
    assert len(found) == 1
    assert said in found[0]


def test_a_part_may_name_a_document_of_a_later_file() -> None:
    part = '[[part]]\ndocument = "S3"\nfrom = "一"\nto = "二"\n'
    assert [one.ends for one in loaded(documents_aa=part).published.parts] == ["二"]
    assert "there is no document S7" in refused(documents_aa=part.replace("S3", "S7"))[0]


@pytest.mark.parametrize(
    ("folder", "word"),
    [
        ("documents", "[[part]]"),
        ("figures", "[[check]]"),
        ("lists", "rd_spending"),
        ("arrangements", "[[arrangement]]"),
    ],
)
def test_the_examples_of_the_manual_have_the_keys_that_the_loader_reads(folder: str, word: str) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", MANUAL.read_text("utf-8"), re.DOTALL)
    [block] = [block for block in blocks if word in block]
    block = block.replace('"…"', '"left"').replace('name = "left"', 'name = "left_out"').replace('"S0"', '"S3"')
    others = [line for line in refused(**{f"{folder}_manual": block}) if "there is no " not in line]
    assert others == []
