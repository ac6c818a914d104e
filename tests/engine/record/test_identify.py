"""Credit codes: what is only written otherwise is right, what is wrong is set aside with its reason."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from kerong.engine.record.identify import ALPHABET, read_credit_codes
from tests.engine.record.registers import FIRM, column, one_cell

CODE = column("credit_code", "credit_code", "统一社会信用代码")
BODY = st.tuples(
    st.text(ALPHABET, min_size=2, max_size=2), st.integers(0, 999_999), st.text(ALPHABET, min_size=9, max_size=9)
)
NEITHER = "but a check digit of neither a registration number (GS 15) nor a taxpayer number"
SPELLINGS = [
    FIRM,
    FIRM.lower(),
    f" {FIRM}\u3000",
    "９１９９０１０５ＭＡ１ＭＥＡＢ３５Ｐ",
    "919901 05MA1MEAB3-5P",
    f"\ufeff{FIRM}",
]


@pytest.mark.parametrize("cell", SPELLINGS)
def test_another_spelling_of_a_code_is_the_code(cell: str) -> None:
    assert one_cell(cell, CODE) == (FIRM, [])


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("9.14E+17", "a spreadsheet has turned the credit code into 9.14E+17"),
        ("9199O105MA1MEAB35P", "credit code 9199O105MA1MEAB35P has an I, O, S, V or Z, which none has"),
        ("91990105MA1MEAB35Q", "the check digit of credit code 91990105MA1MEAB35Q is wrong"),
        ("9.14011E+17", "a spreadsheet has turned the credit code into 9.14011E+17"),
        ("3.205E+14", "a spreadsheet has turned the credit code into 3.205E+14"),
        ("320500000012345", f"320500000012345 has 15 digits, {NEITHER}"),
        ("32050071526726A", "credit code 32050071526726A has not 18 characters"),
        (
            "320500MA1MEAB31",
            "the check digit of the organisation code in the old taxpayer number 320500MA1MEAB31 is wrong",
        ),
        ("71526726-1", "the check digit of organisation code 71526726-1 is wrong (GB 11714)"),
        ("91990105MA1MEAB3", "credit code 91990105MA1MEAB3 has not 18 characters"),
        ("91990105MA1MEAB35￥", "91990105MA1MEAB35￥ is no credit code"),
    ],
)
def test_a_wrong_code_is_a_problem_that_says_what_is_wrong(cell: str, words: str) -> None:
    assert one_cell(cell, CODE) == (None, [f"tax.csv, line 2, “统一社会信用代码”: {words}"])


@given(
    st.one_of(
        st.text(ALPHABET, min_size=16, max_size=19),
        st.text(max_size=20),
        BODY.map(lambda b: f"{b[0]}{b[1]:06d}{b[2]}0"),
    )
)
def test_a_code_of_eighteen_characters_is_right_where_an_independent_reader_says_so(text: str) -> None:
    """It asks for digits in the first two places, where the standard has letters too: there the check decides."""
    is_right = len(text) == 18 and read_credit_codes(pl.Series([text])).values.to_list() == [text]
    written = text.isascii() and text.isalnum() and text == text.upper()
    shaped = written and len(text) == 18 and text[2:8].isdigit() and set(text) <= set(ALPHABET)
    if shaped and not text[:2].isdigit():
        assert is_right == (text[-1] == uscc.calc_check_digit(text[:17]))
    else:
        assert is_right == (written and uscc.is_valid(text))


@given(BODY)
def test_the_check_digit_agrees_with_an_independent_reckoning(body: tuple[str, int, str]) -> None:
    first = f"{body[0]}{body[1]:06d}{body[2]}"
    right = first + uscc.calc_check_digit(first)
    wrong = first + ALPHABET[(ALPHABET.index(right[-1]) + 1) % 31]
    assert read_credit_codes(pl.Series([right, wrong, None])).values.to_list() == [right, None, None]
