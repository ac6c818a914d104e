"""The worked table of the page on pools is what the engine answers, row after row."""

from datetime import date
from pathlib import Path
from typing import Any

from kerong.engine.money.pool import REASONS, State, after
from kerong.rulebook import load
from kerong.rulebook.pools import PoolEvent
from kerong.store.packs import read_pack

PAGE = (Path(__file__).parents[4] / "docs/algorithms/pool.md").read_text("utf-8")


def rows() -> list[dict[str, str]]:
    lines = PAGE[PAGE.index("| on | event |") :].split("\n\n")[0].splitlines()
    heads, _, *found = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines)
    return [dict(zip(heads, row, strict=True)) for row in found]


def fen(cell: str) -> int:
    return int(cell.replace(",", "") or 0) * 100


def event_of(row: dict[str, str]) -> PoolEvent:
    said: dict[str, Any] = {"loan": row["loan"], "bank": row["bank"], "firm": row["firm"], "fen": fen(row["yuan"])}
    if row["event"] == "register":
        drawn = {"drawn_on": date(2024, 3, 1) if row["loan"] != "L5" else date(2025, 3, 1), "eligible": True}
        said |= {**drawn, "instrument": "loan", "facts": {"is_unsecured": True}}
    said |= {"since": date(2025, 3, 1)} if row["event"] == "default" else {}
    said |= {"principal_fen": said.pop("fen")} if row["event"] == "claim" else {}
    return PoolEvent(do=row["event"], on=date.fromisoformat(row["on"]), **said)


def test_every_row_of_the_page_is_what_the_pool_of_the_demo_city_answers() -> None:
    pool = load(read_pack("demo")).pools["technology_loan_pool"]
    state = State()
    found = rows()
    assert len(found) > 10
    for row in found:
        state, answer = after(pool, state, event_of(row))
        assert row["answer"] == (answer.refused or answer.cut_by), row
        assert (answer.parts.get("pool", 0), answer.parts.get("bank", 0)) == (fen(row["pool"]), fen(row["bank bears"]))
        assert state.balance_fen == fen(row["balance"]), row


def test_every_reason_says_something_in_both_languages() -> None:
    assert len({text.zh for text in REASONS.values()} | {text.en for text in REASONS.values()}) == 2 * len(REASONS)
