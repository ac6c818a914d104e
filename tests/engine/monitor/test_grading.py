"""How good warnings were: laws of counting, then what is said where there is nothing to count."""

from datetime import date, timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.monitor.grading import (
    EVENTS,
    FIRM_MONTH,
    GRADES,
    QUIET_MONTHS,
    WARNED,
    Warned,
    graded,
    middle_of,
    wilson,
)
from kerong.rulebook.months import months_after

FIRST, UNTIL = date(2024, 1, 31), date(2025, 6, 30)
MONTHS = [months_after(FIRST, number) for number in range(10)]
KINDS = {"late": Warned("trouble", 6)}
FIRMS = st.sampled_from("ABCDEF")
HAPPENED = st.tuples(FIRMS, st.dates(date(2022, 6, 1), date(2025, 9, 30)), st.integers(0, 90))
FIRED = st.tuples(FIRMS, st.sampled_from(MONTHS))


def events(*rows: tuple[str, date, int]) -> pl.DataFrame:
    told = [("trouble", firm, day, day + timedelta(days=late)) for firm, day, late in rows]
    return pl.DataFrame(told, schema=EVENTS, orient="row")


def warned(*rows: tuple[str, date], kind: str = "late") -> pl.DataFrame:
    return pl.DataFrame([(kind, *row) for row in rows], schema=WARNED, orient="row")


def asked(firms: str = "ABCDEF") -> pl.DataFrame:
    return pl.DataFrame([(firm, day) for firm in firms for day in MONTHS], schema=FIRM_MONTH, orient="row")


def one(table: pl.DataFrame) -> dict[str, object]:
    (row,) = table.iter_rows(named=True)
    return row


@given(st.lists(HAPPENED, max_size=10), st.lists(FIRED, max_size=25))
def test_hits_and_months_are_what_the_definition_says(
    happened: list[tuple[str, date, int]], fired: list[tuple[str, date]]
) -> None:
    told = one(graded(warned(*fired), asked(), events(*happened), KINDS, UNTIL))
    known = [(firm, day, day + timedelta(days=late)) for firm, day, late in happened]
    known = [row for row in known if row[2] <= UNTIL]
    months = hits = warnings = 0
    for firm in "ABCDEF":
        for on in MONTHS:
            own = [(day, seen) for who, day, seen in known if who == firm]
            quiet = months_after(on, -QUIET_MONTHS)
            if any(quiet < day <= on or quiet < seen <= on for day, seen in own) or months_after(on, 6) > UNTIL:
                continue
            months += 1
            if (firm, on) in fired:
                warnings += 1
                hits += any(on < day <= months_after(on, 6) for day, _ in own)
    assert (told["firm_months"], told["warned"], told["hits"]) == (months, warnings, hits)


@given(st.lists(HAPPENED, max_size=10), st.lists(FIRED, max_size=25), st.randoms())
def test_order_and_repetition_of_warnings_change_nothing(
    happened: list[tuple[str, date, int]], fired: list[tuple[str, date]], random: Random
) -> None:
    again = [*fired, *fired[:5]]
    random.shuffle(again)
    shuffled = graded(warned(*again), asked()[::-1], events(*happened[::-1], *happened), KINDS, UNTIL)
    assert shuffled.equals(graded(warned(*fired), asked(), events(*happened), KINDS, UNTIL))


@given(st.lists(HAPPENED, max_size=10), st.lists(FIRED, max_size=25))
def test_shares_lie_within_their_intervals_and_parts_add_up(
    happened: list[tuple[str, date, int]], fired: list[tuple[str, date]]
) -> None:
    told = one(graded(warned(*fired), asked(), events(*happened), KINDS, UNTIL))
    for name in ("base", "precision", "recall"):
        value, low, high = (told[f"{name}_{part}"] for part in ("value", "low", "high"))
        assert (value is None) == (low is None) == (high is None)
        if isinstance(value, float) and isinstance(low, float) and isinstance(high, float):
            assert 0 <= low <= value <= high <= 1
    assert int(str(told["caught"])) <= int(str(told["happened"]))
    distinct = len(set(fired))
    assert sum(int(str(told[name])) for name in ("warned", "already", "not_over", "not_asked")) == distinct


