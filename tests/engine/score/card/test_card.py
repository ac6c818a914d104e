"""A card as text: the same card comes back, and any other text is refused with its reason."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.score.card import Card, Characteristic, Plan, Scaling, Segment, from_json
from kerong.engine.score.card.points import base_points, bin_points, probability_bp, steps
from tests.engine.score.card.samples import crowd, fitted, plan


@pytest.fixture(scope="module")
def card() -> Card:
    return fitted(crowd(), plan("age", "debt", "trade"))[0]


def test_the_text_of_a_card_gives_the_same_card_and_the_same_text(card: Card) -> None:
    again = from_json(card.to_json())
    assert again == card
    assert again.to_json() == card.to_json()


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_a_card_of_another_version_is_refused(card: Card, version: object) -> None:
    held = {**json.loads(card.to_json()), "version": version}
    with pytest.raises(ValueError, match="version"):
        from_json(json.dumps(held))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "3", '{"version": 1}'])
def test_what_is_no_card_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no card"):
        from_json(text)


def test_a_card_with_a_key_too_many_is_refused(card: Card) -> None:
    with pytest.raises(ValueError, match="no card"):
        from_json(json.dumps({**json.loads(card.to_json()), "more": 1}))


def test_a_card_that_is_no_number_cannot_be_written(card: Card) -> None:
    line = card.segments[0].lines[0]
    broken = replace(line, missing=replace(line.missing, woe=float("nan")))
    with pytest.raises(ValueError, match="JSON"):
        replace(card, segments=(replace(card.segments[0], lines=(broken,)),)).to_json()


@given(st.floats(-20, 20), st.floats(-20, 20), st.floats(0, 5), st.integers(1, 100))
def test_safer_bins_never_have_fewer_points(one: float, other: float, coefficient: float, pdo: int) -> None:
    scaling, (low, high) = Scaling(pdo=pdo), sorted((one, other))
    assert bin_points(low, coefficient, scaling) <= bin_points(high, coefficient, scaling)


def test_the_points_of_the_scaling_stand_for_its_odds() -> None:
    scaling = Scaling(points=600, odds=50, pdo=20)
    assert base_points(-3.912023, scaling) == 600  # odds of bad 1 : 50
    assert probability_bp(600, scaling) == 196  # 1 / 51
    assert probability_bp(620, scaling) == 99  # 1 / 101
    assert probability_bp(10**6, scaling) == 1
    assert probability_bp(-(10**6), scaling) == 9_999


@given(st.integers(-500, 900), st.integers(0, 600))
def test_steps_tell_the_probability_of_every_number_of_points(worst: int, span: int) -> None:
    scaling = Scaling()
    found = steps(worst, worst + span, scaling)
    assert found[0][0] == worst
    assert all(before[1] > after[1] for before, after in pairwise(found))
    for points in range(worst, worst + span + 1):
        read = [bp for least, bp in found if least <= points][-1]
        assert read == probability_bp(points, scaling)


@pytest.mark.parametrize("name", ["low", "high", "subject", "on", "outcome", "segment"])
def test_a_characteristic_may_not_take_the_name_of_a_column_of_scores(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Plan("p", (Characteristic(name),))


def test_names_that_stand_twice_and_numbers_without_meaning_are_refused() -> None:
    once = (Characteristic("a"),)
    with pytest.raises(ValueError, match="twice"):
        Plan("p", (*once, *once))
    with pytest.raises(ValueError, match="twice"):
        Plan("p", once, (Segment("all"),))
    with pytest.raises(ValueError, match="bins_most"):
        Plan("p", once, bins_most=0)
    with pytest.raises(ValueError, match="bin_least_bp"):
        Plan("p", once, bin_least_bp=10_001)
    with pytest.raises(ValueError, match="pdo"):
        Plan("p", once, scaling=Scaling(pdo=0))
    with pytest.raises(ValueError, match="odds"):
        Plan("p", once, scaling=Scaling(odds=float("inf")))
