"""Whether trouble comes over along a tie: counted as it is defined, silent where there is nothing to compare."""

from datetime import date, timedelta
from random import Random

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.monitor.grading import EVENTS, FIRM_MONTH, LEAST_FIRMS, QUIET_MONTHS
from kerong.engine.monitor.lift import NEAR_MONTHS, TIED, lifts
from kerong.rulebook.months import months_after

FIRST, UNTIL, LEAD = date(2024, 1, 31), date(2025, 6, 30), 6
MONTHS = [months_after(FIRST, number) for number in range(6)]
FIRMS = "ABCDEF"
HAPPENED = st.lists(
    st.tuples(st.sampled_from(FIRMS), st.dates(date(2022, 9, 1), UNTIL), st.integers(0, 60)), max_size=8
)
TIES = st.lists(st.tuples(st.sampled_from([*FIRMS, "X"]), st.sampled_from(FIRMS), st.sampled_from(MONTHS)), max_size=20)
Events = list[tuple[str, date, int]]
Ties = list[tuple[str, str, date]]


def found(ties: Ties, happened: Events) -> pl.DataFrame:
    tied = pl.DataFrame([("supply", *row) for row in ties], TIED, orient="row")
    events = pl.DataFrame(
        [("trouble", firm, day, day + timedelta(days=late)) for firm, day, late in happened], EVENTS, orient="row"
    )
    asked = pl.DataFrame([(firm, day) for firm in FIRMS for day in MONTHS], FIRM_MONTH, orient="row")
    return lifts(tied, asked, events, ["supply"], LEAD, UNTIL)


@given(TIES, HAPPENED)
def test_near_and_other_months_and_their_events_are_what_the_definition_says(ties: Ties, happened: Events) -> None:
    known = [(firm, day, day + timedelta(days=late)) for firm, day, late in happened]
    known = [row for row in known if row[2] <= UNTIL]
    counts = {True: [0, 0], False: [0, 0]}
    for firm in FIRMS:
        for on in MONTHS:
            begins = {begin for begin, end, day in ties if (end, day) == (firm, on)}
            own = [(day, seen) for who, day, seen in known if who == firm]
            quiet, since = months_after(on, -QUIET_MONTHS), months_after(on, -NEAR_MONTHS)
            is_over = months_after(on, LEAD) <= UNTIL
            if not begins or not is_over or any(quiet < day <= on or quiet < seen <= on for day, seen in own):
                continue
            near = any(who in begins and since < day <= on and seen <= on for who, day, seen in known)
            counts[near][0] += 1
            counts[near][1] += any(on < day <= months_after(on, LEAD) for day, _ in own)
    (row,) = found(ties, happened).iter_rows(named=True)
    assert [row["near_months"], row["near_hits"]] == counts[True]
    assert [row["other_months"], row["other_hits"]] == counts[False]


@given(TIES, HAPPENED, st.randoms())
def test_order_and_repetition_change_nothing(ties: Ties, happened: Events, random: Random) -> None:
    again = [*ties, *ties[:3]]
    random.shuffle(again)
    assert found(again, [*happened[::-1], *happened]).equals(found(ties, happened))


@given(TIES, HAPPENED)
def test_a_lift_lies_in_its_interval_and_none_is_told_of_nothing(ties: Ties, happened: Events) -> None:
    (row,) = found(ties, happened).iter_rows(named=True)
    if row["lift_low"] is None:
        assert not row["near_hits"] or not row["other_hits"] or row["near_firms"] < LEAST_FIRMS
    else:
        assert 0 < row["lift_low"] <= row["lift_value"] <= row["lift_high"]


def test_a_city_in_which_trouble_follows_ties_has_a_lift_above_one() -> None:
    many = [f"S{number:03d}" for number in range(200)]
    ties = [("bad" if number < 100 else "good", firm, FIRST) for number, firm in enumerate(many)]
    tied = pl.DataFrame([("supply", *row) for row in ties], TIED, orient="row")
    late = [*many[:40], *many[100:105]]
    rows = [("t", "bad", date(2024, 1, 2), date(2024, 1, 3))]
    rows += [("t", firm, date(2024, 3, 1), date(2024, 3, 2)) for firm in late]
    asked = pl.DataFrame([(firm, FIRST) for firm in many], FIRM_MONTH, orient="row")
    (row,) = lifts(tied, asked, pl.DataFrame(rows, EVENTS, orient="row"), ["supply"], 6, UNTIL).iter_rows(named=True)
    assert row["lift_value"] == 8.0
    assert row["lift_low"] > 3
