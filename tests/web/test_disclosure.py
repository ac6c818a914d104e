"""Small counts stay hidden, also from subtraction."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from kerong.web.base.disclosure import FEW, HIDDEN, may_show_amount, shown, shown_parts

COUNTS = st.dictionaries(st.sampled_from("abcde"), st.integers(0, 12), min_size=1)


def _could_be(told: int | str, whole: int) -> range:
    if told == FEW:
        return range(1, 3)
    return range(3, whole + 1) if told == HIDDEN else range(int(told), int(told) + 1)


@given(COUNTS)
def test_no_small_count_can_be_told_from_the_others_and_their_sum(parts: dict[str, int]) -> None:
    whole, told = sum(parts.values()), shown_parts(parts)
    possible = [dict(zip(told, v, strict=True)) for v in product(*(_could_be(told[n], whole) for n in told))]
    fitting = [item for item in possible if sum(item.values()) == whole]
    for name, count in parts.items():
        if count in (1, 2) and any(told[other] == parts[other] != 0 for other in parts):
            assert {item[name] for item in fitting} == {1, 2}


@given(COUNTS)
def test_a_count_that_is_shown_is_the_true_one(parts: dict[str, int]) -> None:
    told = shown_parts(parts)
    assert all(told[name] in (parts[name], FEW, HIDDEN) for name in parts)
    assert not any(told[name] == parts[name] for name in parts if parts[name] in (1, 2))


def test_the_part_that_may_yield_is_hidden_first() -> None:
    assert shown_parts({"met": 5, "unknown": 1, "failed": 90}, yields="failed") == {
        "met": 5,
        "unknown": FEW,
        "failed": HIDDEN,
    }


def test_parts_of_a_hidden_whole_do_not_add_up_to_it() -> None:
    assert shown_parts({1: 40, 2: 7}, whole_hidden=True) == {1: 40, 2: HIDDEN}


def test_counts_of_one_and_two_are_few_and_nothing_is_nothing() -> None:
    assert [shown(count) for count in (0, 1, 2, 3)] == [0, FEW, FEW, 3]


def test_amounts_are_shown_for_three_and_more() -> None:
    assert [may_show_amount(count) for count in (0, 1, 2, 3)] == [True, False, False, True]
