"""A published run's warnings become alerts: new ones open, standing ones are brought up to date, gone ones lapse.

Nothing is deleted, and the same run published again changes nothing. A run that is older than one that was published
for the region changes nothing either: alerts follow the newest day.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from kerong.rulebook.outcomes import MET
from kerong.web.base.models import Alert, AlertMove, AlertParty, Role, Run
from kerong.web.base.models.alert import STANDING, WAITING
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.alert import RUN_MOVES
from kerong.web.base.services.outbox import INSTITUTION, Audience, alerts_told

KEY = ("kind", "subject_kind", "subject")
COLUMNS = (*KEY, "on", "severity", "owner", "due", "action", "evidence")
TEXTS = {"zh": pl.String(), "en": pl.String()}
SAID = (
    "on",
    "holds",
    "severity",
    "peak",
    "owner",
    "due",
    "action",
    "evidence",
    "state",
    "disposal",
    "outcome",
    "version",
)
BATCH = 500
RAISING = ("warn", "reopen", "worsen")  # moves of a run of which those who own the alert are told
Key = tuple[str, str, str]
Pair = tuple[int, str]  # an alert and an institution that owns it


class WarningsUnreadable(ValueError):
    """The run's table of warnings is of another kind."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Standing business of institutions of a kind with a firm: rows of a register; where it has an end, until then."""

    owner: str
    kind: str
    register: str
    owed: str = ""
    ends: str = ""


# an owner that is a kind of institution means those that have standing business of this kind with the firm
TIES: tuple[Tie, ...] = (
    Tie("lending_bank", "bank", "loan", owed="balance_fen"),
    Tie("guarantor", "guarantor", "guarantee", ends="end_on"),
    Tie("fund_manager", "fund", "equity_round"),
    Tie("insurer", "insurer", "insurance", ends="end_on"),
)


@dataclass
class _Changes:
    """What one run changes; written at the end in few statements."""

    run_id: str
    made: list[Alert] = field(default_factory=list)
    moves: list[tuple[Alert, str, str]] = field(default_factory=list)  # alert, move, state before

    def move(self, alert: Alert, name: str) -> None:
        """Moves an alert by the table of what runs do."""
        begin = alert.state if alert.pk else ""
        alert.state = RUN_MOVES[begin, name]
        alert.version = alert.version + 1 if alert.pk else 1
        self.moves.append((alert, name, begin))


def alerts_update(published: Published) -> dict[str, int]:
    """Brings the alerts of the run's region up to date; how many moves of each name that took.

    To be called inside a transaction. Raises WarningsUnreadable where the run's table is of another kind.
    """
    region, on = published.rulebook.region.name, published.on
    if Run.objects.filter(region=published.manifest["region"], on__gt=on).exists():
        return {}
    told = warned(published)
    held = {_key(alert): alert for alert in Alert.objects.select_for_update().filter(region=region)}
    before = {alert.pk: _said(alert) for alert in held.values()}
    changes = _Changes(published.run_id)
    for key, row in told.items():
        alert = held.get(key)
        if alert is None:
            alert = Alert(region=region, **dict(zip(KEY, key, strict=True)))
            _opened(alert, row, changes)
            changes.made.append(alert)
        else:
            _seen(alert, row, changes)
        alert.seen_on, alert.run_id, alert.holds = on, published.run_id, True
    for key in held.keys() - told.keys():
        _gone(held[key], changes)
    _write(changes, [alert for alert in held.values() if _said(alert) != before[alert.pk]])
    Alert.objects.filter(region=region).update(seen_on=on, run_id=published.run_id)
    owned_before, owned = _share(published, [*held.values(), *changes.made])
    standing = [alert for alert in (*held.values(), *changes.made) if alert.state in STANDING]
    alerts_told(region, published.run_id, _news(standing, changes, owned_before, owned))
    return {
        name: sum(move == name for _, move, _ in changes.moves) for name in sorted({m for _, m, _ in changes.moves})
    }


def warned(published: Published) -> dict[Key, dict[str, Any]]:
    """The run's warnings by kind and subject, in the order of their keys; of two that are the same the graver one.

    A run without the table gives its alert rules that are met: severity 1, nobody named.
    """
    table = _table(published) if "warnings" in published.tables else _of_rules(published)
    order = table.sort([*KEY, "severity", "due", "evidence"], descending=[False] * 3 + [True, False, False])
    rows = order.unique(KEY, keep="first", maintain_order=True).iter_rows(named=True)
    return {(row["kind"], row["subject_kind"], row["subject"]): row for row in rows}


