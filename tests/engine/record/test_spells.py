"""Spells: when something held, by the rows of a register, and what its silence means."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.record import features
from kerong.rulebook import Rulebook, load
from kerong.rulebook.compiled import evaluate
from kerong.rulebook.sheets import RulebookErrors
from tests.rulebook.packs import formula, pack

ON = date(2025, 6, 30)
DAY = date(2024, 1, 1)
LISTED = """
name = "listed"
title = { zh = "名单", en = "List" }
files = ["listed"]
row = ["code", "since"]
MORE
[column.code]
title = { zh = "代码", en = "Code" }
header = ["代码"]
type = "credit_code"
[column.since]
title = { zh = "列入", en = "Since" }
header = ["列入"]
type = "date"
[column.until]
title = { zh = "移出", en = "Until" }
header = ["移出"]
type = "date"
[column.serious]
title = { zh = "严重", en = "Serious" }
header = ["严重"]
type = "flag"
"""
MEASURE = """[[measure]]
name = "listed"
title = { zh = "在列", en = "On the list" }
over = "listed"
value = "spells(listed.since, listed.until)"
"""
COMPLETE = 'absence = "none"'
Row = tuple[str, date | None, date | None, bool | None]
Spells = list[tuple[date | None, date | None]]


def book(more: str = COMPLETE, measure: str = MEASURE, value: str = "held_on(enterprise.listed, on)") -> Rulebook:
    files = pack(formulas_all=formula("is_listed", value), measures_all=measure)
    return load(files | {"registers/listed.toml": LISTED.replace("MORE", more)})


def found(rulebook: Rulebook, *rows: Row) -> dict[str, Spells | None]:
    """The spells of the firms a and b."""
    return _spells(_firms(rulebook, *rows)[0])


def _firms(rulebook: Rulebook, *rows: Row) -> tuple[pl.DataFrame, pl.DataFrame]:
    schema = {"enterprise_id": pl.String, "since": pl.Date, "until": pl.Date, "serious": pl.Boolean}
    table = pl.DataFrame(sorted(rows, key=lambda row: row[0]), schema=schema, orient="row")
    frame, _, problems = features(pl.DataFrame({"enterprise_id": ["a", "b"]}), {"listed": table}, rulebook, ON)
    return frame, problems


def _spells(frame: pl.DataFrame) -> dict[str, Spells | None]:
    lists = zip(frame["enterprise_id"], frame["listed"].to_list(), strict=True)
    return {firm: None if s is None else [(x["begins"], x["ends"]) for x in s] for firm, s in lists}


def test_each_row_is_a_spell_and_they_are_in_order() -> None:
    rows: list[Row] = [("a", date(2024, 5, 1), date(2024, 6, 1), None), ("a", DAY, date(2024, 2, 1), None)]
    assert found(book(), *rows) == {"a": [(DAY, date(2024, 2, 1)), (date(2024, 5, 1), date(2024, 6, 1))], "b": []}


def test_an_end_that_is_not_known_stays_unknown() -> None:
    rows: list[Row] = [("a", DAY, None, None), ("b", None, DAY, None)]
    assert found(book(), *rows) == {"a": [(DAY, None)], "b": [(None, DAY)]}


def test_what_is_still_running_says_so_with_coalesce() -> None:
    running = MEASURE.replace("listed.until)", "coalesce(listed.until, date '9999-12-31'))")
    assert found(book(measure=running), ("a", DAY, None, None))["a"] == [(DAY, date(9999, 12, 31))]


def test_a_row_that_may_not_count_may_have_ended_at_any_time() -> None:
    serious = MEASURE + 'where = "listed.serious"\n'
    rows: list[Row] = [("a", DAY, ON, None), ("a", DAY, DAY, True), ("b", DAY, ON, False)]
    assert found(book(measure=serious), *rows) == {"a": [(DAY, None), (DAY, DAY)], "b": []}


def test_a_register_that_is_not_complete_may_miss_a_spell_at_any_time() -> None:
    assert found(book(""), ("a", DAY, ON, None)) == {"a": [(None, None), (DAY, ON)], "b": [(None, None)]}


def test_before_its_coverage_a_complete_register_may_miss_a_spell() -> None:
    covered = f"{COMPLETE}\ncovers = {{ from = 2020-01-01 }}"
    assert found(book(covered), ("a", DAY, ON, None)) == {
        "a": [(None, date(2019, 12, 31)), (DAY, ON)],
        "b": [(None, date(2019, 12, 31))],
    }


def test_a_coverage_from_the_first_day_misses_nothing() -> None:
    assert found(book(f"{COMPLETE}\ncovers = {{ from = 0001-01-01 }}"))["a"] == []


def test_without_a_file_nothing_is_known() -> None:
    frame, _, _ = features(pl.DataFrame({"enterprise_id": ["a"]}), {}, book(), ON)
    assert frame["listed"].to_list() == [None]
    assert frame["is_listed"].to_list() == [None]


def test_an_error_in_a_row_leaves_its_enterprise_unknown_and_is_a_problem() -> None:
    far = MEASURE.replace("listed.until)", "add_months(listed.until, 999999))")
    frame, problems = _firms(book(measure=far), ("a", DAY, DAY, None), ("b", DAY, None, None))
    assert _spells(frame) == {"a": None, "b": [(DAY, None)]}
    assert problems.select("kind", "column", "enterprise_id").rows() == [("measure_error", "listed", "a")]


DAYS = st.none() | st.dates(date(2024, 1, 1), date(2024, 1, 9))


@given(rows=st.lists(st.tuples(st.sampled_from("ab"), DAYS, DAYS, st.sampled_from([True, False, None])), max_size=6))
def test_it_is_held_on_a_day_as_its_rows_say_one_by_one(rows: list[Row]) -> None:
    day = date(2024, 1, 5)
    rulebook = book(measure=MEASURE + 'where = "listed.serious"\n')
    frame, _ = _firms(rulebook, *rows)
    held = evaluate(frame, {"held": rulebook.formulas["is_listed"].value}, day).frame["held"].to_list()
    assert held == [_held([row[1:] for row in rows if row[0] == firm], day) for firm in "ab"]


def _held(rows: list[tuple[date | None, date | None, bool | None]], day: date) -> bool | None:
    """What the rows of one firm say of a day, said plainly."""
    answers: list[bool | None] = []
    for since, until, serious in rows:
        if serious is False or (since and since > day) or (until and until < day and (serious or not since)):
            answers.append(False)
        elif since and until and serious:
            answers.append(True)
        else:
            answers.append(None)
    return True if True in answers else None if None in answers else False


@pytest.mark.parametrize(
    ("measure", "told"),
    [
        (MEASURE.replace("listed.since", "listed.serious"), "spells(from, until) needs dates, not flag"),
        (MEASURE.replace(", listed.until", ""), "spells takes 2 operands, not 1"),
        (MEASURE + 'window = "12 months"\n', "register listed declares no period"),
    ],
)
def test_spells_of_anything_but_two_dates_are_refused(measure: str, told: str) -> None:
    with pytest.raises(RulebookErrors) as refused:
        book(measure=measure)
    assert str(refused.value.errors[0]).startswith(f"measures/all.toml:5: {told}")


def test_spells_have_no_window() -> None:
    with pytest.raises(RulebookErrors, match="they have no window"):
        book(f'{COMPLETE}\nperiod = "since"', MEASURE + 'window = "12 months"\n')


@pytest.mark.parametrize("value", ["enterprise.listed = enterprise.listed", "enterprise.listed"])
def test_spells_are_read_by_held_on_alone(value: str) -> None:
    with pytest.raises(RulebookErrors, match=r"held_on\(spells, date\)"):
        book(value=value)


def test_a_statistic_counts_no_spells() -> None:
    title = 'title = { zh = "数", en = "N" }'
    column = f'[[column]]\nname = "n"\n{title}\nvalue = "spells(firm.day, firm.day)"\n'
    further = f'[column.day]\n{title}\nheader = ["日"]\ntype = "date"\n'
    with pytest.raises(RulebookErrors, match="spells is not for statistics"):
        load(pack(firm=further, statistics_all=f'name = "s"\n{title}\nover = "firm"\n{column}'))
