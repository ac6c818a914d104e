"""`kerong warning contagion`: what trouble of others may do to the firms of a run, along its network of sureties."""

from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import typer
from rich.table import Table

from kerong.commands.packs import console, stop
from kerong.engine.score.warning.contagion import CERTAIN, OWN, Spread, spread, surety_ties
from kerong.rulebook import RulebookErrors, load
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


def contagion(
    run: Annotated[Path, typer.Argument(help="folder of a run")],
    card: Annotated[str, typer.Option(help="the card whose probabilities are taken as the firms' own")] = "hazard",
    network: Annotated[str, typer.Option(help="a network of sureties: from guarantor to debtor")] = "sureties",
    to_guarantor: Annotated[
        int,
        typer.Option(
            "--to-guarantor-bp", min=0, max=10_000, help="how often a debtor in trouble draws in its guarantor"
        ),
    ] = 2_500,
    to_debtor: Annotated[
        int,
        typer.Option("--to-debtor-bp", min=0, max=10_000, help="how often a guarantor in trouble draws in its debtor"),
    ] = 1_000,
    steps: Annotated[int, typer.Option(help="how many steps trouble is followed")] = 2,
    most: Annotated[int, typer.Option(min=1, help="firms shown, the most exposed first")] = 20,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language")] = "zh",
    out: Annotated[Path | None, typer.Option(help="folder for firms.parquet and ties.parquet")] = None,
) -> None:
    """Expected trouble along sureties; the two weights are assumptions: name your own."""
    try:
        made = read_run(run)
        book = load(made.rulebook())
        found = _spread(made, card, network, (to_guarantor, to_debtor), steps, list(book.networks))
    except (NotARun, RulebookErrors, ValueError) as error:
        stop(f"kerong: {error}")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        found.firms.write_parquet(out / "firms.parquet")
        found.ties.write_parquet(out / "ties.parquet")
    _show(found, most, lang)


def _spread(made: Run, card: str, network: str, weights: tuple[int, int], steps: int, networks: list[str]) -> Spread:
    credit = made.scan("credit").select("card", "subject", "at_risk", "probability_bp").collect()
    cards = credit["card"].unique().sort().to_list()
    if card not in cards:
        raise ValueError(f"the run has no card {card}; {nearest(card, cards) or 'kerong model fit-city makes one'}")
    if network not in networks:
        raise ValueError(f"there is no network {network}; {nearest(network, networks)}")
    edges = made.scan(f"networks/{network}").filter(pl.col("sure")).collect()
    return spread(own_of(credit.filter(pl.col("card") == card)), surety_ties(edges, *weights), steps)


def own_of(read: pl.DataFrame) -> pl.DataFrame:
    """OWN of the readings of a card: who is not at risk any more is in trouble for certain; not known stays unknown."""
    chance = pl.col("probability_bp").cast(pl.Int64) * (CERTAIN // 10_000)
    own = pl.when(pl.col("at_risk")).then(chance).when(~pl.col("at_risk")).then(pl.lit(CERTAIN, pl.Int64))
    return read.select("subject", own.alias("own_ppm")).cast(OWN)


def _show(found: Spread, most: int, lang: str) -> None:
    shown = Table(*(head.in_(lang) for head in HEADS))
    firms = found.firms.filter((pl.col("received_ppm") > 0) | (pl.col("at_risk_fen") > 0) | (pl.col("unknown") > 0))
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


def _share(ppm: int | None) -> str:
    return "-" if ppm is None else f"{ppm / 10_000:.2f} %"