def _table(published: Published) -> pl.DataFrame:
    wanted = {"on": pl.Date(), "due": pl.Date(), "severity": pl.Int64(), "action": pl.Struct(TEXTS)}
    try:
        table = published.table("warnings").select(COLUMNS).collect()
        table = table.cast({name: wanted.get(name, pl.String()) for name in COLUMNS})
    except pl.exceptions.PolarsError as error:
        raise WarningsUnreadable(f"warnings.parquet is of another kind: {str(error).splitlines()[0]}") from error
    if any(table[name].null_count() for name in (*KEY, "on", "severity")):
        raise WarningsUnreadable("warnings.parquet has a row without kind, subject, day or severity")
    if table.height and not table["severity"].is_between(1, 3).all():
        raise WarningsUnreadable("warnings.parquet has a severity that is not 1, 2 or 3")
    return table


def _of_rules(published: Published) -> pl.DataFrame:
    alerts = [rule.name for rule in published.rulebook.rules.values() if rule.is_alert]
    met = published.table("verdicts").filter(pl.col("rule").is_in(alerts), pl.col("outcome") == MET)
    return met.select(
        pl.col("rule").cast(pl.String).alias("kind"),
        pl.lit("enterprise").alias("subject_kind"),
        pl.col("enterprise_id").alias("subject"),
        pl.lit(published.on).alias("on"),
        pl.lit(1, pl.Int64).alias("severity"),
        pl.lit(None, pl.String).alias("owner"),
        pl.lit(None, pl.Date).alias("due"),
        pl.lit(None, pl.Struct(TEXTS)).alias("action"),
        pl.lit("{}").alias("evidence"),
    ).collect()


def _key(alert: Alert) -> Key:
    return alert.kind, alert.subject_kind, alert.subject


def _opened(alert: Alert, row: Mapping[str, Any], changes: _Changes) -> None:
    """A new warning, or one that is opened again: what was done before stands in the history alone."""
    changes.move(alert, "reopen" if alert.pk else "warn")
    alert.on, alert.due, alert.peak = row["on"], row["due"], row["severity"]
    alert.disposal = alert.outcome = ""
    _say(alert, row)


def _seen(alert: Alert, row: Mapping[str, Any], changes: _Changes) -> None:
    """A warning that was known: worse, or come back after it was gone, it is opened again or told to whoever acts."""
    is_worse = row["severity"] > alert.peak
    if alert.state not in STANDING:
        if is_worse or not alert.holds:
            _opened(alert, row, changes)
        return
    _say(alert, row)
    if is_worse:
        changes.move(alert, "worsen")
        alert.peak = row["severity"]
    if alert.due is None or (is_worse and row["due"] is not None and row["due"] < alert.due):
        alert.due = row["due"]  # a run that only repeats a warning gives nobody more time


def _gone(alert: Alert, changes: _Changes) -> None:
    """A warning that no longer holds lapses; where somebody acts, he closes it with an outcome."""
    if alert.holds:
        alert.holds = False
        if alert.state in WAITING:
            changes.move(alert, "lapse")


def _say(alert: Alert, row: Mapping[str, Any]) -> None:
    alert.severity, alert.owner = row["severity"], row["owner"] or ""
    alert.action = {name: row["action"][name] or "" for name in TEXTS} if row["action"] else {}
    alert.evidence = _evidence(row["evidence"])


def _evidence(text: str | None) -> dict[str, Any]:
    try:
        told = json.loads(text or "{}", parse_constant=lambda name: None)  # NaN and infinity are no JSON
    except (ValueError, RecursionError) as error:
        raise WarningsUnreadable("warnings.parquet has evidence that is no JSON") from error
    return told if isinstance(told, dict) else {}


def _said(alert: Alert) -> tuple[object, ...]:
    return tuple(getattr(alert, name) for name in SAID)


def _write(changes: _Changes, changed: Sequence[Alert]) -> None:
    Alert.objects.bulk_create(changes.made, batch_size=BATCH)
    Alert.objects.bulk_update(changed, SAID, batch_size=BATCH)
    AlertMove.objects.bulk_create(
        [
            AlertMove(
                alert=alert,
                version=alert.version,
                name=name,
                begin=begin,
                end=alert.state,
                severity=alert.severity,
                run_id=changes.run_id,
            )
            for alert, name, begin in changes.moves
        ],
        batch_size=BATCH,
    )


