"""The order of the stages over past days: what models learn from, and how the index moved."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

import polars as pl

from kerong.engine import entitle, record, score
from kerong.engine.problems import joined
from kerong.engine.score import Scale
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

    `alerts`: by name what the graded rules and cards say; `ungraded`: kinds that say no event, or look at rows.
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

    Rules that look at an enterprise and cards whose model warns are graded. Firm-months of firms in business are asked
    about, of local financial organisations among them for warnings of such. Raises record.Refused.
    """
    rules = {rule.name: rule for rule in rulebook.rules.values() if rule.is_alert}
    graded = {name: rule for name, rule in rules.items() if rule.per == "enterprise" and _event(rule.alert)}
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
    for day in record.days_of(facts, rulebook, days, _fields(book), watch, decided):
        verdicts, failed = entitle.entitlements(day.enterprises, {}, book, day.on)
        credit, unread = score.credit(day.enterprises, book, day.on)
        warned.append(score.warnings(verdicts, credit, {}, book, day.enterprises, {}, day.on, trials=True))
        asked.append(day.enterprises.select("enterprise_id", pl.lit(day.on).alias("on"), *_flags(book)))
        wrong += [failed, unread]
    months = pl.concat(asked).rename({"enterprise_id": "subject"})
    if IN_BUSINESS in months.columns:
        months = months.filter(pl.col(IN_BUSINESS).fill_null(value=False))
    local = months.filter(LOCAL_FINANCE) if LOCAL_FINANCE in months.columns else months.clear()
    return WarnedMonths(
        warned=pl.concat(warned),
        asked={"enterprise": months, "local_finance": local},
        events=pl.concat([_NO_EVENT, *told], how="diagonal_relaxed").select(_NO_EVENT.columns),
        alerts=said,
        ungraded=tuple(sorted(rules.keys() - graded.keys())),
        problems=joined(wrong),
    )


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
