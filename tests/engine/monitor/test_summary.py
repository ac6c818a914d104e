"""The region at a glance."""

import json

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.monitor import summary
from kerong.engine.problems import problems
from tests.engine.monitor.book import ON, VERDICTS, rule, rulebook

BOOK = rulebook([rule("grant", "subsidy", "loan"), rule("credit", "loan")])
ENTERPRISES = pl.DataFrame(
    {
        "enterprise_id": ["E1", "E2", "E3", "E4"],
        "district": ["2", "2", None, "9"],
        "is_high_tech": [True, False, None, True],
    }
)
SCORES = pl.DataFrame(
    {
        "enterprise_id": ["E1", "E2", "E3", "E4"],
        "stage": ["seed", None, "exit", "seed"],
        "industry_group": ["M", "C", "C", None],
        "grade": ["A", "B", "B", "A"],
        "points": [1000, 49, 50, 500],
        "points_high": [1000, 100, 100, 600],
        "coverage_bp": [10_000, 9_000, 8_000, 7_000],
    },
    schema_overrides={"points": pl.Int32, "points_high": pl.Int32},
)
ROWS: list[tuple[str, str, str, int, int, int | None, int | None]] = [
    ("credit", "E1", "", 1, 0, 900, 900),
    ("credit", "E2", "", 0, 1, None, None),
    ("credit", "E3", "", 2, 2, None, None),
    ("credit", "E4", "", 0, 2, None, None),
    ("grant", "E1", "a", 0, 2, None, None),
    ("grant", "E1", "b", 1, 0, 2**62, 2**62),
    ("grant", "E2", "a", 1, 0, 2**62, 2**62),
    ("grant", "E2", "b", 1, 0, 2**62, 7),
    ("grant", "E3", "", 0, -1, None, None),
    ("grant", "E4", "a", 0, 1, None, None),
    ("grant", "E4", "b", 0, 2, None, None),
    ("grant", "E4", "c", 3, 1, None, None),
]
OFFERS = pl.DataFrame(
    {"enterprise_id": ["E1", "E1", "E2", "E3"], "rank": [1, 2, 1, 1], "outcome": [1, 1, 1, 2]},
    schema_overrides={"outcome": pl.Int8},
)
PROBLEMS = problems(
    {"stage": "record", "kind": kind, "severity": "quarantined", "register": "tax"} for kind in ("b", "a", "b")
)
CONFLICTS = pl.DataFrame(
    [("E1", "employees", True, "order"), ("E1", "employees", False, "order"), ("E2", "employees", False, "order")],
    schema={"enterprise_id": pl.String, "field": pl.String, "won": pl.Boolean, "by": pl.String},
    orient="row",
)


def told(verdicts: pl.DataFrame | None = None) -> dict[str, object]:
    table = pl.DataFrame(ROWS, schema=VERDICTS, orient="row") if verdicts is None else verdicts
    return summary(ENTERPRISES, SCORES, table, OFFERS, PROBLEMS, CONFLICTS, BOOK, ON)


def section(name: str) -> dict[str, object]:
    found = told()[name]
    assert isinstance(found, dict)
    return found


def entries(name: str) -> list[dict[str, object]]:
    found = told()[name]
    assert isinstance(found, list)
    return found


def test_the_summary_is_plain_json_and_says_region_and_day() -> None:
    whole = told()
    assert json.loads(json.dumps(whole, allow_nan=False)) == whole
    assert (whole["version"], whole["on"]) == (1, "2025-06-30")


def test_enterprises_are_counted_by_stage_grade_and_industry_with_the_unknown_last() -> None:
    assert section("enterprises") == {
        "count": 4,
        "by_stage": [
            {"name": "seed", "count": 2},
            {"name": "mature", "count": 0},
            {"name": "exit", "count": 1},
            {"name": None, "count": 1},
        ],
        "by_grade": [{"name": "A", "count": 2}, {"name": "B", "count": 2}],
        "by_industry_group": [{"name": "C", "count": 2}, {"name": "M", "count": 1}, {"name": None, "count": 1}],
    }


def test_every_formula_that_is_a_condition_is_a_flag() -> None:
    (flag,) = entries("flags")
    assert [flag[key] for key in ("name", "yes", "no", "unknown")] == ["is_high_tech", 2, 1, 1]


def test_the_histogram_has_twenty_bins_and_holds_every_firm() -> None:
    scores = section("scores")
    bins = scores["histogram"]
    assert isinstance(bins, list)
    filled = {(line["from"], line["to"]): line["count"] for line in bins if line["count"]}
    assert len(bins) == 20
    assert filled == {(0, 50): 1, (50, 100): 1, (500, 550): 1, (950, 1000): 1}
    assert scores["median_points"] == 275.0


