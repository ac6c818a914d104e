"""`kerong warning`: how good early warnings were on months that nobody had seen."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import typer
from rich.table import Table

from kerong import past
from kerong.commands import warning_contagion
from kerong.commands.facts import Opened, opened_facts
from kerong.commands.packs import console, day, open_pack, stop
from kerong.engine.monitor.grading import GRADES, Warned, graded
from kerong.engine.problems import joined, sentence
from kerong.engine.record import Refused
from kerong.engine.score import plan_of
from kerong.engine.score.card.trained import trained
from kerong.engine.score.outcomes import days_between, last_decision
from kerong.rulebook import Rulebook, RulebookErrors, load
from kerong.rulebook.cards import text_of
from kerong.rulebook.models import Model
from kerong.rulebook.said import Text
from kerong.rulebook.warned import FITTED, title_of_kind

app = typer.Typer(
    help="Early warning: how good each kind was, and what may come over from others.", no_args_is_help=True
)
app.command("contagion")(warning_contagion.contagion)
VERDICTS = {
    "useful": Text("有用", "useful"),
    "worthless": Text("无用", "worthless"),
    "too_few": Text("触发太少，尚不能评价", "too few to judge"),
    "never_fired": Text("从未触发", "never fired"),
    "no_event": Text("期内无事件", "no event"),
    "not_judged": Text("尚不能评价", "not judged"),
}
HEADS = {
    "kind": Text("预警", "warning"),
    "verdict": Text("评价", "verdict"),
    "warned": Text("预警企业月", "firm-months warned"),
    "precision": Text("准确率", "precision"),
    "base": Text("基准率", "base rate"),
    "recall": Text("召回率", "recall"),
    "lead": Text("提前天数", "days of lead"),
    "false": Text("每百企业月误报", "false per 100 firm-months"),
}


@app.command("grade")
def grade(
    registers: Annotated[Path, typer.Argument(metavar="REGISTERS|ARCHIVE", help="folder of registers, or an archive")],
    region: Annotated[str, typer.Option(help="a region's name, or a folder with region.toml")],
    first: Annotated[str, typer.Option("--from", help="the first day that is graded; then every month")],
    last: Annotated[str | None, typer.Option("--to", help="the last one; default: the day of --until")] = None,
    until: Annotated[str | None, typer.Option(help="events are seen up to this day; default: the region's own")] = None,
    fit_from: Annotated[
        str | None, typer.Option(help="fit cards of the models that warn on days from here to --from")
    ] = None,
    known_by: Annotated[str | None, typer.Option(help="of an archive: only what had come in by that day")] = None,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language")] = "zh",
    out: Annotated[Path | None, typer.Option(help="the table of grades, to sort by verdict: .parquet or .json")] = None,
) -> None:
    """Grade every kind of warning on past months: precision, recall, days of lead, false alarms, each with 95 %."""
    rulebook, texts = open_pack(region)
    seen, begin = day(until, rulebook), day(first, rulebook)
    source = opened_facts(registers, rulebook, None if known_by is None else day(known_by, rulebook))
    try:
        days = days_between(begin, seen if last is None else day(last, rulebook), "month")
    except ValueError as error:
        stop(f"kerong warning grade: no month to grade: {error}")
    try:
        if fit_from is not None:
            rulebook = _with_cards(source, rulebook, texts, day(fit_from, rulebook), begin)
        found = past.warned_months(source.facts, rulebook, days, seen, decided=source.decided)
    except Refused as refused:
        _tell(refused.problems)
        stop("kerong: the registers above cannot be used")
    table = grades_of(found, seen)
    if out is not None:
        _write(table, out)
    _show(table, found, rulebook, lang)


def grades_of(found: past.WarnedMonths, until: date) -> pl.DataFrame:
    """The table of grades: every kind among the firm-months of its kind of subject, sorted by kind."""
    parts = [GRADES.to_frame()]
    for subjects, asked in found.asked.items():
        kinds = {
            name: Warned(alert.event, alert.lead_months)
            for name, alert in found.alerts.items()
            if alert.subject_kind == subjects and alert.event is not None
        }
        parts.append(graded(found.warned, asked, found.events, kinds, until))
    return pl.concat(parts).sort("kind")


def _with_cards(source: Opened, rulebook: Rulebook, texts: Mapping[str, str], first: date, before: date) -> Rulebook:
    """The rulebook with a card of every model that warns, fitted on decisions whose outcomes were in before a day.

    A model of which no card can be fitted is told and left out.
    """
    added: dict[str, str] = {}
    for model in rulebook.models.values():
        if model.alert is None or model.outcome is None:
            continue
        try:
            days = days_between(first, last_decision(model.outcome, before), model.every)
        except ValueError as error:
            stop(f"kerong warning grade: nothing to fit {model.name} on before {before}: {error}")
        gathered = past.sample(source.facts, rulebook, model, days, before, decided=source.decided)
        card, problems = trained(gathered.sample, plan_of(model), gathered.forbidden, gathered.outcome_on, on=before)
        if card is None:
            _tell(joined([gathered.problems, problems]))
            console.print(f"{model.name}: no card could be fitted, as the lines above say; the others are graded")
            continue
        console.print(
            f"{model.name}: {card.rows:,} firm-months, {card.bads:,} followed, {card.window[0]} – {card.window[1]}"
        )
        name = model.name + FITTED
        held = {**json.loads(card.to_json()), "name": name}
        added[f"cards/{name}.toml"] = text_of(held, model.name, _source(card.window), _values(model))
    try:
        return load({**texts, **added})
    except RulebookErrors as errors:
        stop(f"kerong: {errors}")


def _source(window: tuple[date, date]) -> Text:
    return Text(f"为评价拟合，{window[0]} – {window[1]}", f"fitted to be graded, {window[0]} – {window[1]}")


def _values(model: Model) -> dict[str, str]:
    return {one.name: one.text for one in model.characteristics}


def _write(table: pl.DataFrame, out: Path) -> None:
    try:
        if out.suffix == ".parquet":
            table.write_parquet(out)
        else:
            rows = json.dumps(table.to_dicts(), ensure_ascii=False, indent=1)
            out.write_text(rows + "\n", encoding="utf-8")
    except OSError as error:
        stop(f"kerong: {out}: {error.strerror or error}")


def _show(table: pl.DataFrame, found: past.WarnedMonths, rulebook: Rulebook, lang: str) -> None:
    shown = Table()
    for head in HEADS.values():
        shown.add_column(head.in_(lang), overflow="fold")
    for row in by_worth(table):
        shown.add_row(*(make(row) for make in _cells(rulebook, lang)))
    console.print(shown)
    for name in found.ungraded:
        told = Text("没有说明预警的事件，不评价", "says no event: not graded")
        console.print(f"{name}: {told.in_(lang)}")
    _tell(found.problems)


def by_worth(table: pl.DataFrame) -> list[dict[str, object]]:
    """Useful kinds first, by how many times the base rate they surely hit; then what is open; the worthless last."""
    order = ("useful", "too_few", "never_fired", "no_event", "not_judged", "worthless")

    def worth(row: dict[str, object]) -> tuple[int, float, str]:
        low, base = row["precision_low"], row["base_value"]
        times = low / base if isinstance(low, float) and isinstance(base, float) and base > 0 else 0.0
        return order.index(str(row["verdict"])), -times, str(row["kind"])

    return sorted(table.iter_rows(named=True), key=worth)


def _cells(rulebook: Rulebook, lang: str) -> list[Callable[[dict[str, object]], str]]:
    return [
        lambda row: f"{title_of_kind(rulebook, str(row['kind'])).in_(lang)} [{row['kind']}]",
        lambda row: VERDICTS[str(row["verdict"])].in_(lang),
        lambda row: f"{row['warned']:,}",
        lambda row: _interval(row, "precision", 100, " %"),
        lambda row: _interval(row, "base", 100, " %"),
        lambda row: f"{row['caught']}/{row['happened']} " + _interval(row, "recall", 100, " %"),
        lambda row: _interval(row, "lead_days", 1, ""),
        lambda row: _interval(row, "false_per_100", 1, ""),
    ]


def _interval(row: Mapping[str, object], name: str, times: int, unit: str) -> str:
    parts = [row[f"{name}_{part}"] for part in ("value", "low", "high")]
    told = [f"{float(one) * times:.1f}" for one in parts if isinstance(one, int | float)]
    return f"{told[0]}{unit} ({told[1]}–{told[2]})" if len(told) == len(parts) else "-"


def _tell(table: pl.DataFrame) -> None:
    for row in table.iter_rows(named=True):
        typer.echo(sentence(row, "en") + " / " + sentence(row, "zh"), err=True)
