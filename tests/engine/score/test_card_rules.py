"""A card as rule data: it comes back to the last bit, and loops, Polars and the plain evaluator read it alike."""

import itertools
import json
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.score.card import from_json, score
from kerong.engine.score.credit import line_points, points_of
from kerong.rulebook.cards import CardRules, parts_of, text_of
from kerong.rulebook.load_cards import held_of, values_of
from kerong.rulebook.said import Place, Text
from kerong.rulebook.sheets import RulebookError, Stop, sheet

ON = date(2025, 6, 30)
SOURCE = Text("拟合于合成城市，“引号”\\反斜线", 'fitted on "made-up" data\twith a tab')
FINITE = st.floats(allow_nan=False, allow_infinity=False)
POINTS = st.integers(-300, 300)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6)


def told() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"goods": st.integers(0, 10**6), "bads": st.integers(0, 10**6), "woe": FINITE, "points": POINTS}
    )


@st.composite
def lines(draw: st.DrawFn, name: str) -> dict[str, Any]:
    apart: dict[str, Any] = {"low": None, "high": None, "categories": []}
    missing = {**apart, **draw(told())}
    if draw(st.booleans()):
        cuts = sorted(draw(st.sets(FINITE, max_size=5)))
        ends = [None, *cuts, None]
        bins = [{"low": a, "high": b, "categories": [], **draw(told())} for a, b in itertools.pairwise(ends)]
        return {"name": name, "kind": "number", "bins": bins, "missing": missing, "other": None}
    words = sorted(draw(st.sets(WORDS, min_size=1, max_size=4)))
    bins = [{"low": None, "high": None, "categories": [word], **draw(told())} for word in words]
    return {"name": name, "kind": "category", "bins": bins, "missing": missing, "other": {**apart, **draw(told())}}


@st.composite
def cards(draw: st.DrawFn) -> dict[str, Any]:
    def segment(name: str, condition: str | None) -> dict[str, Any]:
        own = [draw(lines(f"x{number}")) for number in range(draw(st.integers(1, 3)))]
        starts = sorted(draw(st.sets(st.integers(-2000, 2000), min_size=1, max_size=4)))
        chances = sorted(
            draw(st.lists(st.integers(0, 10_000), min_size=len(starts), max_size=len(starts))), reverse=True
        )
        steps = [list(step) for step in zip(starts, chances, strict=True)]
        return {"name": name, "condition": condition, "base": draw(POINTS), "lines": own, "calibration": steps}

    segments = [segment("young", "enterprise.age_years < 3")] if draw(st.booleans()) else []
    rows = draw(st.integers(0, 10**9))
    return {
        "name": "made",
        "version": 1,
        "fitted_on": "2025-01-31",
        "window": ["2022-01-01", "2024-12-31"],
        "rows": rows,
        "bads": draw(st.integers(0, rows)),
        "rate_bp": draw(st.integers(0, 10_000)),
        "prior_bp": draw(st.none() | st.integers(1, 9_999)),
        "scaling": {"points": 600, "odds": draw(st.floats(0.01, 1e6)), "pdo": draw(st.integers(1, 100))},
        "segments": [*segments, segment("all", None)],
    }


def rules(held: dict[str, Any]) -> CardRules:
    return CardRules("made", "model", SOURCE, {}, held, parts_of(held), Place("cards/made.toml", 1))


