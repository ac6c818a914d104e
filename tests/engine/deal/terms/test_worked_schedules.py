"""The worked tables of the page on schedules are what the functions yield; what explains a row says its figures."""

from datetime import date
from pathlib import Path

from kerong.engine.deal.terms import (
    COUNTS,
    METHODS,
    Cash,
    Fixed,
    Floating,
    Row,
    account,
    explained,
    graded,
    loan,
    prepaid,
    schedule,
)  # fmt: skip
from kerong.engine.deal.terms.rates import BaseRate

PAGE = (Path(__file__).parents[4] / "docs/algorithms/schedule.md").read_text("utf-8")
START = date(2024, 1, 1)


def table(first_column: str) -> list[list[str]]:
    """The cells of the table whose first heading this is, thousands without commas."""
    lines = PAGE[PAGE.index(f"| {first_column} |") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip().replace(",", "") for cell in line.split("|")[1:-1]] for line in lines]


def cells(row: Row) -> list[str]:
    amounts = (row.opening_fen, row.drawn_fen, row.principal_fen, row.interest_fen, row.fee_fen, row.closing_fen)
    return [str(value) for value in (row.number, row.begin, row.end, *amounts)]


def test_the_annuity_of_the_page_is_what_the_schedule_yields() -> None:
    made = schedule(loan(10_000, START, date(2024, 7, 1), Fixed(120_000), count="30_360"))
    assert table("number") == [cells(row) for row in made.rows]


def test_the_prepayment_of_the_page_is_what_the_change_yields() -> None:
    made = schedule(loan(12_000_000, START, date(2025, 1, 1), Fixed(36_000), method="equal_principal"))
    changed = prepaid(made, date(2024, 4, 16), 3_000_000, "instalment", fee_bp=50)
    assert table("No.") == [cells(row) for row in changed.rows]


def test_the_overdue_loan_of_the_page_is_what_the_account_yields() -> None:
    made = schedule(loan(10_000_000, START, date(2024, 7, 1), Fixed(36_000), method="interest_only"))
    receipts = [*(Cash(row.due, row.total_fen) for row in made.rows[:5]), Cash(date(2024, 7, 31), 6_000_000)]
    found = []
    for on, *_ in table("on"):
        day = account(made, receipts, date.fromisoformat(on))
        amounts = (day.principal_fen, day.interest_fen, day.penalty_fen, day.compound_fen, day.days_past_due)
        found.append([on, *(str(value) for value in amounts), graded(day.days_past_due)])
    assert table("on") == found


def test_the_page_names_every_day_count_and_method() -> None:
    assert [row[0].strip("`") for row in table("name")] == list(COUNTS)
    assert [row[0].split("`")[1] for row in table("method")] == list(METHODS)


def test_a_row_is_explained_by_every_stretch_its_rounding_and_what_is_left() -> None:
    rate = Floating(BaseRate("LPR", ((START, 34_500),), date(2024, 3, 1)), 90, reset_months=0)
    made = schedule(loan(100_000_000, date(2024, 1, 31), date(2024, 4, 30), rate), hold=True)
    first, last = (explained(made.rows[at], "en") for at in (0, -1))
    assert first[0] == (
        "2024-01-31 to 2024-02-29 (the last day not counted): CNY 1,000,000 x 4.35 % a year x 29/360 = CNY 3,504.166666"
    )
    assert first[1] == "interest, rounded half up to the fen: CNY 3,504.17"
    assert first[-1].endswith(
        f"then outstanding CNY {made.rows[0].closing_fen // 100:,}.{made.rows[0].closing_fen % 100:02}"
    )
    assert any("not published yet" in line for line in last)
    assert explained(made.rows[0], "zh")[0].startswith("2024-01-31 至 2024-02-29（算头不算尾）：余额 1,000,000 元")
