"""Contests, lists, listings, funds and losses of the Chinese base: what the measures and formulas over them say."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.record import features
from kerong.engine.record.clean import clean
from kerong.lab import CLEAN, make_city, write_city
from kerong.rulebook import Rulebook, load
from kerong.rulebook.types import COLUMN_TYPES
from kerong.store.files import Folder
from kerong.store.packs import read_pack

ON = date(2025, 6, 30)
FIRM = "91990103H20FYMFA8R"
Row = Mapping[str, object]
DTYPES = {"date": pl.Date, "fen": pl.Int64, "int": pl.Int64, "bool": pl.Boolean}


@cache
def demo() -> Rulebook:
    return load(read_pack("demo"))


def _table(register: str, rows: Sequence[Row]) -> pl.DataFrame:
    columns = demo().registers[register].columns.values()
    dtypes = {c.name: DTYPES.get(COLUMN_TYPES[c.type].kind, pl.String) for c in columns if c.type != "credit_code"}
    filled = [{"enterprise_id": FIRM} | {name: row.get(name) for name in dtypes} for row in rows]
    return pl.DataFrame(filled, schema={"enterprise_id": pl.String, **dtypes})


def firm(company: Row = MappingProxyType({}), **registers: Sequence[Row]) -> Mapping[str, object]:
    """What is known of a firm that is registered so and has these rows in these registers."""
    tables = {name: _table(name, rows) for name, rows in registers.items()}
    frame, _, problems = features(_table("company", [company]), tables, demo(), ON)
    assert problems.is_empty()
    return frame.row(0, named=True)


def rows_of(register: str, *rows: Row) -> pl.DataFrame:
    """The rows with the formulas over them."""
    return features(_table("company", [{}]), {register: _table(register, rows)}, demo(), ON)[1][register]


def test_a_firm_without_a_row_is_on_no_list_not_listed_and_no_fund() -> None:
    told = firm(roster=[], listing=[], fund=[], contest=[])
    assert (told["is_in_library"], told["is_listed"], told["is_venture_firm"]) == (False, False, False)
    assert (told["contests_12m"], told["contest_startup_rank"], told["listed_on"]) == (0, None, None)


def test_where_a_register_was_not_delivered_nothing_is_claimed() -> None:
    told = firm()
    assert [told[name] for name in ("is_in_library", "is_listed", "is_venture_firm", "contests_12m")] == [None] * 4


@pytest.mark.parametrize(("left", "inside"), [(None, True), (ON + timedelta(days=1), True), (ON, False)])
def test_a_firm_is_on_a_list_until_the_day_before_it_leaves(left: date | None, inside: bool) -> None:
    told = firm(roster=[{"list": "cultivation_seed", "entered_on": date(2024, 1, 1), "left_on": left}])
    assert told["is_in_library"] is inside
    assert _holds(told["cultivation_seed_spells"], ON) is inside
    assert not _holds(told["cultivation_growth_spells"], ON)


def _holds(spells: object, day: date) -> bool:
    assert isinstance(spells, list)
    return any((s["begins"] or date.min) <= day <= (s["ends"] or date.max) for s in spells)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(demo().registers["roster"].columns["list"].codes)), st.integers(0, 3000))
def test_every_list_has_spells_of_its_own(name: str, later: int) -> None:
    entered = date(2017, 1, 1) + timedelta(days=later)
    told = firm(roster=[{"list": name, "entered_on": entered}])
    on_it = [n for n in told if n.endswith("_spells") and n != "tech_sme_spells" and _holds(told[n], date(2026, 1, 1))]
    assert on_it == [f"{name}_spells"]
    assert not _holds(told[f"{name}_spells"], entered - timedelta(days=1))


def test_the_best_rank_of_the_last_year_counts_in_each_group() -> None:
    def result(group: str, rank: int, day: date) -> Row:
        return {"contest_id": f"{day}", "group": group, "rank": rank, "awarded_on": day}

    told = firm(
        contest=[
            result("startup", 1, date(2023, 9, 20)),
            result("startup", 7, date(2024, 9, 20)),
            result("startup", 4, date(2024, 11, 2)),
        ]
    )
    assert (told["contests_12m"], told["contest_startup_rank"], told["contest_growth_rank"]) == (2, 4, None)


def test_each_step_is_dated_by_its_first_time_and_only_a_listing_makes_a_firm_listed() -> None:
    steps = [
        {"step": "share_reform", "done_on": date(2019, 5, 1)},
        {"step": "coaching", "done_on": date(2023, 2, 1)},
        {"step": "coaching", "done_on": date(2021, 3, 1)},
        {"step": "quoted", "board": "neeq", "done_on": date(2020, 6, 1)},
    ]
    told = firm(listing=steps)
    assert (told["coaching_on"], told["quoted_on"], told["is_listed"]) == (date(2021, 3, 1), date(2020, 6, 1), False)
    listed = {"step": "listed", "board": "star", "done_on": date(2024, 7, 1), "raised_fen": 5}
    assert firm(listing=[*steps, listed])["is_listed"] is True


def test_a_fund_adds_up_its_reports_and_a_young_one_is_no_seed_firm() -> None:
    report = {"fund_id": "JJ1", "form": "partnership", "kind": "sub_fund", "size_fen": 900, "paid_in_fen": 600}
    told = firm(fund=[report, {**report, "fund_id": "JJ2"}])
    assert (told["is_venture_firm"], told["funds"], told["fund_paid_in_fen"]) == (True, 2, 1200)
    new: Row = {"established_on": date(2025, 1, 1), "status": "active"}
    assert firm(new, fund=[])["stage"] == firm(new)["stage"] == "seed"
    assert firm(new, fund=[report])["stage"] is None


def test_what_is_not_lost_is_no_loss_and_only_the_last_year_counts() -> None:
    loans = [
        {"loan_id": "a", "amount_fen": 900},
        {"loan_id": "b", "amount_fen": 900, "lost_fen": 400, "lost_on": date(2025, 2, 1)},
        {"loan_id": "c", "amount_fen": 900, "lost_fen": 300, "lost_on": date(2024, 6, 30)},
    ]
    assert firm(loan=loans)["loan_lost_12m_fen"] == 400
    assert rows_of("loan", *loans)["loss_fen"].to_list() == [0, 400, 300]


def test_the_net_loss_of_a_guarantor_is_what_it_paid_less_what_it_got_back() -> None:
    paid = {"guarantee_id": "b", "amount_fen": 9, "compensated_fen": 8, "compensated_on": date(2025, 1, 1)}
    rows = rows_of("guarantee", {"guarantee_id": "a"}, paid, {**paid, "guarantee_id": "c", "recovered_fen": 3})
    assert rows.sort("guarantee_id")["net_loss_fen"].to_list() == [0, 8, 5]


def test_a_fund_without_money_has_shares_of_none() -> None:
    rows = rows_of("fund", {"fund_id": "a", "paid_in_fen": 0, "public_fen": 0, "invested_fen": 0})
    assert rows.select("public_share", "local_share").row(0) == (0.0, None)
    rows = rows_of("fund", {"fund_id": "a", "paid_in_fen": 400, "public_fen": 100})
    assert rows["public_share"].to_list() == [0.25]


NEEDED = ("region.toml", *(f"registers/{name}.toml" for name in ("company", "loan", "guarantee", "roster")))


def test_a_run_of_an_earlier_day_sees_no_loss_recovery_or_departure_of_later(tmp_path: Path) -> None:
    texts = {file: text for file, text in read_pack("demo").items() if file in NEEDED}
    write_city(make_city(3_000, 7, texts=texts, rates=CLEAN), tmp_path)
    before = date(2024, 6, 30)
    for name, day, hidden in (
        ("guarantee", "compensated_on", "compensated_fen"),
        ("guarantee", "recovered_on", "recovered_fen"),
        ("loan", "lost_on", "lost_fen"),
        ("roster", "left_on", "left_on"),
    ):
        register = demo().registers[name]
        then, now = (clean(Folder(tmp_path).read(name, register.files), register, on)[0] for on in (before, ON))
        assert now.filter(pl.col(day) > before).height > 0, day
        assert then.filter(pl.col(day) > before).is_empty(), day
        assert then.filter(pl.col(day).is_null() & pl.col(hidden).is_not_null()).is_empty(), hidden
