"""How good warnings were: of firm-months that were asked about, which were followed by what was warned of.

Pure counting over held-out months; docs/algorithms/warning.md says what every figure means and what it leaves out.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from kerong.rulebook.months import months_after

Z = 1.959963984540054  # 97.5 % of the normal distribution: intervals of 95 %
LEAST_FIRMS = 5  # warned firms from which a kind is judged: one lucky hit would look useful
QUIET_MONTHS = 12  # after an event a firm is not asked about for so long: it is in trouble already
FIRM_MONTH = pl.Schema({"subject": pl.String(), "on": pl.Date()})
WARNED = pl.Schema({"kind": pl.String(), **FIRM_MONTH})
EVENTS = pl.Schema({"event": pl.String(), "subject": pl.String(), "happened": pl.Date(), "known": pl.Date()})
_SHARE = ("value", "low", "high")
GRADES = pl.Schema(
    {
        "kind": pl.String(),
        "event": pl.String(),
        "lead_months": pl.Int32(),
        "verdict": pl.String(),
        "firm_months": pl.Int64(),
        "warned": pl.Int64(),
        "warned_firms": pl.Int64(),
        "hits": pl.Int64(),
        "already": pl.Int64(),
        "not_asked": pl.Int64(),
        "not_over": pl.Int64(),
        "happened": pl.Int64(),
        "caught": pl.Int64(),
        **{f"base_{part}": pl.Float64() for part in _SHARE},
        **{f"precision_{part}": pl.Float64() for part in _SHARE},
        **{f"recall_{part}": pl.Float64() for part in _SHARE},
        **{f"lead_days_{part}": pl.Float64() for part in _SHARE},
        **{f"false_per_100_{part}": pl.Float64() for part in _SHARE},
    }
)


@dataclass(frozen=True, slots=True)
class Warned:
    """What a kind of warning says: `event` within `lead_months` after its day."""

    event: str
    lead_months: int


def graded(
    warned: pl.DataFrame, asked: pl.DataFrame, events: pl.DataFrame, kinds: Mapping[str, Warned], until: date
) -> pl.DataFrame:
    """The table GRADES, one row per kind, sorted by kind.

    `warned`: `kind`, `subject`, `on`; `asked`: `subject`, `on` of every firm-month in which a warning could have come;
    both may hold a row twice and count it once. `events`: `event`, `subject`, `happened`, `known`. `until`: the day up
    to which events were seen; a day whose months ahead are not over by then is not judged.

    A firm-month is judged where nothing of the event was known or had happened in the QUIET_MONTHS before. It is
    followed where the event happens after the day and at most `lead_months` later. `verdict`: "useful" where the
    interval of precision lies above the base rate, else "worthless"; where there is nothing to say, "too_few" (firms
    were warned of), "never_fired", "no_event" (nothing happened to anybody) or "not_judged" (no month is over). Shares
    are of 1.
    """
    months = _shaped(asked, FIRM_MONTH)
    rows = [_kind(name, said, _shaped(warned, WARNED), months, events, until) for name, said in sorted(kinds.items())]
    return pl.DataFrame(rows, schema=GRADES)


def wilson(hits: float, count: float) -> tuple[float | None, float | None, float | None]:
    """(share, low, high): Wilson's 95 % interval of a share; all None of nothing."""
    if count <= 0:
        return None, None, None
    share = hits / count
    middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
    half = Z / (1 + Z * Z / count) * math.sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    return share, min(max(middle - half, 0.0), share), max(min(middle + half, 1.0), share)


