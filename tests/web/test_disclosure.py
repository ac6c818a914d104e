"""Small counts stay hidden, also from subtraction."""

from itertools import product
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.web.base.disclosure import FEW, HIDDEN, joined, may_show_amount, shown, shown_parts, withheld
from kerong.web.base.selectors.overview import Tile, overview, tile_map
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.rule_figures import rule_figures


@pytest.fixture
def published(db: None, city_run: Path) -> Published:
    """The city's run, read afresh: these tests change its numbers."""
    return Published("changed", city_run)


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
    assert shown_parts({1: 40, 2: 7}, whole=HIDDEN) == {1: 40, 2: HIDDEN}


def test_parts_of_a_hidden_whole_leave_open_that_it_is_one_less() -> None:
    assert shown_parts({1: 296, 2: 3}, whole=HIDDEN) == {1: HIDDEN, 2: HIDDEN}


def test_parts_of_one_or_two_do_not_tell_which() -> None:
    assert shown_parts({1: 1, 2: 1, 3: 0}, whole=FEW) == {1: HIDDEN, 2: HIDDEN, 3: HIDDEN}


@given(COUNTS)
def test_a_sum_of_shown_parts_tells_no_more_than_they_do(parts: dict[str, int]) -> None:
    told = shown_parts(parts)
    sum_told = joined(told.values())
    assert sum_told in (sum(parts.values()), FEW, HIDDEN)
    assert isinstance(sum_told, str) == any(isinstance(count, str) for count in told.values())


@given(COUNTS)
def test_hidden_amounts_do_not_add_up_to_what_one_or_two_get(behind: dict[str, int]) -> None:
    hidden = withheld(behind)
    assert {name for name, count in behind.items() if count in (1, 2)} <= hidden
    if hidden and max(behind.values()) >= 3:
        assert max(behind[name] for name in hidden) >= 3


def _small_region(published: Published, counts: dict[str, int]) -> None:
    """Districts of the run with these numbers of enterprises, all of them paid 100 fen each."""
    lines = published.summary["districts"][: len(counts)]
    for line, (code, count) in zip(lines, counts.items(), strict=True):
        line.update(code=code, enterprises=count, certain=count, paid=count, policy_fen=100 * count)
    published.summary["districts"] = lines


@pytest.mark.parametrize("measure", ["enterprises", "certain", "policy_fen"])
def test_no_district_can_be_worked_out_from_the_others(published: Published, measure: str) -> None:
    _small_region(published, {"a": 1, "b": 50, "c": 60})
    values = {tile.code: tile.value for tile in _tiles(published, measure)}
    assert sum(value in (HIDDEN, FEW, "—") for value in values.values()) == 2
    assert values["b"] in (HIDDEN, "—")


def test_one_paid_enterprise_among_many_does_not_show_what_it_gets(published: Published) -> None:
    _small_region(published, {"a": 40, "b": 50, "c": 60})
    published.summary["districts"][0]["paid"] = 1
    values = {tile.code: tile.value for tile in _tiles(published, "policy_fen")}
    assert (values["a"], values["b"]) == ("—", "—")


def _tiles(published: Published, measure: str) -> tuple[Tile, ...]:
    shown_map = tile_map(published, measure, "en", exact=False)
    return shown_map.tiles + shown_map.elsewhere


def _met(published: Published, name: str, count: int) -> None:
    line = next(line for line in published.summary["rules"] if line["name"] == name)
    line["enterprises"]["failed"] += line["enterprises"]["met"] - count
    line["enterprises"]["met"] = count


def _paying_policies(published: Published) -> list[str]:
    found = rule_figures(published, exact=True)
    return [name for name, item in found.items() if item.rule.is_policy and item.awarded_fen]


def test_the_amount_of_a_rule_for_one_cannot_be_subtracted_from_the_sum(published: Published) -> None:
    first, *others = _paying_policies(published)
    _met(published, first, 1)
    told = rule_figures(published, exact=False)
    assert told[first].awarded_fen is None
    assert any(told[name].awarded_fen is None and told[name].met_exact >= 3 for name in others)


def test_the_sum_is_hidden_where_it_is_what_one_gets(published: Published) -> None:
    for name in _paying_policies(published):
        _met(published, name, 1)
    assert overview(published, "enterprises", "en", exact=False).policy_fen is None
    assert overview(published, "enterprises", "en", exact=True).policy_fen is not None


def test_the_order_by_reach_does_not_tell_one_from_two(published: Published) -> None:
    gives = [name for name, rule in published.rulebook.rules.items() if not rule.gives_nothing]
    names = sorted(line["name"] for line in published.summary["rules"] if line["name"] in gives)
    for number, name in enumerate(names):
        _met(published, name, 1 + number % 2)
    reach = overview(published, "enterprises", "en", exact=False).by_reach
    assert [item.rule.name for item in reach] == names[: len(reach)]


def test_bins_and_grades_of_the_same_scores_do_not_explain_each_other(published: Published) -> None:
    """Five with the best grade, one of them alone in its bin: neither table shows what the other hides."""
    points = [300] * 40 + [710] * 4 + [760]
    published.__dict__["scores"] = pl.DataFrame({"points": points, "grade": ["C"] * 40 + ["A"] * 5})
    shown_spread = overview(published, "enterprises", "en", exact=False)
    assert dict(shown_spread.grades)["A"] == HIDDEN
    assert dict(shown_spread.grades)["C"] == 40
    assert shown_spread.histogram["shown"][14:16] == [HIDDEN, FEW]


def test_counts_of_one_and_two_are_few_and_nothing_is_nothing() -> None:
    assert [shown(count) for count in (0, 1, 2, 3)] == [0, FEW, FEW, 3]


def test_amounts_are_shown_for_three_and_more() -> None:
    assert [may_show_amount(count) for count in (0, 1, 2, 3)] == [True, False, False, True]
