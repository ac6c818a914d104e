"""The worked tables of the page on awards are what the function yields."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from kerong.engine.award import Choice, Layers, Terms, awarded
from tests.engine.award.book import Claim, cap, granted, table, terms

PAGE = (Path(__file__).parents[3] / "docs/algorithms/award.md").read_text("utf-8")
TWO = ("interest", "premium")
LOANS = {"city": "loan", "county": "loan"}


def crossing(budget: int) -> Terms:
    return terms(
        cap("joint", 10, "interest", "premium", per="enterprise", name="firm"),
        cap("joint", 10, "interest", "fees", per="region", name="region"),
        cap("budget", budget),
    )


TERMS = {
    "Row, firm and year, budget": [terms(cap("row", 900), cap("enterprise_year", 1_000), cap("budget", 1_400))],
    "A policy period and what was granted before": [
        terms(cap("enterprise", 1_000, years=(2024, 2026), name="first_period"))
    ],
    "Affiliates": [terms(cap("affiliates", 1_000))],
    "A budget shared pro rata": [terms(cap("budget", 1_000, share="pro_rata"))],
    "A budget by priority": [terms(cap("budget", 1_000, share="priority"))],
    "An exclusive choice, the best for the firm": [
        terms(cap("budget", 1_000), choices=[Choice("one_of_two", TWO, "enterprise", by_year=False, is_best=True)])
    ],
    "One payment for one piece of evidence": [
        terms(choices=[Choice("paid_once", TWO, "evidence", by_year=False, is_best=True)])
    ],
    "A joint cap: never above the interest paid": [
        terms(cap("joint", None, *TWO, per="row", name="never_above_interest"))
    ],
    "City and county layers": [
        Terms((cap("row", 400, "city"),), (), (Layers("layers", ("city", "county"), "row"),), {"county": 1}, LOANS)
    ],
    "Limits that cross": [crossing(0), crossing(10)],
}
BEFORE = [Claim("interest", "A", "", 600, year=2024), Claim("interest", "B", "", 600, year=2023)]


def worked_tables(title: str) -> list[list[dict[str, str]]]:
    """The tables below a title, each a list of rows by heading."""
    section = PAGE.split(f"# {title}\n")[1].split("\n#")[0]
    found: list[list[dict[str, str]]] = []
    heads: list[str] = []
    for line in [*section.splitlines(), ""]:
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            heads = []
        elif not heads:
            heads = cells
            found.append([])
        elif set(line) - set("|-"):
            found[-1].append(dict(zip(heads, cells, strict=True)))
    return found


def fen(text: str) -> int:
    return int(text.replace(",", ""))


def claim(row: dict[str, str]) -> Claim:
    return Claim(
        rule=row["rule"],
        firm=row["firm"],
        row=row["row"],
        fen=fen(row["entitled"]),
        day=date.fromisoformat(row["day"]),
        controller=row.get("controller") or None,
        evidence=row.get("evidence"),
        base=fen(row["base"]) if "base" in row else None,
        priority=float(row["priority"]) if row.get("priority") else None,
    )


def thirty_percent(rule: str, claims: pl.DataFrame) -> pl.Series:
    return claims["base_fen"] * 3 // 10


@pytest.mark.parametrize("title", TERMS)
def test_a_worked_table_is_what_the_function_yields(title: str) -> None:
    tables = worked_tables(title)
    used = granted(BEFORE if "granted before" in title else [])
    assert len(tables) == len(TERMS[title])
    for rows, limits in zip(tables, TERMS[title], strict=True):
        verdicts, _ = awarded(table([claim(row) for row in rows]), limits, used, thirty_percent)
        expected = [(fen(row["awarded"]), row["cut by"]) for row in rows]
        assert verdicts.select("awarded_fen", "cut_by").rows() == expected


def test_every_worked_table_of_the_page_is_tested() -> None:
    assert PAGE.count("| awarded |") == sum(len(limits) for limits in TERMS.values())