def values_for(line: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that lie in, between and exactly on the bounds, and what is no value."""
    if line["kind"] == "category":
        words = [word for one in line["bins"] for word in one["categories"]]
        return st.sampled_from(words) | st.none() | WORDS
    cuts = [one["high"] for one in line["bins"][:-1]] or [0.0]
    odd = [float("nan"), float("inf"), float("-inf"), 0.0, -0.0, 1.7976931348623157e308, 5e-324]
    return st.sampled_from([*cuts, *odd]) | st.none() | st.floats()


@settings(deadline=None)
@given(cards())
def test_a_card_that_was_written_is_read_back_to_the_last_bit(held: dict[str, Any]) -> None:
    values = {"x0": "enterprise.age_years", "x1": "case when enterprise.kind = 'a\"b' then 1 else 2 end"}
    errors: list[RulebookError] = []
    text = text_of(held, "model", SOURCE, values)
    read = sheet("cards/made.toml", text, errors)
    assert read is not None, errors
    again, expressions = held_of(read), values_of(read)
    assert json.dumps(again, sort_keys=True) == json.dumps(held, sort_keys=True)
    assert expressions == values
    assert read.title("source") == SOURCE
    assert text_of(again, "model", SOURCE, values) == text
    assert from_json(json.dumps(again)) == from_json(json.dumps(held))


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_loops_polars_and_the_plain_evaluator_read_a_card_alike(data: st.DataObject) -> None:
    held = data.draw(cards())
    card, read = from_json(json.dumps(held)), rules(held)
    asked: dict[str, dict[str, Any]] = {}
    for segment in held["segments"]:
        for line in segment["lines"]:
            asked.setdefault(line["name"], line)
    kinds = {name: line["kind"] for name, line in asked.items()}
    clash = [one for s in held["segments"] for one in s["lines"] if kinds[one["name"]] != one["kind"]]
    count = data.draw(st.integers(1, 6))
    columns = {
        name: pl.Series(data.draw(st.lists(values_for(line), min_size=count, max_size=count)), dtype=_dtype(line))
        for name, line in asked.items()
        if not clash
    }
    places = data.draw(
        st.lists(st.sampled_from(["young", "all", "none of them", None]), min_size=count, max_size=count)
    )
    rows = pl.DataFrame(
        {"subject": [f"S{n}" for n in range(count)], "segment": pl.Series(places, dtype=pl.String), **columns}
    )
    by_loops, by_polars = score(rows, card), line_points(rows, read, ON)
    for at, row in enumerate(rows.iter_rows(named=True)):
        by_hand = points_of(row, row["segment"], read, ON)
        assert by_loops["points"][at] == by_polars["points"][at] == by_hand.pop("")
        for name, points in by_hand.items():
            assert by_loops[f"points_{name}"][at] == by_polars[f"points_{name}"][at] == points


def _dtype(line: dict[str, Any]) -> pl.DataType:
    return pl.String() if line["kind"] == "category" else pl.Float64()


GOOD = """name = "made"
version = 1
model = "m"
fitted_on = 2025-01-31
window = [2024-01-01, 2024-12-31]
rows = 10
bads = 2
rate_bp = 2000
source = { zh = "甲", en = "a" }
[scaling]
points = 600
odds = 50.0
pdo = 20
[values]
x = "enterprise.x"
[[segment]]
name = "all"
base = 600
calibration = [[500, 900], [600, 100]]
[[segment.line]]
name = "x"
kind = "number"
bins = [
  { high = 1.0, goods = 1, bads = 1, woe = -0.5, points = -10 },
  { low = 1.0, goods = 7, bads = 1, woe = 0.5, points = 12 },
]
missing = { goods = 0, bads = 0, woe = 0.0, points = 0 }
"""


@pytest.mark.parametrize(
    ("was", "now", "at", "told_so"),
    [
        ("version = 1", "version = 2", 2, "this program reads version 1"),
        ("window = [2024-01-01", "window = [2025-01-01", 5, "the first and the last day"),
        ("bads = 2", "bads = 11", 7, "11 bads among 10 rows"),
        ('name = "all"', 'name = "some"', 17, "the last segment is called all"),
        ("[600, 100]]", "[600, 950]]", 19, "the probability never does"),
        ("low = 1.0", "low = 2.0", 23, "bins follow one another"),
        ("high = 1.0", "low = 0.0, high = 1.0", 23, "bins follow one another"),
        ("points = 12", "points = 1.5", 23, "points must be a whole number"),
        ('kind = "number"', 'kind = "category"', 23, "unknown key 'high'"),
        ("woe = 0.5", "woe = inf", 23, "is no number"),
        ("rate_bp = 2000", "rate_bp = 2000\nprior_bp = 10000", 9, "a base rate lies between 0 and 1"),
        ("odds = 50.0", "odds = 0", 12, "odds are above 0"),
    ],
)
def test_what_is_wrong_with_a_card_is_told_by_its_line(was: str, now: str, at: int, told_so: str) -> None:
    text = GOOD.replace(was, now, 1)
    assert text != GOOD
    errors: list[RulebookError] = []
    read = sheet("cards/made.toml", text, errors)
    if read is not None:
        with pytest.raises(Stop):
            held_of(read)
    assert any(told_so in one.message for one in errors), errors
    assert at in {one.line for one in errors}, errors
