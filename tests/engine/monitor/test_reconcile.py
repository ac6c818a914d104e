"""Returns of institutions against the files of contracts: what differs is told, to the fen, and nothing else."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.monitor.reconcile import KINDS, Contracts, Reconciled, reconciled

LOAN, GUARANTEE, PREMIUM, INVESTMENT = KINDS
MAY, JUNE = date(2025, 5, 1), date(2025, 6, 1)
RETURN = {
    "enterprise_id": pl.String(),
    "institution": pl.String(),
    "month": pl.Date(),
    "balance_fen": pl.Int64(),
    "new_fen": pl.Int64(),
}
POLICY = {
    "enterprise_id": pl.String(),
    "institution": pl.String(),
    "cover_fen": pl.Int64(),
    "premium_fen": pl.Int64(),
    "start_on": pl.Date(),
    "end_on": pl.Date(),
}


def returns(*rows: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=RETURN, orient="row")


def policies(*rows: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=POLICY, orient="row")


def loans(*rows: tuple[object, ...]) -> pl.DataFrame:
    names = ["enterprise_id", "loan_id", "institution", "amount_fen", "drawn_on", "balance_fen", "reported_on"]
    kinds = [pl.String(), pl.String(), pl.String(), pl.Int64(), pl.Date(), pl.Int64(), pl.Date()]
    return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")


def kinds_of(found: Reconciled) -> list[tuple[object, ...]]:
    return found.differences.select("enterprise_id", "month", "kind").rows()


def states_of(found: Reconciled) -> dict[tuple[str, date], str]:
    return {(i, m): state for i, m, state in found.months.select("institution", "month", "state").iter_rows()}


def test_a_return_that_says_what_the_files_say_agrees() -> None:
    files = policies(("A", "pine", 900, 9, date(2025, 5, 7), date(2026, 5, 6)))
    found = reconciled(returns(("A", "pine", MAY, 900, 9), ("A", "pine", JUNE, 900, 0)), files, PREMIUM)
    assert kinds_of(found) == []
    assert states_of(found) == {("pine", MAY): "agrees", ("pine", JUNE): "agrees"}


def test_a_difference_of_one_fen_is_told_with_both_amounts() -> None:
    files = policies(("A", "pine", 900, 9, date(2025, 5, 7), date(2026, 5, 6)))
    (row,) = reconciled(returns(("A", "pine", MAY, 901, 9)), files, PREMIUM).differences.iter_rows(named=True)
    assert (row["kind"], row["return_balance_fen"], row["file_balance_fen"]) == ("balance_differs", 901, 900)
    assert (row["balance_difference_fen"], row["new_difference_fen"]) == (1, 0)


def test_a_firm_on_one_side_only_is_told_by_the_side_on_which_it_is_missing() -> None:
    files = policies(
        ("A", "pine", 900, 9, date(2025, 5, 7), date(2026, 5, 6)),
        ("B", "pine", 500, 5, date(2025, 5, 1), date(2026, 4, 30)),
    )
    found = reconciled(returns(("A", "pine", MAY, 900, 9), ("C", "pine", MAY, 70, 0)), files, PREMIUM)
    assert kinds_of(found) == [("B", MAY, "not_in_return"), ("C", MAY, "not_in_file")]


def test_a_firm_that_owes_nothing_may_stand_on_one_side_only() -> None:
    files = policies(("A", "pine", 900, 9, date(2024, 5, 7), date(2025, 5, 6)))
    found = reconciled(returns(("A", "pine", MAY, 0, 0), ("B", "pine", MAY, 0, 0)), files, PREMIUM)
    assert kinds_of(found) == []


def test_a_contract_that_ends_on_the_last_day_of_a_month_is_not_in_its_balance() -> None:
    files = policies(("A", "pine", 900, 9, date(2024, 6, 1), date(2025, 5, 31)))
    found = reconciled(returns(("A", "pine", MAY, 900, 0)), files, PREMIUM)
    assert kinds_of(found) == [("A", MAY, "not_in_file")]


def test_a_guarantee_that_was_called_no_longer_stands() -> None:
    row = {"enterprise_id": "A", "institution": "g", "amount_fen": 80, "start_on": date(2024, 1, 1)}
    files = pl.DataFrame([{**row, "end_on": date(2026, 1, 1), "compensated_on": date(2025, 5, 20)}])
    april = date(2025, 4, 1)
    found = reconciled(returns(("A", "g", april, 80, 0), ("A", "g", MAY, 0, 0)), files, GUARANTEE)
    assert kinds_of(found) == []


def test_an_institution_that_sent_nothing_in_a_month_is_told_once_and_not_for_each_firm() -> None:
    files = policies(
        ("A", "pine", 900, 9, date(2025, 5, 7), date(2026, 5, 6)),
        ("A", "sail", 400, 4, date(2025, 5, 7), date(2026, 5, 6)),
    )
    found = reconciled(returns(("A", "pine", MAY, 900, 9)), files, PREMIUM)
    assert kinds_of(found) == []
    assert states_of(found)["sail", MAY] == "no_return"


def test_an_institution_without_any_contract_in_the_files_is_told_as_such() -> None:
    found = reconciled(returns(("A", "oak", MAY, 5, 0)), policies(), PREMIUM)
    assert states_of(found) == {("oak", MAY): "no_contracts"}
    assert kinds_of(found) == [("A", MAY, "not_in_file")]


def test_an_amount_that_is_unknown_is_never_taken_for_nothing() -> None:
    files = policies(("A", "pine", None, 9, date(2025, 5, 7), date(2026, 5, 6)))
    found = reconciled(returns(("A", "pine", MAY, 0, 9)), files, PREMIUM)
    assert kinds_of(found) == [("A", MAY, "unknown")]
    assert found.months["file_balance_fen"].to_list() == [None]


def test_a_balance_of_a_loan_is_compared_only_where_the_bank_reported_for_the_last_day_of_the_month() -> None:
    files = loans(
        ("A", "L1", "lake", 100, date(2025, 5, 3), 100, date(2025, 5, 20)),
        ("A", "L1", "lake", 100, date(2025, 5, 3), 60, date(2025, 6, 30)),
    )
    found = reconciled(returns(("A", "lake", MAY, 77, 100), ("A", "lake", JUNE, 61, 0)), files, LOAN)
    assert kinds_of(found) == [("A", JUNE, "balance_differs")]
    assert found.months["balance_compared"].to_list() == [False, True]


def test_a_loan_that_is_reported_twice_was_drawn_once() -> None:
    files = loans(
        ("A", "L1", "lake", 100, date(2025, 5, 3), 100, date(2025, 5, 31)),
        ("A", "L1", "lake", 100, date(2025, 5, 3), 60, date(2025, 6, 30)),
    )
    found = reconciled(returns(("A", "lake", MAY, 100, 100), ("A", "lake", JUNE, 60, 0)), files, LOAN)
    assert kinds_of(found) == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.returned)
def test_without_any_return_there_are_no_months_and_no_differences(kind: Contracts) -> None:
    found = reconciled(returns(), pl.DataFrame(schema={"institution": pl.String()}), kind)
    assert found.months.is_empty()
    assert found.differences.is_empty()
    whole = reconciled(returns(("A", "pine", MAY, 1, 0)), policies(), PREMIUM)
    assert found.months.schema == whole.months.schema
    assert found.differences.schema == whole.differences.schema


FIRMS, INSTITUTIONS = st.sampled_from("ABC"), st.sampled_from(["pine", "sail"])
DAYS = st.dates(date(2025, 4, 20), date(2025, 7, 10))
CONTRACTS = st.lists(st.tuples(FIRMS, INSTITUTIONS, st.integers(1, 50), st.integers(1, 9), DAYS, DAYS), max_size=8)
RETURNS = st.dictionaries(
    st.tuples(FIRMS, INSTITUTIONS, st.sampled_from([MAY, JUNE])),
    st.tuples(st.integers(0, 50), st.integers(0, 9)),
    max_size=8,
)


@given(CONTRACTS, RETURNS)
def test_differences_add_up_to_those_of_the_months_in_any_order_of_rows(
    contracts: list[tuple[object, ...]], said: dict[tuple[str, str, date], tuple[int, int]]
) -> None:
    rows = [(*key, *amounts) for key, amounts in said.items()]
    files = policies(*contracts)
    found = reconciled(returns(*rows), files, PREMIUM)
    again = reconciled(returns(*reversed(rows)), files.reverse(), PREMIUM)
    assert again.months.equals(found.months)
    assert again.differences.equals(found.differences)
    sent = found.months.filter(pl.col("state") != "no_return")
    for name in ("balance_difference_fen", "new_difference_fen"):
        assert found.differences[name].sum() == sent[name].sum()


@given(CONTRACTS)
def test_a_return_made_of_the_files_themselves_agrees_with_them(contracts: list[tuple[object, ...]]) -> None:
    files = policies(*contracts)
    empty = returns(*((firm, one, month, 0, 0) for firm in "ABC" for one in ("pine", "sail") for month in (MAY, JUNE)))
    off = reconciled(empty, files, PREMIUM).differences
    told = empty.join(off, on=["enterprise_id", "institution", "month"], how="left").with_columns(
        balance_fen=pl.col("file_balance_fen").fill_null(0), new_fen=pl.col("file_new_fen").fill_null(0)
    )
    assert reconciled(told.select(RETURN.keys()), files, PREMIUM).differences.is_empty()
