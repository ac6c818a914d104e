import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

from kerong.lab.credit_codes import credit_codes, registration_numbers, wrong_check_digit

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_every_code_is_valid_and_no_two_organisations_are_the_same(seed: int, count: int) -> None:
    codes = credit_codes(np.random.default_rng(seed), np.full(count, "990105"))
    assert all(uscc.is_valid(code) for code in codes)
    assert len({code[8:17] for code in codes}) == count


def test_the_organisation_part_carries_its_own_check_digit() -> None:
    for code in credit_codes(np.random.default_rng(3), np.full(300, "990102")):
        body, check = code[8:16], code[16]
        rest = sum(int(sign, 36) * weight for sign, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True)) % 11
        assert check == {1: "X", 0: "0"}.get(rest, str(11 - rest))


def test_a_code_holds_the_district_that_registered_the_firm() -> None:
    codes = credit_codes(np.random.default_rng(1), np.array(["990102", "990121"]))
    assert [code[2:8] for code in codes] == ["990102", "990121"]


@given(st.integers(0, 2**32 - 1))
def test_a_wrong_check_digit_is_never_valid(seed: int) -> None:
    (code,) = credit_codes(np.random.default_rng(seed), np.array(["990102"]))
    assert not uscc.is_valid(wrong_check_digit(str(code)))


@given(st.integers(0, 2**32 - 1), st.integers(0, 40))
def test_every_registration_number_has_its_check_digit_and_is_borne_once(seed: int, count: int) -> None:
    numbers = registration_numbers(np.random.default_rng(seed), np.full(count, "990105")).tolist()
    assert all(mod_11_10.is_valid(number) for number in numbers)
    assert len(set(numbers)) == count
