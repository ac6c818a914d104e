"""The table of warnings: who is warned of, once, with what was seen; and who is not."""

import json
from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.score.warning import warnings
from kerong.engine.score.warning.table import KEY, WARNINGS, of_models, of_rules
from kerong.rulebook import load
from kerong.rulebook.outcomes import FAILED, MET, UNKNOWN
from kerong.store.packs import read_pack
from tests.rulebook.test_alerts import ALERT, pack

BOOK, DEMO = load(pack()), load(read_pack("demo"))
ON = date(2025, 6, 30)
FIRMS = "ABCD"
ENTERPRISES = pl.DataFrame({"enterprise_id": list(FIRMS), "capital_fen": [1, 2, 3, None]})
VERDICT = {"rule": pl.String, "enterprise_id": pl.String, "row_key": pl.String, "outcome": pl.Int8}
LINES = st.lists(
    st.tuples(st.sampled_from(FIRMS), st.sampled_from([FAILED, MET, UNKNOWN])), unique_by=lambda one: one[0]
)


def verdicts(lines: list[tuple[str, int]], rule: str = "thin_alert") -> pl.DataFrame:
    return pl.DataFrame([(rule, firm, "", outcome) for firm, outcome in lines], schema=VERDICT, orient="row")


def credit(chances: list[int | None], at_risk: bool | None = True) -> pl.DataFrame:
    rows = pl.DataFrame(
        {"subject": list(FIRMS), "probability_bp": chances}, schema_overrides={"probability_bp": pl.Int32}
    )
    told = {"points": 500, "points_low": 480, "points_high": 520, "coverage_bp": 9_000}
    return rows.with_columns(
        pl.lit("hazard").alias("card"),
        pl.lit(at_risk, pl.Boolean).alias("at_risk"),
        pl.lit(["debt"], pl.List(pl.String)).alias("reasons"),
        *(pl.lit(value).alias(name) for name, value in told.items()),
    )


@given(LINES)
def test_who_meets_a_rule_is_warned_of_once_whatever_the_order(lines: list[tuple[str, int]]) -> None:
    found = of_rules(verdicts(lines), BOOK, ENTERPRISES, {}, ON)
    assert found["subject"].to_list() == sorted(firm for firm, outcome in lines if outcome == MET)
    assert found.equals(of_rules(verdicts(lines[::-1]), BOOK, ENTERPRISES[::-1], {}, ON))
    assert found.equals(found.sort(KEY))


def test_a_warning_carries_what_was_seen_and_who_acts_by_when() -> None:
    (row,) = of_rules(verdicts([("B", MET)]), BOOK, ENTERPRISES, {}, ON).iter_rows(named=True)
    assert (row["severity"], row["owner"], row["due"]) == (2, "finance_office", date(2025, 7, 10))
    assert row["action"] == {"zh": "走访", "en": "visit"}
    assert json.loads(row["evidence"]) == {"capital_fen": 2}


def test_an_alert_without_the_part_names_nobody() -> None:
    start, rest = ALERT.split("[alert]")
    book = load(pack(start + "[[when]]" + rest.partition("[[when]]")[2]))
    (row,) = of_rules(verdicts([("A", MET)]), book, ENTERPRISES, {}, ON).iter_rows(named=True)
    assert (row["severity"], row["owner"], row["due"], row["action"]) == (1, None, None, None)


def test_rules_that_are_no_alerts_and_rules_that_are_gone_warn_of_nobody() -> None:
    assert of_rules(verdicts([("A", MET)], rule="another"), BOOK, ENTERPRISES, {}, ON).schema == WARNINGS
    assert of_rules(verdicts([("A", MET)], rule="another"), BOOK, ENTERPRISES, {}, ON).is_empty()


@given(st.lists(st.integers(0, 10_000) | st.none(), min_size=len(FIRMS), max_size=len(FIRMS)))
def test_a_card_warns_from_its_line_on_and_never_of_a_chance_that_is_not_known(chances: list[int | None]) -> None:
    alert = DEMO.models["hazard"].alert
    assert alert is not None
    line = alert.least_bp or 0
    above = [firm for firm, chance in zip(FIRMS, chances, strict=True) if chance is not None and chance >= line]
    assert of_models(credit(chances), DEMO, ON)["subject"].to_list() == above


def test_an_alert_on_trial_warns_nobody_and_is_there_to_be_graded() -> None:
    tried = load(pack(ALERT.replace("lead_months = 6", "lead_months = 6\non_trial = true")))
    for book, warned in ((BOOK, ["A"]), (tried, [])):
        told = warnings(verdicts([("A", MET)]), credit([None] * 4), {}, book, ENTERPRISES, {}, ON)
        assert told["subject"].to_list() == warned
        graded = warnings(verdicts([("A", MET)]), credit([None] * 4), {}, book, ENTERPRISES, {}, ON, trials=True)
        assert graded["subject"].to_list() == ["A"]


def test_a_firm_that_is_not_at_risk_any_more_is_not_warned_of() -> None:
    assert of_models(credit([9_000] * 4, at_risk=False), DEMO, ON).is_empty()
    assert of_models(credit([9_000] * 4, at_risk=None), DEMO, ON).is_empty()