@given(st.lists(HAPPENED, min_size=1, max_size=10))
def test_warning_of_everybody_always_is_never_called_useful(happened: list[tuple[str, date, int]]) -> None:
    everybody = [(firm, day) for firm in "ABCDEF" for day in MONTHS]
    told = one(graded(warned(*everybody), asked(), events(*happened), KINDS, UNTIL))
    assert told["verdict"] in ("worthless", "too_few", "no_event", "not_judged")
    if told["happened"]:
        assert told["recall_value"] == 1.0


@given(st.integers(0, 50), st.integers(1, 50))
def test_more_firms_of_the_same_share_give_a_narrower_interval(hits: int, rest: int) -> None:
    few, many = wilson(hits, hits + rest), wilson(10 * hits, 10 * (hits + rest))
    (_, low, high), (_, lower, higher) = ([part or 0.0 for part in parts] for parts in (few, many))
    assert higher - lower < high - low


def test_an_event_that_had_happened_before_the_warning_is_not_predicted_even_if_it_was_told_later() -> None:
    told = one(graded(warned(("A", MONTHS[0])), asked("AB"), events(("A", date(2024, 1, 20), 60)), KINDS, UNTIL))
    assert (told["warned"], told["already"], told["hits"]) == (0, 1, 0)


def test_the_lead_is_counted_from_the_first_warning_before_the_event() -> None:
    fired = [("A", MONTHS[0]), ("A", MONTHS[2])]
    told = one(graded(warned(*fired), asked(), events(("A", date(2024, 4, 30), 0)), KINDS, UNTIL))
    assert told["lead_days_value"] == 90.0  # from 31 January, not from 31 March
    assert (told["caught"], told["happened"]) == (1, 1)


def test_a_kind_that_warns_before_trouble_and_of_nobody_else_is_useful() -> None:
    firms = [f"{number:03}" for number in range(200)]
    months = pl.DataFrame([(firm, MONTHS[0]) for firm in firms], schema=FIRM_MONTH, orient="row")
    happened = events(*((firm, date(2024, 5, 1), 0) for firm in firms[:10]))
    told = one(graded(warned(*((firm, MONTHS[0]) for firm in firms[:10])), months, happened, KINDS, UNTIL))
    assert (told["verdict"], told["precision_value"], told["false_per_100_value"]) == ("useful", 1.0, 0.0)
    assert told["base_value"] == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("fired", "happened", "until", "verdict"),
    [
        ([], [("A", date(2024, 5, 1), 0)], UNTIL, "never_fired"),
        ([("A", MONTHS[0])], [], UNTIL, "no_event"),
        ([("A", MONTHS[0])], [("A", date(2024, 5, 1), 0)], FIRST, "not_judged"),
        ([("Z", MONTHS[0])], [("A", date(2024, 5, 1), 0)], UNTIL, "never_fired"),
        ([("B", MONTHS[0])], [("A", date(2024, 5, 1), 0)], UNTIL, "too_few"),
        ([(firm, MONTHS[0]) for firm in "BCDEF"], [("A", date(2024, 5, 1), 0)], UNTIL, "worthless"),
    ],
)
def test_what_cannot_be_judged_says_why(
    fired: list[tuple[str, date]], happened: list[tuple[str, date, int]], until: date, verdict: str
) -> None:
    told = one(graded(warned(*fired), asked(), events(*happened), KINDS, until))
    assert told["verdict"] == verdict


def test_a_warning_of_a_subject_that_has_left_is_counted_and_not_judged() -> None:
    told = one(graded(warned(("gone", MONTHS[0])), asked(), events(("A", date(2024, 5, 1), 0)), KINDS, UNTIL))
    assert (told["not_asked"], told["warned"]) == (1, 0)


def test_no_month_at_all_is_not_judged() -> None:
    empty = pl.DataFrame(schema=FIRM_MONTH)
    told = graded(warned(), empty, events(), KINDS, UNTIL)
    assert (one(told)["verdict"], told.schema) == ("not_judged", GRADES)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=40))
def test_the_median_lies_within_its_interval(leads: list[int]) -> None:
    value, low, high = (part or 0.0 for part in middle_of(leads))
    assert min(leads) <= low <= value <= high <= max(leads)
