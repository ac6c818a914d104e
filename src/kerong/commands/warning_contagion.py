"""`kerong warning contagion`: what trouble of others may do to the firms of a run, along sureties and supply."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import typer
from rich.table import Table

from kerong import past
from kerong.commands.facts import opened_facts
from kerong.commands.packs import console, day, stop
from kerong.engine.monitor.lift import lifts
from kerong.engine.problems import sentence
from kerong.engine.record import Refused
from kerong.engine.score.outcomes import days_between
from kerong.engine.score.warning.contagion import STEPS, Spread, card_of_contagion, own_of, spread, weighed_ties
from kerong.rulebook import Rulebook, RulebookErrors, load
from kerong.rulebook.channels import Channel
from kerong.rulebook.parse import nearest
from kerong.rulebook.said import Text
from kerong.store.runs import NotARun, Run, read_run

HEADS = (
    Text("企业", "firm"),
    Text("自身", "own"),
    Text("传来", "comes over"),
    Text("合计", "in all"),
    Text("风险暴露（元）", "at risk, yuan"),
    Text("情况不明的关系", "ties to unknown firms"),
)
CHANNEL_HEADS = (
    Text("关系", "channel"),
    Text("传染比例", "weight"),
    Text("依据", "why"),
    Text("关系数", "ties"),
    Text("风险暴露（元）", "at risk, yuan"),
)
LIFT_HEADS = (
    Text("关系", "channel"),
    Text("对方已出险：企业月（企业）", "tied to one in trouble: firm-months (firms)"),
    Text("随后出险", "in trouble then"),
    Text("对方正常", "tied to sound ones"),
    Text("倍数（95%）", "times as often (95 %)"),
)
ASSUMED = Text("假设：", "assumed: ")


def contagion(
    run: Annotated[Path, typer.Argument(help="folder of a run")],
    card: Annotated[
        str | None, typer.Option(help="the card whose probabilities are the firms' own; default: the region's hazard")
    ] = None,
    weight: Annotated[
        list[str] | None, typer.Option(metavar="CHANNEL=BP", help="another weight than the region declares")
    ] = None,
    steps: Annotated[int, typer.Option(help="how many steps trouble is followed")] = STEPS,
    most: Annotated[int, typer.Option(min=1, help="firms shown, the most exposed first")] = 20,
    measure: Annotated[
        Path | None, typer.Option(metavar="REGISTERS|ARCHIVE", help="look there how often trouble did come over")
    ] = None,
    first: Annotated[str | None, typer.Option("--from", help="with --measure: the first day; then every month")] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="with --measure: the last one; default: the run's day")
    ] = None,
    event: Annotated[str, typer.Option(help="with --measure: the event, of events/")] = "distress",
    lead: Annotated[
        int, typer.Option("--lead-months", min=1, max=60, help="with --measure: within so many months")
    ] = 12,
    least: Annotated[
        int,
        typer.Option(
            "--least-share-bp", min=0, max=10_000, help="with --measure: of a firm's sales, to count as a tie"
        ),
    ] = 2_000,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language")] = "zh",
    out: Annotated[Path | None, typer.Option(help="folder for firms.parquet, ties.parquet, lifts.parquet")] = None,
) -> None:
    """Expected trouble along guarantees and supply; what each kind of tie weighs, and how often it did come over."""
    try:
        made = read_run(run)
        book = load(made.rulebook())
        channels = weighted(book.channels, weight or [])
        found = _spread(made, book, card, channels, steps)
    except (NotARun, RulebookErrors, ValueError) as error:
        stop(f"kerong: {error}")
    _show_channels(found, channels, lang)
    _show(found, most, lang)
    told = {"firms": found.firms, "ties": found.ties}
    if measure is not None:
        if first is None:
            stop("kerong: --measure needs --from, the first day")
        told["lifts"] = _measured(measure, book, (first, last or str(made.manifest["on"])), event, lead, least)
        _show_lifts(told["lifts"], channels, lang)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, table in told.items():
            table.write_parquet(out / f"{name}.parquet")


def weighted(channels: Mapping[str, Channel], asked: list[str]) -> dict[str, Channel]:
    """The channels with other weights. Raises ValueError where one is not there, or is no weight."""
    found = dict(channels)
    for text in asked:
        name, _, number = text.partition("=")
        if name not in found:
            raise ValueError(f"there is no channel {name}; {nearest(name, sorted(found))}")
        if not (number.isascii() and number.isdigit()) or int(number) > 10_000:
            raise ValueError(f"--weight {text}: basis points from 0 to 10000, as in {name}=2500")
        why = Text("由命令给出", "given with the command")
        found[name] = replace(found[name], weight_bp=int(number), source=why, is_assumed=True)
    return found


def _spread(made: Run, book: Rulebook, card: str | None, channels: Mapping[str, Channel], steps: int) -> Spread:
    if "ties" not in made.tables:
        raise ValueError("the run keeps no ties: assess again")
    credit = made.scan("credit").select("card", "subject", "at_risk", "probability_bp").collect()
    cards = credit["card"].unique().sort().to_list()
    chosen = card or card_of_contagion(book)
    if chosen not in cards:
        hint = nearest(card or "", cards) or "kerong model fit-city makes one"
        raise ValueError(f"the run has no card {chosen or 'of a hazard'}; {hint}")
    ids = made.scan("enterprises").select("enterprise_id").collect()["enterprise_id"]
    return spread(own_of(ids, credit, chosen), weighed_ties(made.table("ties"), channels), steps)


def _measured(place: Path, book: Rulebook, span: tuple[str, str], event: str, lead: int, least: int) -> pl.DataFrame:
    if event not in book.events or not book.events[event].events:
        known = [name for name, one in book.events.items() if one.events]
        stop(f"kerong: there is no event {event} of enterprises; {nearest(event, known)}")
    begin, end = (day(text, book) for text in span)
    source = opened_facts(place, book, None)
    try:
        days = days_between(begin, end, "month")
        found = past.tied_months(source.facts, book, event, days, end, least, decided=source.decided)
    except ValueError as error:
        stop(f"kerong: no month to look at: {error}")
    except Refused as refused:
        told = [f"{sentence(row, 'en')} / {sentence(row, 'zh')}" for row in refused.problems.iter_rows(named=True)]
        stop(*told, "kerong: the registers above cannot be used", status=1)
    return lifts(found.tied, found.asked, found.events, sorted(book.channels), lead, end)


def _show_channels(found: Spread, channels: Mapping[str, Channel], lang: str) -> None:
    shown = Table(*(head.in_(lang) for head in CHANNEL_HEADS))
    for name, channel in channels.items():
        mine = found.ties.filter(pl.col("channel") == name)
        why = (ASSUMED.in_(lang) if channel.is_assumed else "") + channel.source.in_(lang)
        weight = f"{channel.weight_bp / 100:g} %"
        weight += (" × 占比" if lang == "zh" else " x its share") if channel.by_share else ""
        at_risk = f"{int(mine['at_risk_fen'].sum()) // 100:,}" if channel.exposes else "-"
        shown.add_row(f"{channel.title.in_(lang)} [{name}]", weight, why, f"{mine.height:,}", at_risk)
    console.print(shown)


def _show(found: Spread, most: int, lang: str) -> None:
    shown = Table(*(head.in_(lang) for head in HEADS))
    firms = found.firms.filter((pl.col("received_ppm") > 0) | (pl.col("at_risk_fen") > 0))
    firms = firms.sort(["at_risk_fen", "received_ppm", "subject"], descending=[True, True, False])
    for row in firms.head(most).iter_rows(named=True):
        parts = [_share(row[name]) for name in ("own_ppm", "received_ppm", "total_ppm")]
        shown.add_row(row["subject"], *parts, f"{row['at_risk_fen'] // 100:,}", str(row["unknown"]))
    console.print(shown)
    total = int(found.firms["at_risk_fen"].sum())
    told = Text(
        f"{found.ties.height:,}条关系，合计风险暴露{total // 100:,}元",
        f"{found.ties.height:,} ties, CNY {total // 100:,} at risk in all",
    )
    console.print(told.in_(lang))


def _show_lifts(found: pl.DataFrame, channels: Mapping[str, Channel], lang: str) -> None:
    shown = Table(*(head.in_(lang) for head in LIFT_HEADS))
    for row in found.iter_rows(named=True):
        near = f"{row['near_months']:,} ({row['near_firms']:,})"
        title = f"{channels[row['channel']].title.in_(lang)} [{row['channel']}]"
        shown.add_row(title, near, _interval(row, "near", 100, " %"), _interval(row, "other", 100, " %"), _lift(row))
    console.print(shown)
    told = Text(
        "倍数的区间包含1时，不能说这种关系会传染。",
        "Where the interval holds 1, nothing shows that trouble comes over by this tie.",
    )
    console.print(told.in_(lang), soft_wrap=True)


def _lift(row: Mapping[str, float | None]) -> str:
    return "-" if row["lift_low"] is None else _interval(row, "lift", 1, "")


def _interval(row: Mapping[str, float | None], name: str, times: int, unit: str) -> str:
    parts = [row[f"{name}_{part}"] for part in ("value", "low", "high")]
    told = [f"{one * times:.1f}" for one in parts if one is not None]
    return f"{told[0]}{unit} ({told[1]}–{told[2]})" if len(told) == len(parts) else "-"


def _share(ppm: int | None) -> str:
    return "-" if ppm is None else f"{ppm / 10_000:.2f} %"
