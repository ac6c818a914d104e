"""Numbers of before the credit code: right ones are kept and find their firm, wrong ones say what is wrong."""

import dataclasses
from collections.abc import Mapping, Sequence

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_10

from kerong.engine.problems import sentence
from kerong.engine.record.identify import read_credit_codes
from kerong.engine.record.lineage import traced
from kerong.engine.record.old_numbers import OldNumbers, read_registration_numbers
from kerong.engine.record.recorded import recorded
from tests.engine.record.registers import ON, column, one_cell, raw, register, rulebook

CODE = column("credit_code", "credit_code", "统一社会信用代码")
OLD = column("registration_number", "registration_number", "注册号")
FIRM = "9144030071526726XG"  # its organisation code is 71526726-X
BODY = st.text("0123456789", min_size=14, max_size=14)
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def organisation_code(body: str) -> str:
    """GB 11714 as it is written down, a character at a time."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = 11 - sum(weight * CHARACTERS.index(held) for weight, held in zip(weights, body, strict=True)) % 11
    return body + {10: "X", 11: "0"}.get(check, str(check))


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("71526726-X", "71526726X"),
        ("７１５２６７２６－ｘ", "71526726X"),
        ("44030071526726X", "44030071526726X"),
        ("440301103097413", "440301103097413"),
        (" 4403 0110 3097 413 ", "440301103097413"),
    ],
)
def test_a_right_old_number_is_kept_in_a_column_of_credit_codes(cell: str, number: str) -> None:
    assert one_cell(cell, CODE) == (number, [])


@given(BODY)
def test_registration_numbers_agree_with_an_independent_reckoning(body: str) -> None:
    right = body + mod_11_10.calc_check_digit(body)
    wrong = body + str((int(right[-1]) + 1) % 10)
    reading = read_registration_numbers(pl.Series([right, wrong, None, f"{right[:6]} {right[6:]}"]))
    assert reading.values.to_list() == [right, None, None, right]
    assert reading.faults.to_list() == [None, "registration_number_check_digit", None, None]


@given(st.text(CHARACTERS, min_size=8, max_size=8), st.integers(0, 10))
def test_organisation_codes_agree_with_the_standard_read_aloud(body: str, other: int) -> None:
    right = organisation_code(body)
    stated = body + "0123456789X"[other]
    reading = read_credit_codes(pl.Series([right, stated, f"320500{right}"]))
    assert reading.values.to_list() == [right, stated if stated == right else None, f"320500{right}"]


def test_a_wrong_registration_number_is_a_problem_in_words() -> None:
    value, words = one_cell("440301103097414", OLD)
    assert value is None
    neither = "but a check digit of neither a registration number (GS 15) nor a taxpayer number"
    assert words == [f"tax.csv, line 2, “注册号”: 440301103097414 has 15 digits, {neither}"]
    assert one_cell("工商1234", OLD)[1] == [
        "tax.csv, line 2, “注册号”: “工商1234” is no registration number of 15 digits"
    ]


def test_a_credit_code_in_the_column_of_old_numbers_states_none() -> None:
    assert one_cell(FIRM, OLD) == (None, [])


def known(*rows: tuple[str, str | None]) -> OldNumbers:
    schema = {"enterprise_id": pl.String, "registration_number": pl.String}
    return OldNumbers().told_by(pl.DataFrame(list(rows), schema, orient="row"), ["registration_number"])


def test_an_organisation_code_is_the_firm_whose_credit_code_holds_it() -> None:
    numbers, several = known((FIRM, None)).resolved(pl.Series(["71526726X", "44030071526726X", FIRM, "123456788"]))
    assert numbers.to_list() == [FIRM, FIRM, FIRM, "123456788"]
    assert several.to_list() == [False] * 4


def test_a_registration_number_is_the_firm_of_which_a_register_states_it() -> None:
    numbers, _ = known((FIRM, "440301103097413")).resolved(pl.Series(["440301103097413"]))
    assert numbers.to_list() == [FIRM]


def test_an_old_number_of_two_firms_is_nobodys() -> None:
    other = "91990101799655058T"
    numbers, several = known((FIRM, "440301103097413"), (other, "440301103097413")).resolved(
        pl.Series(["440301103097413", "71526726X"])
    )
    assert numbers.to_list() == ["440301103097413", FIRM]
    assert several.to_list() == [True, False]


def test_a_number_that_is_right_as_two_kinds_and_of_two_firms_is_nobodys() -> None:
    both = next(
        number
        for body in range(10**7)
        for code in [organisation_code(f"{body:08d}")]
        for number in [f"440301{code}"]
        if code.isdigit() and mod_11_10.is_valid(number)
    )
    by_code, by_number = f"91440300{both[6:]}A", FIRM
    owners = known((by_code, None), (by_number, both))
    assert owners.resolved(pl.Series([both]))[1].to_list() == [True]
    assert known((by_code, None)).resolved(pl.Series([both]))[0].to_list() == [by_code]


@given(st.permutations([(FIRM, "440301103097413"), ("91990101799655058T", None), (FIRM, None)]))
def test_whose_a_number_is_does_not_depend_on_the_order_of_rows(rows: list[tuple[str, str | None]]) -> None:
    one, other = known(*rows), known(*sorted(rows, key=str))
    assert one.whose.sort(pl.all()).equals(other.whose.sort(pl.all()))
    numbers = pl.Series(["71526726X", "440301103097413"])
    assert one.resolved(numbers)[0].equals(other.resolved(numbers)[0])


COMPANY = dataclasses.replace(
    register(
        column("credit_code", "credit_code", required=True),
        column("registration_number", "registration_number"),
        column("name", "text"),
        row=("enterprise_id",),
        identify="credit_code",
    ),
    name="company",
)
TAX = register(
    column("credit_code", "credit_code"),
    column("registration_number", "registration_number"),
    column("buyer", "credit_code"),
    column("year", "year"),
    column("sales", "count"),
    row=("enterprise_id", "year"),
    identify="credit_code",
)
SECOND = "91990101799655058T"


def told(
    company: Sequence[Mapping[str, str | None]], tax: Sequence[Mapping[str, str | None]]
) -> tuple[pl.DataFrame, list[str]]:
    facts = {
        "company": dataclasses.replace(raw(company, "company.csv"), register="company"),
        "tax": raw(tax, "tax.csv"),
    }
    book = rulebook([COMPANY, TAX], {"name": (("company", "name"),)})
    tax_first = dataclasses.replace(book, registers={"tax": TAX, "company": COMPANY})
    made = recorded(facts, tax_first, ON, whole=("tax",))
    words = [sentence(row, "en") for row in made.problems.to_dicts() if row["kind"].startswith("old_number")]
    return made.registers["tax"].select("enterprise_id", "buyer", "year", "sales").sort(pl.all()), words


def test_rows_under_old_numbers_are_their_firms_and_count_once() -> None:
    company: list[Mapping[str, str | None]] = [
        {"credit_code": FIRM, "registration_number": "440301103097413", "name": "甲"},
        {"credit_code": SECOND, "registration_number": None, "name": "乙"},
    ]
    tax: list[Mapping[str, str | None]] = [
        {"credit_code": "71526726-X", "buyer": SECOND, "year": "2012", "sales": "1"},
        {"credit_code": "440301103097413", "buyer": None, "year": "2013", "sales": "2"},
        {"credit_code": "44030071526726X", "buyer": None, "year": "2014", "sales": "3"},
        {"credit_code": FIRM, "buyer": None, "year": "2014", "sales": "3"},
        {"credit_code": None, "registration_number": "440301103097413", "buyer": None, "year": "2015", "sales": "4"},
        {"credit_code": SECOND, "buyer": "71526726-X", "year": "2012", "sales": "5"},
    ]
    rows, words = told(company, tax)
    assert rows.rows() == [
        (FIRM, None, 2013, 2),
        (FIRM, None, 2014, 3),
        (FIRM, None, 2015, 4),
        (FIRM, SECOND, 2012, 1),
        (SECOND, FIRM, 2012, 5),
    ]
    assert words == []


def test_rows_under_an_old_number_of_two_firms_are_set_aside_in_words() -> None:
    company = [{"credit_code": code, "registration_number": "440301103097413"} for code in (FIRM, SECOND)]
    rows, words = told(company, [{"credit_code": "440301103097413", "buyer": None, "year": "2013", "sales": "2"}])
    assert rows.is_empty()
    assert words == [
        "tax.csv, line 2: several enterprises have the old number 440301103097413; nobody can say whose the row is",
        f"register “company” states the old number 440301103097413 for several enterprises ({FIRM} and others)",
    ]


def test_the_lineage_of_a_value_finds_the_row_under_the_old_number() -> None:
    company = [{"credit_code": FIRM, "registration_number": "440301103097413", "name": "甲"}]
    tax = [{"credit_code": number, "year": "2012"} for number in ("71526726-X", "440301103097413", SECOND)]
    facts = {
        "company": dataclasses.replace(raw(company, "company.csv"), register="company"),
        "tax": raw(tax, "tax.csv"),
    }
    book = rulebook([COMPANY, TAX], {"name": (("company", "name"),), "since": (("tax", "year"),)})
    trace = traced("since", FIRM, facts, book, ON)
    assert trace.value == recorded(facts, book, ON).enterprises["since"].item() == 2012
    assert [(row.line, row.counts) for row in trace.rows] == [(2, True), (3, False)]


def test_a_firm_of_the_register_that_has_an_old_number_alone_goes_by_it() -> None:
    rows, _ = told(
        [{"credit_code": "71526726-X", "registration_number": None, "name": "丙"}],
        [{"credit_code": "71526726X", "buyer": None, "year": "2009", "sales": "9"}],
    )
    assert rows.rows() == [("71526726X", None, 2009, 9)]
