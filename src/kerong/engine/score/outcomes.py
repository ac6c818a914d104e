"""What came to pass: events in registers after a day of decision, and when nothing more is to be waited for."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import polars as pl

from kerong.rulebook.compiled import evaluate
from kerong.rulebook.models import Event, Model, Outcome
from kerong.rulebook.months import months_after as months_after
from kerong.rulebook.rows import prefixed

SUBJECT = "subject"
EVENTS = pl.Schema({SUBJECT: pl.String(), "happened": pl.Date(), "known": pl.Date()})


def events(
    registers: Mapping[str, pl.DataFrame], known: Mapping[str, pl.Series], model: Model, on: date
) -> pl.DataFrame:
    """`subject`, `happened`, `known` of every event, sorted by all three.

    `registers`: cleaned rows with `enterprise_id`, every report of a row among them; `known`: by register the day on
    which each row was known. Rows whose condition or day is not known are no event.
    """
    return events_of(model.outcome.events if model.outcome else (), registers, known, on)


def events_of(
    asked: Iterable[Event], registers: Mapping[str, pl.DataFrame], known: Mapping[str, pl.Series], on: date
) -> pl.DataFrame:
    """The same of events that are declared anywhere."""
    there = [one for one in asked if one.register in registers]
    found = [_of_register(one, registers[one.register], known[one.register], on) for one in there]
    return pl.concat([EVENTS.to_frame(), *found]).unique().sort(EVENTS.names())


def _of_register(event: Event, rows: pl.DataFrame, known: pl.Series, on: date) -> pl.DataFrame:
    nodes = {name: node for name, node in (("where", event.where), ("on", event.on)) if node is not None}
    facts = prefixed(rows, event.register)
    told = evaluate(facts, nodes, on).frame if nodes else pl.DataFrame()
    happened = told["on"] if "on" in nodes else known
    table = pl.DataFrame(
        {SUBJECT: rows["enterprise_id"].cast(pl.String), "happened": happened, "known": known}, schema=EVENTS
    )
    holds = told["where"] if "where" in nodes else pl.repeat(True, rows.height, dtype=pl.Boolean, eager=True)
    return table.filter(holds.fill_null(value=False)).drop_nulls()


def judged(decisions: pl.DataFrame, happened: pl.DataFrame, outcome: Outcome, seen: date) -> pl.DataFrame:
    """`subject` and `on` of the decisions, in their order, with `outcome` (Boolean) and `outcome_on` (Date).

    True: an event after the day and not later than the horizon; `outcome_on` is the first one's day. Null for every
    decision whose horizon, with the delay of reports, had not passed by `seen`: to take the bad ones among them would
    leave out the good.
    """
    asked = decisions.select(SUBJECT, "on").with_row_index("#row")
    days = asked["on"].unique().sort()
    ends = pl.DataFrame({"on": days, "#end": [months_after(day, outcome.horizon) for day in days]})
    asked = asked.join(ends, on="on", how="left", maintain_order="left")
    after = asked.join(happened, on=SUBJECT, how="inner").filter(
        (pl.col("happened") > pl.col("on")) & (pl.col("happened") <= pl.col("#end")) & (pl.col("known") <= seen)
    )
    first = after.group_by("#row").agg(pl.col("happened").min().alias("outcome_on"))
    wide = asked.join(first, on="#row", how="left", maintain_order="left").sort("#row")
    passed = pl.col("#end") + pl.duration(days=outcome.delay_days) <= pl.lit(seen)
    return wide.select(
        SUBJECT,
        "on",
        pl.when(passed).then(pl.col("outcome_on").is_not_null()).alias("outcome"),
        pl.when(passed).then("outcome_on").alias("outcome_on"),
    )


def days_between(first: date, last: date, every: str) -> list[date]:
    """Days of decision from `first` to `last`, a month, quarter, half year or year apart.

    Raises ValueError where `first` is after `last`.
    """
    if first > last:
        raise ValueError(f"{first} is after {last}")
    step = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}[every]
    found, number = [], 0
    while (day := months_after(first, number * step)) <= last:
        found.append(day)
        number += 1
    return found


def last_decision(outcome: Outcome, seen: date) -> date:
    """The last day whose outcomes are all in by `seen`."""
    waited = timedelta(days=outcome.delay_days)
    day = months_after(seen - waited, -outcome.horizon) + timedelta(days=31)  # later than any day that could be
    while months_after(day, outcome.horizon) + waited > seen:
        day -= timedelta(days=1)
    return day