def _news(
    standing: Sequence[Alert], changes: _Changes, owned_before: set[Pair], owned: set[Pair]
) -> dict[Audience, tuple[int, int]]:
    """By audience how many alerts were opened, reopened or worse, and how many were another's before.

    An alert that no institution owns is the office's.
    """
    raised = {alert.pk for alert, name, _ in changes.moves if name in RAISING}
    made = {alert.pk for alert in changes.made}
    codes: dict[int, set[str]] = {}
    for pk, code in owned:
        codes.setdefault(pk, set()).add(code)
    had = {pk for pk, _ in owned_before}
    found: dict[Audience, tuple[int, int]] = {}
    for alert in standing:
        to = [(Audience(INSTITUTION, code), (alert.pk, code) in owned_before) for code in codes.get(alert.pk, ())]
        for audience, was in to or [(Audience(Role.OFFICIAL), alert.pk not in had)]:
            is_raised = alert.pk in raised
            is_handed = not was and not is_raised and alert.pk not in made
            before = found.get(audience, (0, 0))
            found[audience] = (before[0] + is_raised, before[1] + is_handed)
    return {audience: counts for audience, counts in found.items() if any(counts)}


def _share(published: Published, alerts: Sequence[Alert]) -> tuple[set[Pair], set[Pair]]:
    """Who owns which alert, by the business that stands on the run's day: where it has ended, so has the sight.

    Alerts and institutions as they were and as they are.
    """
    tied = _tied(published)
    owned = ((alert, code) for alert in alerts for code in _parties(alert, tied))
    wanted = {(alert.pk, code) for alert, code in owned}
    shared = AlertParty.objects.filter(alert__region=published.rulebook.region.name)
    known = {(item.alert_id, item.institution): item.pk for item in shared}
    ended = [pk for pair, pk in known.items() if pair not in wanted]
    for start in range(0, len(ended), BATCH):
        AlertParty.objects.filter(pk__in=ended[start : start + BATCH]).delete()
    AlertParty.objects.bulk_create(
        [AlertParty(alert_id=pk, institution=code) for pk, code in sorted(wanted - known.keys())], batch_size=BATCH
    )
    return set(known), wanted


def _parties(alert: Alert, tied: Mapping[str, Mapping[str, set[str]]]) -> Iterable[str]:
    """Institutions that own the alert: those of the owner's kind, or the one that is named, and business stands."""
    if alert.subject_kind != "enterprise":
        return ()
    kinds = tied.get(alert.owner)
    if kinds is not None:
        return kinds.get(alert.subject, ())
    return {alert.owner} if any(alert.owner in kind.get(alert.subject, ()) for kind in tied.values()) else ()


def _tied(published: Published) -> dict[str, dict[str, set[str]]]:
    """By kind of owner: firm -> codes of institutions with standing business; none where the run has no rows."""
    kinds = {item.code: item.kind for item in published.rulebook.region.institutions}
    found: dict[str, dict[str, set[str]]] = {tie.owner: {} for tie in TIES}
    for tie in TIES:
        if f"rows/{tie.register}" not in published.tables:
            continue
        rows = _standing(published.table(f"rows/{tie.register}"), tie, published.on)
        for firm, code in rows.iter_rows():
            if kinds.get(code) == tie.kind:
                found[tie.owner].setdefault(firm, set()).add(code)
    return found


def _standing(rows: pl.LazyFrame, tie: Tie, on: date) -> pl.DataFrame:
    """Firm and institution of rows that are not known to have ended."""
    columns = rows.collect_schema().names()
    if not {"enterprise_id", "institution"} <= set(columns):
        return pl.DataFrame(schema={"enterprise_id": pl.String, "institution": pl.String})
    wanted = [pl.col("enterprise_id").is_not_null(), pl.col("institution").is_not_null()]
    if tie.owed in columns:
        wanted.append(pl.col(tie.owed).is_null() | (pl.col(tie.owed) > 0))
    if tie.ends in columns:
        wanted.append(pl.col(tie.ends).is_null() | (pl.col(tie.ends) >= on))
    pairs = rows.filter(wanted).select(pl.col("enterprise_id", "institution").cast(pl.String))
    return pairs.unique().collect()
