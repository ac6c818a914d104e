"""Gates: what stops a batch from being published, by its profile and those of the feed's earlier batches.

A finding is data: `kind` of a sentence, `severity` ("held" stops publication, "noted" does not), and the figures that
the sentence names. Shares are basis points, rounded down. Nothing is judged by what is not known: a feed without
published batches has no history, and the finding says so.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median_low

import polars as pl

from kerong.engine.record.profile import FINE, Profile
from kerong.rulebook.content import Register

WHOLE_BP = 10_000
HISTORY = 6  # published batches, or periods, that a batch is compared with
POWERS = (2, 3, 4, 6, 8)  # of ten, between fen, yuan, thousands, ten thousands, millions and hundred millions
JUMP = 170  # hundredths of a power of ten: a median that moves fifty times is more than growth
NEAR = 15  # hundredths: a row that came before is off by a unit where its ratio is this near to a power
RETURNING = 5  # rows that came before, at least, for their amounts to tell anything
MOVED_BP = 2_000  # share of these that moved by one power
MOST_BP = 5_000  # share of rows outside the period that the name of the file states

Finding = dict[str, object]


@dataclass(frozen=True, slots=True)
class Stated:
    """What is known of a file beside its rows, and how the rows fit: sums by column, "rows" for their number; a period.

    `found` are the sums over all readable cells of the file, set aside or not, `unread` how many could not be read.
    `period`: the one that the file is said to be of, `surely` where it was stated and not only read from the name of
    the file; `outside` are the rows of other periods. `until`: a day (ISO) after which no period begins; `ahead` are
    the rows of those that do.
    """

    totals: Mapping[str, int] = field(default_factory=dict)
    found: Mapping[str, int] = field(default_factory=dict)
    unread: Mapping[str, int] = field(default_factory=dict)
    period: str | None = None
    surely: bool = False
    outside: Mapping[str, int] = field(default_factory=dict)
    until: str = ""
    ahead: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Returning:
    """Rows of one amount column that came before: how many, how many moved by one power of ten, and by which."""

    rows: int
    moved: int
    power: int


def gated(
    profile: Profile,
    history: Sequence[Profile],
    register: Register,
    stated: Stated,
    returning: Mapping[str, Returning],
    first_load: bool = False,
) -> list[Finding]:
    """All findings. `history`: the feed's published batches, oldest first.

    `first_load`: these came together with this batch, as the first that the feed ever sent: years of one delivery are
    not expected to be of one size, so the number of rows is not judged by them; but what a period had is.
    """
    if not profile["rows"] and not profile["set_aside"]:
        return [_held("gate_empty"), *_totals(profile, register, stated)]
    recent = history[-HISTORY:]
    found = [] if profile["rows"] else [_held("gate_empty")]
    found += [*_aside(profile, register), *_totals(profile, register, stated), *_periods(profile, stated)]
    if not recent:
        return [*found, {"kind": "gate_no_history", "severity": "noted"}]
    if first_load:
        found.append({"kind": "gate_first_load", "severity": "noted"})
        found += _of_periods_again(profile, history, register)
    elif register.delivery.extent == "period":
        found += _rows_by_period(profile, history, register)
    else:
        found += _rows(profile, recent, register)
    return [
        *found,
        *_nulls(profile, recent, register.gates.nulls_bp),
        *_keys(profile, recent, register),
        *_units(profile, recent, register, returning),
    ]


def _held(kind: str, **figures: object) -> Finding:
    return {"kind": kind, "severity": "held", **figures}


def _share(part: int, whole: int) -> int:
    return part * WHOLE_BP // whole if whole else 0


def _received(profile: Profile) -> int:
    return int(profile["rows"]) + int(profile["set_aside"])


def _aside(profile: Profile, register: Register) -> Iterator[Finding]:
    share, limit = _share(profile["set_aside"], _received(profile)), register.gates.aside_bp
    if profile["set_aside"] * WHOLE_BP > limit * _received(profile):
        yield _held("gate_aside", now=share, limit=limit, measure="bp", count=_received(profile))


def _totals(profile: Profile, register: Register, stated: Stated) -> Iterator[Finding]:
    for name, total in sorted(stated.totals.items()):
        if name == "rows":
            if total != _received(profile):
                yield _held("gate_total", column="rows", was=total, now=_received(profile), measure="rows")
            continue
        told = {"column": name, "was": total, "now": stated.found.get(name, 0), "measure": register.columns[name].type}
        if stated.unread.get(name):
            yield _held("gate_total_unread", **told, count=stated.unread[name])
        elif total != told["now"]:
            yield _held("gate_total", **told)
    missing = [name for name in register.gates.totals if name not in stated.totals]
    if missing:  # told, but no reason to stop: that a sum was not checked is no sign that it is wrong
        yield {"kind": "gate_total_missing", "severity": "noted", "columns": missing}


def _periods(profile: Profile, stated: Stated) -> Iterator[Finding]:
    if stated.ahead:
        rows, first = sum(stated.ahead.values()), min(stated.ahead)
        yield _held("gate_period_ahead", now=rows, was=stated.until, period=first, measure="rows")
    if stated.outside:
        rows, count = sum(stated.outside.values()), sum(profile["periods"].values())
        if stated.surely or _share(rows, count) > MOST_BP:
            first = min(stated.outside)
            yield _held("gate_period", now=rows, was=stated.period, period=first, count=count, measure="rows")


def _rows(profile: Profile, recent: Sequence[Profile], register: Register) -> Iterator[Finding]:
    """The number of rows received, against the median batch."""
    yield from _changed(_received(profile), median_low(map(_received, recent)), None, register)


def _rows_by_period(profile: Profile, history: Sequence[Profile], register: Register) -> list[Finding]:
    """Each period's rows, against those that it had before, else against the median of the periods before it.

    Periods of the batch itself count among these: a file of twelve months may grow from month to month.
    """
    known: dict[str, int] = {}
    for batch in history:
        known |= batch["periods"]
    counted = known | dict(profile["periods"])
    found: list[Finding] = []
    for period, rows in profile["periods"].items():
        earlier = [counted[each] for each in sorted(counted) if each < period] or [*known.values()]
        before = known.get(period) or (median_low(earlier[-HISTORY:]) if known else 0)
        found += _changed(rows, before, period, register)
    worst = sorted(found, key=lambda finding: -abs(int(str(finding["change"]))))
    return worst[:1] and [{**worst[0], "periods": len(worst)}]


def _changed(rows: int, before: int, period: str | None, register: Register) -> Iterator[Finding]:
    change, limit = _share(abs(rows - before), before), register.gates.rows_bp
    if before and abs(rows - before) * WHOLE_BP > limit * before:
        signed = change if rows > before else -change
        yield _held("gate_rows", now=rows, was=before, change=signed, limit=limit, period=period, measure="rows")


def _nulls(profile: Profile, recent: Sequence[Profile], limit: int) -> Iterator[Finding]:
    for name in profile["columns"] if profile["rows"] else ():
        shares = [_empty(batch, name) for batch in recent if batch["rows"] and name in batch["columns"]]
        now = _empty(profile, name)
        if shares and now - median_low(shares) > limit:
            yield _held("gate_nulls", column=name, now=now, was=median_low(shares), limit=limit, measure="bp")


def _empty(profile: Profile, name: str) -> int:
    return _share(profile["columns"][name]["empty"], profile["rows"])


def _keys(profile: Profile, recent: Sequence[Profile], register: Register) -> Iterator[Finding]:
    limit, now, before = register.gates.keys_bp, _known(profile), median_low(map(_known, recent))
    if before - now > limit:
        yield _held("gate_keys", now=now, was=before, limit=limit, measure="bp")


def _known(profile: Profile) -> int:
    """The share of the rows received that say which enterprise they are about."""
    return WHOLE_BP - _share(profile["without_identity"], _received(profile))


def of_new_periods(
    profile: Profile, history: Sequence[Profile], register: Register, own: Sequence[str]
) -> list[Finding]:
    """Of a correction with rows of periods that its batch (`own`) had none of: whether they would replace more."""
    new = {period: rows for period, rows in profile["periods"].items() if period not in own}
    return _of_periods_again({**profile, "periods": new}, history, register)


def _of_periods_again(profile: Profile, history: Sequence[Profile], register: Register) -> list[Finding]:
    """Only the periods that were there before, which these rows would replace."""
    if register.delivery.extent != "period":
        return []
    known = {period for batch in history for period in batch["periods"]}
    again = {period: rows for period, rows in profile["periods"].items() if period in known}
    return _rows_by_period({**profile, "periods": again}, history, register)


def _units(
    profile: Profile, recent: Sequence[Profile], register: Register, returning: Mapping[str, Returning]
) -> Iterator[Finding]:
    if not register.gates.unit:
        return
    for name, column in profile["columns"].items():
        if name not in register.columns or "magnitude" not in column:
            continue
        before = [b["columns"][name]["magnitude"] for b in recent if b["columns"].get(name, {}).get("magnitude")]
        now, measure = column["magnitude"], register.columns[name].type
        if before and now is not None and abs(now - median_low(before)) >= JUMP:
            was = median_low(before)
            factor = 10 ** max(2, round(abs(now - was) / FINE))
            yield _held("gate_unit", column=name, now=_typical(now), was=_typical(was), factor=factor, measure=measure)
        elif name in returning:
            yield from _moved(name, returning[name])


def _moved(name: str, rows: Returning) -> Iterator[Finding]:
    if rows.rows >= RETURNING and _share(rows.moved, rows.rows) > MOVED_BP:
        figures = {"now": rows.moved, "was": rows.rows, "factor": 10**rows.power, "limit": MOVED_BP}
        yield _held("gate_unit_rows", column=name, measure="rows", **figures)


def _typical(magnitude: int) -> int:
    """A whole number of the magnitude, of two figures: 1234567 is told as 1200000."""
    size = int(math.pow(10, magnitude / FINE + 0.005))
    step = int(10 ** max(0, len(str(size)) - 2))
    return round(size / step) * step


def returned(
    before: pl.DataFrame, now: pl.DataFrame, key: Sequence[str], amounts: Sequence[str]
) -> dict[str, Returning]:
    """By amount column: the keys of `now` that came before, and those that moved by one power of ten (POWERS).

    Of a key that stands several times the median amount is compared.
    """
    if not key:
        return {}
    both = _once(now, key, amounts).join(_once(before, key, amounts), on=key, how="inner", suffix="#before")
    found: dict[str, Returning] = {}
    for name in amounts:
        pair = both.select(pl.col(name).cast(pl.Float64), pl.col(f"{name}#before").cast(pl.Float64))
        pair = pair.filter((pl.col(name) > 0) & (pl.col(f"{name}#before") > 0))
        ratio = ((pair[name] / pair[f"{name}#before"]).log10() * FINE).alias("ratio")
        moved = {
            signed: int(((ratio - signed * FINE).abs() <= NEAR).sum()) for power in POWERS for signed in (power, -power)
        }
        most = max(moved, key=lambda signed: (moved[signed], -abs(signed), signed))
        found[name] = Returning(pair.height, moved[most], abs(most))
    return found


def _once(rows: pl.DataFrame, key: Sequence[str], amounts: Sequence[str]) -> pl.DataFrame:
    known = rows.select(*key, *amounts).filter(pl.all_horizontal(pl.col(key).is_not_null()))
    return known.group_by(key).agg(pl.col(amounts).cast(pl.Float64).median())
