"""What stops a batch from being published, and the words that a steward reads."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.intake_sentences import GATES
from kerong.engine.record.gate_words import found
from kerong.engine.record.gates import Returning, Stated, gated, returned
from kerong.rulebook.content import Delivery, Gates
from tests.engine.record.test_profile import REGISTER

NOTHING = Stated()
MONTHLY = replace(REGISTER, delivery=Delivery("month", "month", "period"))


def profile(rows: int = 1000, **changed: Any) -> dict[str, Any]:
    columns = {
        "credit_code": {"empty": 0},
        "month": {"empty": 0},
        "amount_fen": {"empty": 20, "sum": 5_000_000, "valued": 980, "magnitude": 612},
        "heads": {"empty": 0, "sum": 4000},
    }
    told = {"rows": rows, "set_aside": 0, "without_identity": 0, "faults": {}, "keys": rows, "conflicting": 0}
    return told | {"periods": {}, "columns": columns} | changed


def kinds(
    now: Mapping[str, Any],
    *before: Mapping[str, Any],
    register: Any = REGISTER,
    stated: Stated = NOTHING,
    returning: Mapping[str, Returning] | None = None,
) -> list[str]:
    return [
        str(finding["kind"])
        for finding in findings(now, *before, register=register, stated=stated, returning=returning)
    ]


def findings(
    now: Mapping[str, Any],
    *before: Mapping[str, Any],
    register: Any = REGISTER,
    stated: Stated = NOTHING,
    returning: Mapping[str, Returning] | None = None,
) -> list[dict[str, object]]:
    return gated(now, before, register, stated, returning or {})


def words(finding: Mapping[str, object]) -> tuple[str, str]:
    return found(finding, REGISTER, "zh"), found(finding, REGISTER, "en")


@given(st.integers(1, 10**6), st.integers(1, 9))
def test_a_batch_like_those_before_it_passes_every_gate(rows: int, batches: int) -> None:
    assert kinds(profile(rows), *[profile(rows)] * batches) == []


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_rows_are_held_exactly_where_their_change_is_beyond_thirty_per_cent(before: int, now: int) -> None:
    assert (kinds(profile(now, columns={}), profile(before)) == ["gate_rows"]) == (abs(now - before) * 10 > before * 3)


def test_a_first_batch_is_not_held_for_want_of_a_history_and_is_told_so() -> None:
    (only,) = findings(profile())
    assert only == {"kind": "gate_no_history", "severity": "noted"}
    assert words(only)[0].startswith("该数据源尚无已发布的批次可供比较")


def test_the_row_gate_names_both_figures_the_change_and_the_threshold() -> None:
    (only,) = findings(profile(600), profile(1000))
    assert words(only) == (
        "行数：本批 600，以往 1,000，变化 -40 %，超过 30 %",
        "rows: 600 now, 1,000 before: a change of -40 %, more than 30 %",
    )


def test_a_month_is_compared_with_itself_where_it_was_sent_before_and_else_with_other_months() -> None:
    before = profile(periods={"2025-01": 100, "2025-02": 1000, "2025-03": 1000})
    assert kinds(profile(periods={"2025-01": 110}), before, register=MONTHLY) == []
    assert kinds(profile(periods={"2025-04": 1010}), before, register=MONTHLY) == []
    (only,) = findings(profile(periods={"2025-01": 1000, "2025-04": 600}), before, register=MONTHLY)
    assert words(only)[1] == (
        "rows of 2025-01 (and so in 1 other periods): 1,000 now, 100 before: a change of +900 %, more than 30 %"
    )


def test_a_column_that_lost_its_cells_is_held_with_both_shares() -> None:
    now = profile()
    now["columns"]["heads"] = {"empty": 125, "sum": 3000}
    (only,) = findings(now, profile())
    assert words(only) == (
        "“heads”为空的行占 12.5 %，以往 0 %，上升超过 10 %",
        "“heads” is empty in 12.5 % of the rows, 0 % before: a rise of more than 10 %",
    )


def test_rows_that_say_less_often_whom_they_are_about_are_held() -> None:
    now = profile(900, set_aside=100, without_identity=100)
    (only,) = findings(now, profile())
    assert words(only)[1] == (
        "90 % of the rows say which enterprise they are about, 100 % before: a fall of more than 5 %"
    )


@given(st.sampled_from([2, 3, 4, 6, 8]), st.sampled_from([1, -1]), st.integers(-20, 20))
def test_amounts_in_another_unit_are_held_whatever_the_unit(power: int, sign: int, growth: int) -> None:
    now = profile()
    now["columns"]["amount_fen"]["magnitude"] += sign * power * 100 + growth
    (only,) = findings(now, profile())
    assert (only["kind"], only["factor"]) == ("gate_unit", 10**power)


@given(st.integers(-150, 150))
def test_amounts_that_only_grow_or_shrink_pass(growth: int) -> None:
    now = profile()
    now["columns"]["amount_fen"]["magnitude"] += growth
    assert kinds(now, profile()) == []


def test_another_unit_is_told_with_typical_amounts_and_the_factor() -> None:
    now = profile()
    now["columns"]["amount_fen"]["magnitude"] += 400
    (only,) = findings(now, profile())
    assert words(only)[0] == (
        "“amount_fen”的典型金额为 130,000,000 元，以往 13,000 元，相差约 10,000 倍：单位是否换了（元、万元……）？"
    )


def test_rows_that_came_before_and_moved_by_a_power_of_ten_are_held_though_most_did_not() -> None:
    few = {"amount_fen": Returning(100, 15, 4)}
    many = {"amount_fen": Returning(100, 35, 4)}
    assert kinds(profile(), profile(), returning=few) == []
    (only,) = findings(profile(), profile(), returning=many)
    assert "35 of the 100 rows that came before differ by about 10,000 times, more than 20 %" in words(only)[1]


def test_a_control_total_that_differs_is_held_and_one_that_agrees_is_not() -> None:
    told = Stated(totals={"amount_fen": 100_00, "rows": 1000}, found={"amount_fen": 100_00})
    assert kinds(profile(), profile(), stated=told) == []
    (only,) = findings(profile(), profile(), stated=replace(told, found={"amount_fen": 90_00}))
    assert words(only) == (
        "“amount_fen”合计：文件中为 90 元，报送方所称 100 元，不符",
        "the sum of “amount_fen”: CNY 90 in the file, CNY 100 as stated by the sender; they differ",
    )
    assert kinds(profile(999), profile(), stated=told) == ["gate_total"]


def test_a_sum_with_cells_that_nobody_can_read_is_not_called_right() -> None:
    told = Stated(totals={"amount_fen": 100}, found={"amount_fen": 100}, unread={"amount_fen": 2})
    assert kinds(profile(), profile(), stated=told) == ["gate_total_unread"]


def test_a_sum_that_the_sender_should_state_and_did_not_is_told_but_stops_nothing() -> None:
    asking = replace(REGISTER, gates=Gates(totals=("amount_fen", "heads")))
    (only,) = findings(profile(), profile(), register=asking)
    assert only["severity"] == "noted"
    assert "the sender did not state the sum of “amount_fen, heads”" in words(only)[1]


def test_a_file_without_one_row_is_held_even_as_the_first() -> None:
    assert kinds(profile(0)) == ["gate_empty"]
    assert "gate_empty" in kinds(profile(0, set_aside=5))


def test_a_fifth_of_the_rows_may_be_set_aside_and_no_more() -> None:
    assert kinds(profile(800, set_aside=200), profile()) == []
    (only,) = findings(profile(750, set_aside=250), profile())
    assert words(only)[1] == "25 % of the rows are set aside, more than 20 % (of 1,000 received)"


def test_rows_of_other_periods_than_the_stated_one_are_held() -> None:
    now = profile(periods={"2025-05": 1, "2025-06": 999})
    other = Stated(period="2025-06", surely=True, outside={"2025-05": 1})
    assert kinds(now, now, stated=other) == ["gate_period"]
    assert kinds(now, now, stated=replace(other, surely=False)) == []
    named = Stated(period="2025-07", outside={"2025-05": 1, "2025-06": 999})
    (only,) = findings(now, now, stated=named)
    assert words(only)[1] == (
        "the file is said to be of 2025-07, but 1,000 of its 1,000 rows are not (such as 2025-05)"
    )


def test_rows_of_a_period_that_has_not_begun_are_held() -> None:
    now = profile(periods={"2026-01": 3})
    assert kinds(now, now, stated=Stated(until="2025-12-31", ahead={"2026-01": 3})) == ["gate_period_ahead"]


def test_every_kind_of_finding_has_a_sentence_in_both_languages_without_open_places() -> None:
    for kind in GATES:
        told = words(
            {"kind": kind, "was": 1, "now": 2, "limit": 3, "change": -4, "factor": 10, "count": 5, "column": "heads"}
        )
        assert all(text and "{" not in text for text in told)


@given(st.dictionaries(st.integers(0, 999), st.integers(1, 10**12), min_size=5), st.sampled_from([100, 10_000]))
def test_rows_that_come_again_in_another_unit_are_all_recognised(amounts: dict[int, int], factor: int) -> None:
    before = pl.DataFrame(
        {"id": list(amounts), "fen": list(amounts.values())}, schema={"id": pl.Int64, "fen": pl.Int64}
    )
    now = before.with_columns(pl.col("fen") * factor)
    found = returned(before, now, ["id"], ["fen"])["fen"]
    assert (found.rows, found.moved, 10**found.power) == (len(amounts), len(amounts), factor)
    assert returned(before, before, ["id"], ["fen"])["fen"].moved == 0


@pytest.mark.parametrize("amounts", [[None, 5], [0, 5], [-5, 5]])
def test_rows_without_a_positive_amount_on_both_sides_tell_nothing(amounts: list[int | None]) -> None:
    before = pl.DataFrame({"id": [1, 2], "fen": amounts}, schema={"id": pl.Int64, "fen": pl.Int64})
    assert returned(before, before, ["id"], ["fen"])["fen"].rows == 1
