"""`kerong model fit-city`, `proof-city`, `proof-stage`: a region's declared models on the registers of a city."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import numpy as np
import polars as pl
import typer

from kerong import past
from kerong.commands.facts import Opened, opened_facts
from kerong.commands.model_table import folder_for, written
from kerong.commands.packs import console, day, open_pack, stop
from kerong.engine.problems import sentence
from kerong.engine.record import Refused, days_of
from kerong.engine.score import Gathered, fields_read, plan_of
from kerong.engine.score.card import Card, Sample, score
from kerong.engine.score.card.metrics import estimates
from kerong.engine.score.card.report import About, model_card, subjects_of
from kerong.engine.score.card.report_words import markdown
from kerong.engine.score.card.tested import held_out
from kerong.engine.score.card.trained import trained
from kerong.engine.score.confusion import confusion
from kerong.engine.score.credit import card_of
from kerong.engine.score.declared import read
from kerong.engine.score.outcomes import days_between, last_decision, months_after
from kerong.rulebook import Rulebook
from kerong.rulebook.cards import text_of
from kerong.rulebook.digests import digests_of
from kerong.rulebook.models import EVERY, EVERYONE, Model
from kerong.rulebook.parse import nearest
from kerong.rulebook.said import Text

Registers = Annotated[Path, typer.Argument(metavar="REGISTERS|ARCHIVE", help="folder of registers, or an archive")]
RegionName = Annotated[str, typer.Option(help="a region's name, or a folder with region.toml")]
ModelName = Annotated[str, typer.Option("--model", help="a model of the region: a name of models/")]
Until = Annotated[str | None, typer.Option(help="outcomes are seen up to this day; default: the region's own day")]
First = Annotated[str, typer.Option("--from", help="the first day of decision")]
Last = Annotated[str | None, typer.Option("--to", help="the last one; default: the last whose outcomes are all in")]
Every = Annotated[str | None, typer.Option(help=f"{', '.join(EVERY)}; default: as the model says")]
KnownBy = Annotated[str | None, typer.Option(help="of an archive: only what had come in by that day")]
Draws = Annotated[int, typer.Option(min=20, help="samples of the bootstrap")]


def fit_city(
    registers: Registers,
    region: RegionName,
    model: ModelName,
    first: First,
    out: Annotated[Path, typer.Option(help="the card as a sheet of the pack: cards/NAME.toml")],
    last: Last = None,
    every: Every = None,
    until: Until = None,
    known_by: KnownBy = None,
    source: Annotated[str, typer.Option(help="what it was fitted on, in Chinese and English, parted by |")] = "",
    report: Annotated[Path | None, typer.Option(help="a folder for the model card, tested from --test-from on")] = None,
    test_from: Annotated[
        str | None, typer.Option(help="for --report: decisions from this day on are held back")
    ] = None,
    draws: Draws = 500,
) -> None:
    """Fit a declared model on past decisions and what came of them, and write its card as rule data."""
    rulebook, at, facts, seen = _opened(registers, region, model, until, known_by)
    found = _gathered(rulebook, at, facts, _days(at, rulebook, first, last, every, seen), seen)
    card, problems = trained(found.sample, plan_of(at), found.forbidden, found.outcome_on, on=seen)
    _tell(found.problems, problems)
    if card is None:
        stop("kerong model fit-city: no card: the lines above say why")
    folder_for(out.parent)
    values = {one.name: one.text for one in at.characteristics}
    held = json.loads(card.to_json())
    fitted_from = {"sample": found.sample.digest(), **digests_of(at, rulebook)}
    written(out, text_of(held, at.name, _source(source, rulebook, card), values, fitted_from))
    console.print(
        f"{out}: {card.rows:,} decisions, {card.bads:,} with the outcome; {found.not_asked:,} not asked, "
        f"{found.unsure:,} not known to be at risk",
        soft_wrap=True,
    )
    if report is not None:
        _report(found, at, seen, day(test_from, rulebook), report, draws, fitted_from)


def _report(
    found: Gathered,
    model: Model,
    seen: date,
    test_from: date,
    folder: Path,
    draws: int,
    fitted_from: Mapping[str, str],
) -> None:
    """A card of decisions whose horizon had ended by `test_from`, judged on the decisions from that day on."""
    plan, horizon = plan_of(model), model.outcome.horizon if model.outcome else 0
    days = found.sample.rows["on"]
    early = pl.Series([months_after(one, horizon) <= test_from for one in days])
    used = early | (days >= test_from)
    rows = found.sample.rows.filter(used)
    sample = Sample(rows, {name: known.filter(used) for name, known in found.sample.known.items()})
    train = early.filter(used)
    part = Sample(rows.filter(train), {name: known.filter(train) for name, known in sample.known.items()})
    forbidden = {name: one.filter(early) for name, one in found.forbidden.items()}
    card, problems = trained(part, plan, forbidden, found.outcome_on.filter(early), on=seen)
    if card is None or train.all():
        _tell(problems)
        stop(f"kerong model fit-city: no report: too few decisions before or after {test_from}")
    tested = held_out(sample, train.to_numpy(), plan, card)
    about = _about(model, test_from, fitted_from)
    made = model_card(about, card, tested, problems, np.random.default_rng(plan.seed), draws=draws)
    folder_for(folder)
    for lang in ("zh", "en"):
        written(folder / f"{model.name}.{lang}.md", markdown(made, lang))
    written(folder / f"{model.name}.json", made.to_json())
    console.print(f"{folder / model.name}.json: tested on {tested.rows.height:,} later decisions", soft_wrap=True)


def _about(model: Model, test_from: date, fitted_from: Mapping[str, str]) -> About:
    test = Text(f"{test_from} 及以后的决策，拟合时未见", f"decisions from {test_from} on, which the fit had not seen")
    forbidden = tuple((one.name, one.reason) for one in model.forbidden)
    limits = (model.limits,)
    return About(model.name, model.kind, model.title, model.meaning, limits, forbidden, test, fitted_from=fitted_from)


def proof_city(
    registers: Registers,
    region: RegionName,
    model: ModelName,
    first: First,
    last: Last = None,
    every: Every = None,
    until: Until = None,
    known_by: KnownBy = None,
    draws: Draws = 500,
    card: Annotated[
        str | None, typer.Option(help="judge this card by the model's outcome, though it was fitted for another")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="the figures as JSON")] = None,
) -> None:
    """How well the region's cards of a model do on a city that they were not fitted on, with 95 % intervals."""
    rulebook, at, facts, seen = _opened(registers, region, model, until, known_by)
    cards = _cards(rulebook, at, card)
    if not cards:
        stop(f"kerong: {region} has no card of {at.name}; kerong model fit-city makes one")
    found = _gathered(rulebook, at, facts, _days(at, rulebook, first, last, every, seen), seen)
    rows = found.sample.judged
    told = {name: _figures(rows, card, draws, at.seed) for name, card in sorted(cards.items())}
    if out is not None:
        written(out, json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    for name, parts in told.items():
        for segment, figures in parts.items():
            console.print(f"{name}/{segment}: {_line(figures)}", soft_wrap=True)


def _cards(rulebook: Rulebook, model: Model, asked: str | None) -> dict[str, Card]:
    """The cards of the model, or the one that is asked for, where the model reads all that it reads."""
    if asked is None:
        return {name: card_of(one) for name, one in rulebook.cards.items() if one.model == model.name}
    if asked not in rulebook.cards:
        stop(f"kerong: there is no card {asked}; {nearest(asked, rulebook.cards)}")
    rules, says = rulebook.cards[asked], {one.name: one.text for one in model.characteristics}
    card = card_of(rules)
    other = [name for name in card.line_names if says.get(name) != rules.values[name]]
    if other or {part.name for part in card.segments} != {EVERYONE}:
        stop(f"kerong: card {asked} reads what {model.name} does not: {', '.join(other) or 'segments of its own'}")
    return {asked: card}


def _figures(rows: pl.DataFrame, card: Card, draws: int, seed: int) -> dict[str, dict[str, object]]:
    """By segment, and for everybody together: rows, outcomes, and every metric with its interval."""
    scored = score(rows, card).with_columns(rows["outcome"])
    parts = {"everybody": scored} | {
        segment.name: scored.filter(pl.col("segment") == segment.name) for segment in card.segments
    }
    told: dict[str, dict[str, object]] = {}
    for name, own in parts.items():
        bad = own["outcome"].to_numpy().astype(bool)
        risk = -own["points"].to_numpy().astype(np.float64)
        likely = own["probability_bp"].to_numpy().astype(np.float64) / 10_000
        figures = estimates(bad, [(risk, likely)], np.random.default_rng(seed), subjects=subjects_of(own), draws=draws)
        told[name] = {
            "rows": own.height,
            "firms": own["subject"].n_unique(),
            "bads": int(bad.sum()),
            **{key: _rounded(asdict(one)) for key, one in figures.items()},
        }
    return told


def _rounded(figure: Mapping[str, float | None]) -> dict[str, float | None]:
    return {key: None if value is None else round(value, 4) for key, value in figure.items()}


def _line(figures: Mapping[str, object]) -> str:
    shown = [f"{figures['rows']:,} decisions on {figures['firms']:,} firms, {figures['bads']:,} with the outcome"]
    for name in ("auc", "ks", "brier", "calibration_slope"):
        one = figures[name]
        if isinstance(one, dict) and one["value"] is not None:
            shown.append(f"{name} {one['value']} ({one['low']} - {one['high']})")
    return "; ".join(shown)


def proof_stage(
    registers: Registers,
    region: RegionName,
    truth: Annotated[
        Path | None, typer.Option(help="`credit_code`, `on`, `stage`; default: truth/stages.parquet")
    ] = None,
    model: ModelName = "stage",
    until: Until = None,
    known_by: KnownBy = None,
    as_json: Annotated[bool, typer.Option("--json", help="as data")] = False,
) -> None:
    """A declared model of classes beside the truth of a made-up city."""
    rulebook, at, facts, seen = _opened(registers, region, model, until, known_by)
    if at.value is None:
        stop(f"kerong: {at.name} is no model of classes; kerong model proof-city judges its cards")
    path = truth or registers / "truth" / "stages.parquet"
    if not path.is_file():
        stop(f"kerong: {path} is not there: only a made-up city knows the truth (kerong synth)")
    known = pl.read_parquet(path).filter(pl.col("on") <= seen).sort("credit_code", "on")
    known = known.unique("credit_code", keep="last").select(pl.col("credit_code").alias("subject"), "stage")
    try:
        (record,) = days_of(facts.facts, rulebook, [seen], [*fields_read(at), "is_in_business"], decided=facts.decided)
    except Refused as refused:
        _refused(refused)
    said, _ = read(record.enterprises, at, seen)
    said = said.filter(record.enterprises["is_in_business"].fill_null(value=False))
    wide = said.join(known, on="subject", how="inner").sort("subject")
    found = confusion(wide["stage"], wide["class"], np.random.default_rng(at.seed))
    if as_json:
        typer.echo(json.dumps({**asdict(found), "counts": found.counts.to_dicts()}, ensure_ascii=False, indent=1))
        return
    right = found.right
    console.print(
        f"{wide.height:,} firms; right {right.value:.3f} ({right.low:.3f} - {right.high:.3f}); silent {found.silent:,}"
    )
    for name, (recall, precision) in found.classes.items():
        told = [
            f"{key} {'-' if one is None else f'{one:.3f}'}"
            for key, one in (("recall", recall), ("precision", precision))
        ]
        console.print(f"  {name}: {', '.join(told)}", soft_wrap=True)


def _opened(
    registers: Path, region: str, model: str, until: str | None, known_by: str | None
) -> tuple[Rulebook, Model, Opened, date]:
    rulebook, _ = open_pack(region)
    at = rulebook.models.get(model)
    if at is None:
        stop(f"kerong: {region} declares no model {model}; {nearest(model, rulebook.models)}")
    facts = opened_facts(registers, rulebook, None if known_by is None else day(known_by, rulebook))
    return rulebook, at, facts, day(until, rulebook)


def _days(model: Model, rulebook: Rulebook, first: str, last: str | None, every: str | None, seen: date) -> list[date]:
    if model.outcome is None:
        stop(f"kerong: {model.name} is a formula: nothing is learned for it")
    if every is not None and every not in EVERY:
        stop(f"kerong: --every is {', '.join(EVERY)}")
    end = last_decision(model.outcome, seen) if last is None else day(last, rulebook)
    try:
        return days_between(day(first, rulebook), end, every or model.every)
    except ValueError as error:
        stop(f"kerong: {error}: outcomes take {model.outcome.horizon} months, and are seen up to {seen}")


def _gathered(rulebook: Rulebook, model: Model, facts: Opened, days: list[date], seen: date) -> Gathered:
    try:
        return past.sample(facts.facts, rulebook, model, days, seen, decided=facts.decided)
    except Refused as refused:
        _refused(refused)


def _refused(refused: Refused) -> NoReturn:
    for row in refused.problems.iter_rows(named=True):
        typer.echo(sentence(row, "en") + " / " + sentence(row, "zh"), err=True)
    stop("kerong: the registers above cannot be used")


def _tell(*tables: pl.DataFrame) -> None:
    for table in tables:
        for row in table.iter_rows(named=True):
            typer.echo(sentence(row, "en") + " / " + sentence(row, "zh"), err=True)


def _source(text: str, rulebook: Rulebook, card: Card) -> Text:
    """What the card was fitted on, in words."""
    zh, _, en = text.partition("|")
    title, days = rulebook.region.title, f"{card.window[0]} – {card.window[1]}"
    return Text(
        zh.strip() or f"拟合于{title.zh}的登记册，{days}", en.strip() or f"fitted on registers of {title.en}, {days}"
    )


COMMANDS: Mapping[str, Callable[..., None]] = {
    "fit-city": fit_city,
    "proof-city": proof_city,
    "proof-stage": proof_stage,
}
