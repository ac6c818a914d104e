"""A shipped pack with one slip of content in it: the error names file and line, and what would help."""

import re

import pytest

from kerong.rulebook import load
from kerong.rulebook.sheets import ELSEWHERE, RulebookError, RulebookErrors
from kerong.store.packs import read_pack

COUNTY = "policies/county_interest_subsidy.toml"
LOAN = "products/cluster_loan.toml"
BANKS = "arrangements/bank_model.toml"
SLIP = "figures/slip.toml"
FIGURE = """[[figure]]
name = "{name}"
title = {{ zh = "贷款", en = "Loans" }}
value = "{value}"
unit = "亿元"
{as_of}
subject = "slip_loans"
source = {{ document = "S3", clause = "一", quote = ["贷款"] }}
"""


def figure(name: str, value: str, as_of: str = 'as_of = "2024-06"') -> str:
    return FIGURE.format(name=name, value=value, as_of=as_of)


def errors_of(file: str, text: str) -> tuple[RulebookError, ...]:
    with pytest.raises(RulebookErrors) as refused:
        load({**read_pack("suzhou"), file: text})
    return refused.value.errors


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        (
            COUNTY,
            r'"(\d{6})" = [\d_]+, ',
            "",
            r"table total_bp: district \1 has no entry (give it one, or say otherwise",
        ),
        (COUNTY, r'"(\d{6})" = ', '"999999" = ', "table total_bp: there is no district '999999'"),
        (COUNTY, r'provider = "(\w+)"', r'provider = "\1x"', r"there is no institution \1x (did you mean \1?)"),
        (COUNTY, r'level = "(\w+)"', r'level = "\1x"', r"level: there is no level \1x (did you mean \1?)"),
        (LOAN, r'provider = "(\w+)"', r'provider = "\1x"', r"there is no institution \1x (did you mean \1?)"),
        (BANKS, r'institution = "(\w+)"', r'institution = "\1x"', r"there is no institution \1x (did you mean \1?)"),
        (BANKS, r'rules = \["(\w+)"', r'rules = ["\1x"', r"there is no rule, group or waterfall \1x"),
        (BANKS, r'document = "(\w+)"', 'document = "S99"', "there is no document S99 to quote"),
    ],
)
def test_a_slip_is_told_first_with_its_file_its_line_and_what_would_help(
    file: str, right: str, wrong: str, said: str
) -> None:
    text = read_pack("suzhou")[file]
    found = re.search(right, text)
    assert found is not None
    first, *others = errors_of(file, text[: found.start()] + found.expand(wrong) + text[found.end() :])
    assert (first.file, first.line) == (
        file,
        text.count("\n", 0, found.start()) + 1 - first.message.startswith("source"),
    )
    assert found.expand(said) in str(first)
    assert [str(error) for error in others if not error.message.endswith(ELSEWHERE)] == []


def test_a_district_that_the_region_gains_is_missing_from_every_table_by_district() -> None:
    more = '\n[[district]]\ncode = "320599"\ntitle = { zh = "新区", en = "New" }\nat = [9, 9]\n'
    first, *_ = errors_of("region.toml", read_pack("suzhou")["region.toml"] + more)
    assert first.file == COUNTY
    assert "district 320599 has no entry" in first.message
    assert read_pack("suzhou")[COUNTY].split("\n")[first.line - 1].startswith("of = ")


@pytest.mark.parametrize(
    ("as_of", "line", "said"),
    [
        ("", 1, "as_of is missing"),
        ('as_of = ""', 6, "is no date of a figure"),
        ('as_of = "2024-13"', 6, "is no date of a figure"),
        ('as_of = "last year"', 6, "is no date of a figure"),
        ("as_of = 2024-06-30", 6, "as_of must be"),
        ('as_of = "undated"', 6, "an undated figure says why it has no date"),
    ],
)
def test_a_figure_without_a_date_is_told(as_of: str, line: int, said: str) -> None:
    (error,) = errors_of(SLIP, figure("slip", "5872.92", as_of))
    assert (error.file, error.line) == (SLIP, line)
    assert said in error.message


def test_two_figures_that_cannot_both_be_are_told_with_both_places() -> None:
    first = figure("slip_one", "5872.92")
    (error,) = errors_of(SLIP, first + figure("slip_two", "5873.92"))
    assert (error.file, error.line) == (SLIP, first.count("\n") + 4)
    assert "5872.92 亿元 (slip_one) and 5873.92 亿元 (slip_two) contradict each other" in error.message
    assert error.hint.startswith(f"slip_one stands in {SLIP}:1;")


def test_figures_that_contradict_each_other_in_two_files_are_told_too() -> None:
    with pytest.raises(RulebookErrors) as refused:
        load({**read_pack("suzhou"), SLIP: figure("slip_one", "1"), "figures/zz.toml": figure("slip_two", "2")})
    (error,) = refused.value.errors
    assert error.file == "figures/zz.toml"
    assert "slip_one stands in figures/slip.toml:1" in error.hint