def middle_of(values: Iterable[int]) -> tuple[float | None, float | None, float | None]:
    """(median, low, high): the 95 % interval by order statistics; of few values it is their whole range."""
    told = sorted(values)
    count = len(told)
    if not count:
        return None, None, None
    half = Z * math.sqrt(count) / 2
    low, high = max(math.floor(count / 2 - half), 0), min(math.ceil(count / 2 + half), count - 1)
    median = (told[(count - 1) // 2] + told[count // 2]) / 2
    return median, float(told[low]), float(told[high])


def _shaped(table: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    return table.select(schema.names()).cast(schema).unique().sort(schema.names())


def _kind(
    name: str, said: Warned, warned: pl.DataFrame, asked: pl.DataFrame, events: pl.DataFrame, until: date
) -> dict[str, object]:
    own = events.filter((pl.col("event") == said.event) & (pl.col("known") <= until)).select(
        "subject", "happened", "known"
    )
    own = own.unique().sort("subject", "happened", "known")
    told = followed_months(asked, own, said.lead_months, until)
    fired = warned.filter(pl.col("kind") == name).select("subject", "on")
    mine = told.join(fired.with_columns(pl.lit(value=True).alias("fired")), on=["subject", "on"], how="left")
    mine = mine.with_columns(pl.col("fired").fill_null(value=False)).sort("subject", "on")
    judged = mine.filter(pl.col("over") & ~pl.col("already"))
    first = _beginnings(judged, own)
    leads = _leads(judged.filter("fired"), first, said.lead_months)
    counts: dict[str, object] = {
        "firm_months": judged.height,
        "warned": int(judged["fired"].sum()),
        "warned_firms": judged.filter("fired")["subject"].n_unique(),
        "hits": int(judged.filter("fired")["followed"].sum()),
        "already": int((mine["fired"] & mine["already"]).sum()),
        "not_asked": fired.join(asked, on=["subject", "on"], how="anti").height,
        "not_over": int((mine["fired"] & ~mine["over"] & ~mine["already"]).sum()),
        "happened": first.height,
        "caught": len(leads),
    }
    figures = _figures(judged, counts, leads)
    said_of = {"kind": name, "event": said.event, "lead_months": said.lead_months}
    return said_of | {"verdict": _verdict(counts, figures)} | counts | figures


def followed_months(asked: pl.DataFrame, events: pl.DataFrame, lead: int, until: date) -> pl.DataFrame:
    """`subject`, `on` and whether the months ahead are `over`, it was in trouble `already`, and it is `followed`."""
    days = asked["on"].unique().sort()
    ends = [months_after(day, lead) for day in days]
    quiet = [months_after(day, -QUIET_MONTHS) for day in days]
    spans = pl.DataFrame({"on": days, "end": ends, "quiet": quiet}, schema_overrides={"end": pl.Date, "quiet": pl.Date})
    rows = asked.join(spans, on="on", how="left").with_row_index("#")
    near = rows.join(events, on="subject", how="inner")
    before = (pl.col("happened") <= pl.col("on")) & (pl.col("happened") > pl.col("quiet"))
    known = (pl.col("known") <= pl.col("on")) & (pl.col("known") > pl.col("quiet"))
    ahead = (pl.col("happened") > pl.col("on")) & (pl.col("happened") <= pl.col("end"))
    sums = near.group_by("#").agg((before | known).any().alias("already"), ahead.any().alias("followed"))
    wide = rows.join(sums, on="#", how="left").with_columns(pl.col("already", "followed").fill_null(value=False))
    return wide.select("subject", "on", (pl.col("end") <= until).alias("over"), "already", "followed")


def _beginnings(judged: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """`subject`, `happened`: the next event after each judged firm-month that is followed by one, each once."""
    wanted = judged.filter("followed").select("subject", "on")
    ahead = wanted.join(events, on="subject", how="inner").filter(pl.col("happened") > pl.col("on"))
    return ahead.group_by("subject", "on").agg(pl.col("happened").min()).select("subject", "happened").unique()


def _leads(fired: pl.DataFrame, first: pl.DataFrame, lead: int) -> list[int]:
    """Of each event that a warning came before: days from the earliest such warning."""
    near = fired.join(first, on="subject", how="inner").filter(pl.col("happened") > pl.col("on"))
    near = near.filter(pl.Series([months_after(day, lead) for day in near["on"]], dtype=pl.Date) >= near["happened"])
    days = near.group_by("subject", "happened").agg(
        (pl.col("happened") - pl.col("on")).dt.total_days().max().alias("d")
    )
    return [int(value) for value in days["d"]]


def _figures(judged: pl.DataFrame, counts: Mapping[str, object], leads: list[int]) -> dict[str, object]:
    """Shares with intervals. Months of one firm tell nearly the same: an interval counts firms, not months."""
    firms = judged["subject"].n_unique()
    warned, hits, all_months = judged.filter("fired"), int(str(counts["hits"])), judged.height
    fired_firms = int(str(counts["warned_firms"]))
    base = wilson(_of(int(judged["followed"].sum()), all_months, firms), firms)
    precision = wilson(_of(hits, warned.height, fired_firms), fired_firms)
    recall = wilson(int(str(counts["caught"])), int(str(counts["happened"])))
    false = wilson(_of(warned.height - hits, all_months, firms), firms)
    per_100 = tuple(None if part is None else 100 * part for part in false)
    named = {"base": base, "precision": precision, "recall": recall, "lead_days": middle_of(leads)}
    named["false_per_100"] = per_100[0], per_100[1], per_100[2]
    return {f"{key}_{part}": own for key, parts in named.items() for part, own in zip(_SHARE, parts, strict=True)}


def _of(hits: int, months: int, firms: int) -> float:
    return hits / months * firms if months else 0.0


def _verdict(counts: Mapping[str, object], figures: Mapping[str, object]) -> str:
    low, base = figures["precision_low"], figures["base_value"]
    if not counts["firm_months"]:
        return "not_judged"
    if not counts["happened"]:
        return "no_event"
    if not isinstance(low, float) or not isinstance(base, float):
        return "never_fired"
    if int(str(counts["warned_firms"])) < LEAST_FIRMS:
        return "too_few"
    return "useful" if low > base else "worthless"
