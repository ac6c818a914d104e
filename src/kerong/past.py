"""The order of the stages over past days: what models learn from, and how the index moved."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

import polars as pl

from kerong.engine import entitle, monitor, record, score
from kerong.engine.problems import joined
from kerong.engine.score import Scale
from kerong.engine.score.warning import WARNINGS
from kerong.flow import Watch
from kerong.rulebook import Rulebook
from kerong.rulebook.content import Alert, Rule
from kerong.rulebook.models import Model
from kerong.rulebook.tree import fields_of


def index_history(
    facts: Mapping[str, record.FactTable],
    rulebook: Rulebook,
    scale: Scale,
    days: Iterable[date],
    watch: Watch = lambda day: None,
    decided: record.Decided = record.NOTHING_DECIDED,
) -> dict[str, pl.DataFrame]:
    """The tables of a run that look back: `history/index`, and `history/pace` where the days hold a whole year."""
    asked = sorted(set(days))
    year = score.days_of_pace(asked[-1]) if asked else ()
    held: dict[date, tuple[pl.DataFrame, pl.DataFrame]] = {}

    def looked(found: Iterable[record.Day]) -> Iterator[record.Day]:
        for day in found:
            if day.on in year:
                read = score.values(day.enterprises, rulebook, day.on)[0]
                held[day.on] = read, score.population(day.enterprises, rulebook)
            yield day

    seen = record.days_of(facts, rulebook, asked, score.fields_of_index(rulebook), watch, decided)
    tables = {"history/index": score.trend(looked(seen), rulebook, scale)}
    if len(held) == 2:
        (before, _), (after, firms) = (held[day] for day in year)
        tables["history/pace"] = score.pace(before, after, firms)
    return tables


def sample(
    facts: Mapping[str, record.FactTable],
    rulebook: Rulebook,
    model: Model,
    days: Iterable[date],
    until: date,
    watch: Watch = lambda day: None,
    decided: record.Decided = record.NOTHING_DECIDED,
) -> score.Gathered:
    """What a declared model learns from: decisions of past days, and what came of each as it was known on `until`.

    Raises ValueError where the model is a formula or no day is asked for, record.Refused where a register fails.
    """
    reported, known = record.reports(facts, rulebook, score.registers_read(model), until, decided)
    happened = score.events(reported, known, model, until)
    seen = record.days_of(facts, rulebook, days, score.fields_read(model), watch, decided)
    return score.gathered(seen, happened, reported, model, until)


IN_BUSINESS, LOCAL_FINANCE = "is_in_business", "is_local_finance"  # fields by which a firm-month is asked about


@dataclass(frozen=True, slots=True)
class WarnedMonths:
    """What grading asks: `warned` (kind, subject, on); by kind of subject `asked` (subject, on); `events`.

    `alerts`: by name what the graded rules and cards say; `ungraded`: kinds that say no event.
    """

    warned: pl.DataFrame
    asked: Mapping[str, pl.DataFrame]
    events: pl.DataFrame
    alerts: Mapping[str, Alert]
    ungraded: tuple[str, ...]
    problems: pl.DataFrame


def warned_months(
    facts: Mapping[str, record.FactTable],
    rulebook: Rulebook,
    days: Iterable[date],
    until: date,
    watch: Watch = lambda day: None,
    decided: record.Decided = record.NOTHING_DECIDED,
) -> WarnedMonths:
    """The warnings of past days, each as the record of its day gave them, and the events known by `until`.

    Rules and cards are graded whose alert says an event; so are watches. Firm-months of firms in business are asked
    about, of local financial organisations among them for warnings of such, and months of institutions that have a row
    in a statistic. A rule that looks at rows warns of a firm where one row of it is met. Raises record.Refused.
    """
    asked_days = sorted(set(days))
    rules = {rule.name: rule for rule in rulebook.rules.values() if rule.is_alert}
    graded = {name: rule for name, rule in rules.items() if _event(rule.alert)}
    models = {rules.model for rules in rulebook.cards.values() if _event(rulebook.models[rules.model].alert)}
    cards = {name: one for name, one in rulebook.cards.items() if one.model in models}
    book = replace(rulebook, rules=MappingProxyType(graded), cards=MappingProxyType(cards), affiliates=None)
    alerts = {name: rule.alert for name, rule in graded.items()}
    alerts |= {name: rulebook.models[one.model].alert for name, one in cards.items()}
    said = {name: alert for name, alert in alerts.items() if alert is not None}
    happened, events_known = record.reports(facts, rulebook, _registers(rulebook, said), until, decided)
    told = [
        score.events_of(rulebook.events[name].events, happened, events_known, until).with_columns(
            pl.lit(name).alias("event")
        )
        for name in sorted({str(alert.event) for alert in said.values()})
    ]
    warned, asked, wrong = [], [], []
    pers = {rule.per for rule in graded.values()} - {"enterprise"}
    for day in record.days_of(facts, rulebook, asked_days, _fields(book), watch, decided, pers):
        verdicts, failed = entitle.entitlements(day.enterprises, day.rows, book, day.on)
        credit, unread = score.credit(day.enterprises, book, day.on)
        warned.append(score.warnings(verdicts, credit, {}, book, day.enterprises, day.rows, day.on, trials=True))
        asked.append(day.enterprises.select("enterprise_id", pl.lit(day.on).alias("on"), *_flags(book)))
        wrong += [failed, unread]
    months = pl.concat(asked).rename({"enterprise_id": "subject"})
    if IN_BUSINESS in months.columns:
        months = months.filter(pl.col(IN_BUSINESS).fill_null(value=False))
    local = months.filter(LOCAL_FINANCE) if LOCAL_FINANCE in months.columns else months.clear()
    watched = watched_months(facts, rulebook, asked_days, until, watch, decided)
    silent = {rule.name for rule in rulebook.watches.values()} - watched.alerts.keys()
    return WarnedMonths(
        warned=pl.concat([*warned, watched.warned]),
        asked={"enterprise": months, "local_finance": local, **watched.asked},
        events=pl.concat([_NO_EVENT, *told, watched.events], how="diagonal_relaxed").select(_NO_EVENT.columns),
        alerts=said | dict(watched.alerts),
        ungraded=tuple(sorted((rules.keys() - graded.keys()) | silent)),
        problems=joined([*wrong, watched.problems]),
    )


def watched_months(
    facts: Mapping[str, record.FactTable],
    rulebook: Rulebook,
    days: Sequence[date],
    until: date,
    watch: Watch = lambda day: None,
    decided: record.Decided = record.NOTHING_DECIDED,
) -> WarnedMonths:
    """The same of institutions: which watches were met, and when a reading of a statistic began to hold.

    Statistics are read every month from a year before the first day until `until`: an event happens, and is known, in
    the first month in which it holds after one in which it does not.
    """
    watches = {name: rule for name, rule in rulebook.watches.items() if _event(rule.alert)}
    readings = {
        name: rulebook.events[name].readings for name in sorted({str(_event(w.alert)) for w in watches.values()})
    }
    named = {rule.per for rule in watches.values()} | {one.statistic for held in readings.values() for one in held}
    statistics = {name: rulebook.statistics[name] for name in sorted(named)}
    book = replace(rulebook, statistics=statistics, watches=MappingProxyType(watches))
    found, asked, wrong = [WARNINGS.to_frame()], [_NO_MONTH], []
    held: list[pl.DataFrame] = []
    grid = sorted({*days, *months_between(days[0], until)}) if watches and days else []
    overs = {one.over for one in statistics.values()}
    fields = sorted({c for one in statistics.values() for t, c in one.reads() if t == "enterprise"} - {"enterprise_id"})
    for day in record.days_of(facts, rulebook, grid, fields, watch, decided, overs):
        tables, failed = monitor.statistics(day.rows, day.enterprises, book, day.on)
        wrong.append(failed)
        held.append(score.readings(tables, book, readings, day.on))
        if day.on in days:
            found.append(score.of_institutions(tables, book, day.on))
            asked.append(_named(tables, book, day.on))
    return WarnedMonths(
        warned=pl.concat(found),
        asked={"institution": pl.concat(asked).unique().sort("subject", "on")},
        events=score.begun(held),
        alerts={name: rule.alert for name, rule in watches.items() if rule.alert is not None},
        ungraded=(),
        problems=joined(wrong),
    )


@dataclass(frozen=True, slots=True)
class TiedMonths:
    """Who was tied to whom on past days (`channel`, `begin`, `end`, `on`), who is asked about, and what happened."""

    tied: pl.DataFrame
    asked: pl.DataFrame
    events: pl.DataFrame


def tied_months(
    facts: Mapping[str, record.FactTable],
    rulebook: Rulebook,
    event: str,
    days: Iterable[date],
    until: date,
    least_bp: int,
    watch: Watch = lambda day: None,
    decided: record.Decided = record.NOTHING_DECIDED,
) -> TiedMonths:
    """The ties of past days by the region's channels, and the events known by `until`. Raises record.Refused.

    `least_bp`: of a channel by share, the share from which a tie counts: who has many customers is tied to all of them,
    and would be near trouble always.
    """
    named = rulebook.events[event].events
    happened, known = record.reports(facts, rulebook, {one.register for one in named}, until, decided)
    tied, asked = [_NO_TIE], [_NO_MONTH]
    overs = {one.over for one in rulebook.channels.values()}
    flags = [IN_BUSINESS] if IN_BUSINESS in rulebook.formulas else []
    for day in record.days_of(facts, rulebook, days, flags, watch, decided, overs):
        on = pl.lit(day.on).alias("on")
        large = score.large_ties(record.ties(day.rows, rulebook, day.on), rulebook.channels, least_bp)
        tied.append(large.select("channel", "begin", "end", on))
        firms = day.enterprises.filter(pl.col(IN_BUSINESS).fill_null(value=False)) if flags else day.enterprises
        asked.append(firms.select(pl.col("enterprise_id").alias("subject"), on))
    return TiedMonths(pl.concat(tied), pl.concat(asked), score.events_of(named, happened, known, until))


def months_between(first: date, until: date) -> list[date]:
    """Days a month apart, from a year before `first` until `until`."""
    found, number = [], -12
    while (day := score.months_after(first, number)) <= until:
        found.append(day)
        number += 1
    return found


def _named(tables: Mapping[str, pl.DataFrame], book: Rulebook, on: date) -> pl.DataFrame:
    """The institutions that a statistic has a row of."""
    found = [tables[name].select(pl.col(one.by[0][0]).alias("subject")) for name, one in book.statistics.items()]
    return pl.concat(found).drop_nulls().unique().with_columns(pl.lit(on).alias("on")).select("subject", "on")


_NO_TIE = pl.DataFrame(schema={"channel": pl.String, "begin": pl.String, "end": pl.String, "on": pl.Date})
_NO_MONTH = pl.DataFrame(schema={"subject": pl.String, "on": pl.Date})
_NO_EVENT = pl.DataFrame(schema={"event": pl.String, "subject": pl.String, "happened": pl.Date, "known": pl.Date})


def _event(alert: Alert | None) -> str | None:
    return None if alert is None else alert.event


def _registers(rulebook: Rulebook, alerts: Mapping[str, Alert]) -> set[str]:
    named = {str(alert.event) for alert in alerts.values()}
    return {row.register for name in named for row in rulebook.events[name].events}


def _flags(book: Rulebook) -> list[str]:
    return [name for name in (IN_BUSINESS, LOCAL_FINANCE) if name in book.formulas]


def _fields(book: Rulebook) -> list[str]:
    """The fields of an enterprise that the rules and models of these cards read."""
    rules: Iterable[Rule] = book.rules.values()
    nodes = [clause.condition for rule in rules for clause in rule.clauses]
    read = {column for node in nodes for table, column in fields_of(node) if table == "enterprise"}
    read |= {field for one in book.cards.values() for field in score.fields_read(book.models[one.model])}
    return sorted((read | {*_flags(book)}) - {"enterprise_id"})
