"""A card that somebody changed by hand is read whole and right, or refused with the place, in both languages."""

import copy
import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from kerong.engine.score.card import Card, CardRefused, from_json
from kerong.engine.score.card.calibration import with_prior
from tests.engine.score.card.samples import crowd, fitted, plan

Held = dict[str, Any]
Change = Callable[[Held], object]


@pytest.fixture(scope="module")
def card() -> Card:
    return fitted(crowd(), plan("age", "debt", "trade"))[0]


def line(held: Held, kind: str = "number") -> Held:
    found: Held = next(one for one in held["segments"][-1]["lines"] if one["kind"] == kind)
    return found


def put(key: str, value: object) -> Change:
    return lambda held: held.__setitem__(key, value)


def in_all(key: str, value: object) -> Change:
    return lambda held: held["segments"][-1].__setitem__(key, value)


def in_line(key: str, value: object, kind: str = "number") -> Change:
    return lambda held: line(held, kind).__setitem__(key, value)


def in_bin(key: str, value: object, at: int = 0, kind: str = "number") -> Change:
    return lambda held: line(held, kind)["bins"][at].__setitem__(key, value)


def many_bins(held: Held) -> None:
    one = line(held)["bins"][0]
    line(held)["bins"] = [{**one, "low": low, "high": high} for low, high in pairwise([None, *range(400), None])]


def twice(key: str) -> Change:
    def change(held: Held) -> None:
        found = held[key] if key == "segments" else held["segments"][-1][key]
        found.append(copy.deepcopy(found[0]))

    return change


CHANGES: dict[str, Change] = {
    "points beyond 32 bits": in_bin("points", 2**62),
    "points that would overflow in a sum": in_bin("points", 2**31 - 5),
    "points as text": in_bin("points", "5"),
    "points of a fraction": in_bin("points", 1.5),
    "points true": in_bin("points", value=True),
    "no points": in_bin("points", None),
    "a base beyond 32 bits": in_all("base", 2**62),
    "a base as text": in_all("base", "530"),
    "a bound as text": in_bin("low", "3", 1),
    "a bound left out": in_bin("low", None, 1),
    "a bound that overlaps": in_bin("low", -50.0, 1),
    "bounds in the wrong order": lambda held: line(held)["bins"].reverse(),
    "negative counts": in_bin("goods", -5),
    "counts beyond any population": in_bin("goods", 10**400),
    "no bins": in_line("bins", []),
    "more bins than a byte tells apart": many_bins,
    "no bin for the missing": lambda held: line(held).pop("missing"),
    "nothing for the missing": in_line("missing", None),
    "a list for the missing": in_line("missing", []),
    "a line twice": twice("lines"),
    "a line called subject": in_line("name", "subject"),
    "a line called as the day of the outcome": in_line("name", "outcome_on"),
    "a line called low": in_line("name", "low"),
    "a line with a dot in its name": in_line("name", "row.x"),
    "a line named by a number": in_line("name", 5),
    "no calibration": in_all("calibration", []),
    "a probability above one": in_all("calibration", [[500, 20_000]]),
    "a probability that rises": in_all("calibration", [[400, 1], [500, 9_000]]),
    "steps out of order": in_all("calibration", [[500, 9_000], [400, 1]]),
    "steps as text": in_all("calibration", "abc"),
    "steps beyond 64 bits": in_all("calibration", [[2**70, 5]]),
    "no segments": put("segments", []),
    "segments as a table": put("segments", {}),
    "nobody reads the rest": in_all("name", "x"),
    "a segment twice": twice("segments"),
    "no lines": in_all("lines", []),
    "a version that is true": put("version", value=True),
    "a rate above one": put("rate_bp", 10_001),
    "a rate as text": put("rate_bp", "x"),
    "a base rate of nought": put("prior_bp", 0),
    "a base rate of one": put("prior_bp", 10_000),
    "more bads than rows": put("bads", 10**9),
    "negative rows": put("rows", -1),
    "a window as text": put("window", "ab"),
    "a window from after to before": put("window", ["2020-01-01", "2001-01-01"]),
    "a scaling without meaning": put("scaling", {"points": 600, "odds": -1, "pdo": 20}),
    "a scaling of text": put("scaling", {"points": 600, "odds": "x", "pdo": 20}),
    "another kind": in_line("kind", "x"),
    "numbers read as categories": in_line("kind", "category"),
    "a category in two bins": lambda held: line(held, "category")["bins"].append(line(held, "category")["bins"][0]),
    "a text for categories": in_bin("categories", "abc", kind="category"),
    "categories that are numbers": in_bin("categories", [1], kind="category"),
    "no bin for other categories": in_line("other", None, "category"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_card_changed_by_hand_is_refused_in_both_languages(card: Card, change: Change) -> None:
    held = json.loads(card.to_json())
    change(held)
    with pytest.raises(CardRefused, match="no card") as refused:
        from_json(json.dumps(held))
    assert "评分卡" in refused.value.said.zh


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "9" * 5_000])
def test_numbers_that_nothing_can_hold_are_refused(card: Card, number: str) -> None:
    held = json.loads(card.to_json())
    line(held)["bins"][0]["woe"] = "HERE"
    with pytest.raises(CardRefused, match="no card"):
        from_json(json.dumps(held).replace('"HERE"', number))


def test_a_text_nested_too_deeply_or_too_long_is_refused(card: Card) -> None:
    for text in ("[" * 200_000, card.to_json() + " " * 20_000_001):
        with pytest.raises(CardRefused, match="no card"):
            from_json(text)


def test_the_refusal_says_where_it_is_wrong(card: Card) -> None:
    held = json.loads(card.to_json())
    line(held)["bins"][1]["points"] = 2**40
    with pytest.raises(CardRefused, match=r"segment\.0\.line\.0\.bins\.1\.points"):
        from_json(json.dumps(held))


def test_a_probability_of_never_or_always_is_moved_as_the_nearest_that_has_odds(card: Card) -> None:
    held = json.loads(card.to_json())
    held["segments"][-1]["calibration"] = [[400, 10_000], [600, 0]]
    steps = with_prior(from_json(json.dumps(held)), 2_000).segments[-1].calibration
    assert steps[0][1] >= 9_990
    assert steps[-1][1] == 1


def test_a_card_of_one_outcome_has_no_odds_to_move(card: Card) -> None:
    held = {**json.loads(card.to_json()), "bads": 0}
    with pytest.raises(ValueError, match="no odds"):
        with_prior(from_json(json.dumps(held)), 2_000)