def test_districts_stand_in_the_order_of_the_sheet_then_strange_codes_then_unknown() -> None:
    keys = ("code", "enterprises", "median_points", "certain", "policy_fen", "paid")
    assert [tuple(line[key] for key in keys) for line in entries("districts")] == [
        ("1", 0, None, 0, 0, 0),
        ("2", 2, 524.5, 2, 2**63 + 7, 2),
        ("9", 1, 500.0, 0, 0, 0),
        (None, 1, 50.0, 0, 0, 0),
    ]


def test_an_enterprise_counts_once_per_rule_under_its_best_outcome() -> None:
    grant, credit = entries("rules")
    assert grant["enterprises"] == {"met": 2, "unknown": 0, "error": 1, "failed": 1}
    assert grant["rows"] == {"met": 3, "unknown": 0, "error": 1, "failed": 4}
    assert credit["enterprises"] == {"met": 1, "unknown": 1, "error": 0, "failed": 2}


def test_sums_of_money_are_exact_beyond_int64() -> None:
    grant, _ = entries("rules")
    assert (grant["entitled_fen"], grant["awarded_fen"]) == (3 * 2**62, 2**63 - 2**62 + 2**62 + 7)


def test_clauses_say_how_many_firms_each_stops_and_how_many_have_no_row() -> None:
    grant, credit = entries("rules")
    assert grant["clauses"] == [
        {"clause": -1, "title": None, "unknown": 0, "error": 0, "failed": 1},
        {"clause": 1, "title": {"zh": "grant 1", "en": "grant 1"}, "unknown": 0, "error": 1, "failed": 0},
        {"clause": 2, "title": {"zh": "grant 2", "en": "grant 2"}, "unknown": 0, "error": 0, "failed": 0},
    ]
    assert isinstance(credit["clauses"], list)
    assert [(line["clause"], line["failed"], line["unknown"]) for line in credit["clauses"]] == [
        (-1, 0, 0),
        (1, 1, 0),
        (2, 1, 1),
    ]


def test_kinds_count_different_firms_and_their_money() -> None:
    assert entries("kinds") == [
        {"kind": "loan", "rules": 1, "enterprises": 1, "awarded_fen": 900},
        {"kind": "subsidy", "rules": 1, "enterprises": 2, "awarded_fen": 2**63 + 7},
    ]


def test_offers_are_counted_by_lines_and_by_firms() -> None:
    assert section("offers") == {
        "lines_certain": 3,
        "lines_possible": 1,
        "enterprises_certain": 2,
        "enterprises_possible_only": 1,
        "enterprises_without": 1,
    }


def test_problems_are_counted_by_kind_and_register() -> None:
    keys = ("kind", "register", "count")
    assert [tuple(line[key] for key in keys) for line in entries("problems")] == [("a", "tax", 1), ("b", "tax", 2)]


def test_an_empty_region_has_a_summary() -> None:
    nothing = pl.DataFrame(schema=VERDICTS)
    whole = summary(
        ENTERPRISES.clear(), SCORES.clear(), nothing, OFFERS.clear(), problems(), CONFLICTS.clear(), BOOK, ON
    )
    assert json.loads(json.dumps(whole, allow_nan=False)) == whole


rows = st.lists(
    st.tuples(st.sampled_from(["E1", "E2", "E3"]), st.integers(0, 5), st.integers(0, 3), st.integers(0, 2)), max_size=40
)


@settings(deadline=None)
@given(rows, st.integers(0, 2**32 - 1))
def test_outcomes_and_clauses_add_up_and_the_order_of_rows_never_shows(
    made: list[tuple[str, int, int, int]], seed: int
) -> None:
    held = {(firm, str(key)): (outcome, clause) for firm, key, outcome, clause in made}
    table = pl.DataFrame(
        [
            ("grant", firm, key, outcome, 0 if outcome == 1 else clause or -1, None, None)
            for (firm, key), (outcome, clause) in held.items()
        ],
        schema=VERDICTS,
        orient="row",
    )
    whole = told(table)
    assert whole == told(table.sample(fraction=1.0, shuffle=True, seed=seed))
    found = whole["rules"]
    assert isinstance(found, list)
    grant = found[0]
    assert sum(grant["enterprises"].values()) == len({firm for firm, _ in held})
    assert sum(grant["rows"].values()) == len(held)
    for word in ("failed", "unknown", "error"):
        assert sum(line[word] for line in grant["clauses"]) == grant["enterprises"][word]


def test_values_that_lost_are_counted_by_field_and_by_what_decided() -> None:
    assert told()["conflicts"] == [{"field": "employees", "by": "order", "count": 2, "enterprises": 2}]
