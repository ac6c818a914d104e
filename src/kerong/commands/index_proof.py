"""`kerong index proof`: does the index of a past day predict what came after it, beside simple baselines?"""

import json
import sys
import tempfile
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Annotated

import numpy as np
import polars as pl
import typer
from rich.table import Table

from kerong.commands.facts import opened_facts
from kerong.commands.packs import console, folder, open_pack, stop
from kerong.engine.problems import sentence
from kerong.engine.record import Refused
from kerong.engine.score.card.metrics import Estimate
from kerong.engine.score.validity import Validity
from kerong.lab.city import make_city, write_city
from kerong.lab.proof import CITY, USA, Proof, proof

YEARS_BACK = 2  # so that 24 months of outcomes are seen
WAY = {True: "更好 better", False: "更差 worse", None: "分不出 cannot be told"}


def proof_(
    firms: Annotated[int, typer.Option(min=1, help="firms of the synthetic city")] = 3000,
    seed: Annotated[int, typer.Option(min=0, help="of the city and of the draws")] = 5,
    region: Annotated[str, typer.Option(help="region of the city")] = "demo",
    sbir: Annotated[Path | None, typer.Option(help="instead of a city: a folder of SBIR and venture files")] = None,
    year: Annotated[int, typer.Option(help="with --sbir: the index as of the end of this year")] = 2008,
    until: Annotated[int, typer.Option(help="with --sbir: what came by the end of this year")] = 2013,
    active: Annotated[
        int | None, typer.Option(min=1, help="with --sbir: only firms with an award in so many years")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="as data")] = False,
) -> None:
    """AUC with 95 % intervals of the index of a past day for later rounds, awards, exits and distress, out of time."""
    if sbir is not None and not year < until:
        stop(f"kerong: --until {until} must come after --year {year}")
    try:
        found = _of_sbir(sbir, year, until, active, seed) if sbir is not None else _of_city(firms, seed, region)
    except Refused as refused:
        told = [sentence(row, "en") for row in refused.problems.iter_rows(named=True)]
        stop(*told, "kerong: the registers above cannot be used", status=1)
    if as_json:
        sys.stdout.write(json.dumps(asdict(found), ensure_ascii=False, indent=1, default=str) + "\n")
        return
    _print(found)


def _of_city(firms: int, seed: int, region: str) -> Proof:
    book, texts = open_pack(region)
    until = book.region.default_on
    day = 28 if (until.month, until.day) == (2, 29) else until.day
    on = until.replace(year=until.year - YEARS_BACK, day=day)
    with tempfile.TemporaryDirectory() as place:
        write_city(make_city(firms, seed, until, texts=texts), Path(place))
        truth = pl.read_parquet(Path(place) / "truth" / "firms.parquet")
        ailing = truth.select(enterprise_id="credit_code", came="distressed_on")
        facts = opened_facts(Path(place), book, None).facts
        return proof(facts, book, CITY, on, until, np.random.default_rng(seed), {"no distress": ailing})


def _of_sbir(place: Path, year: int, until: int, active: int | None, seed: int) -> Proof:
    book, _ = open_pack("usa")
    facts = opened_facts(folder(place, "it should hold the files of SBIR awards and venture rounds"), book, None).facts
    design = USA if active is None else replace(USA, recent=("last_award_year", active))
    return proof(facts, book, design, date(year, 12, 31), date(until, 12, 31), np.random.default_rng(seed))


def _print(found: Proof) -> None:
    table = Table("结果 outcome", "用 by", "known", "AUC (95 %)", "index less it (95 %)", "index is")
    for row in found.found:
        events = f"{row.outcome}: {row.events} / {row.rows}" if row.less is None else ""
        less = "" if row.less is None else figure(row.less)
        table.add_row(events, row.score, f"{row.known_bp / 100:.0f} %", figure(row.auc), less, _way(row))
    coverage = f"{found.coverage_bp / 100:.0f} %"
    console.print(f"{found.on} → {found.until}, {found.firms} firms, coverage of the middle one {coverage}")
    console.print(table)


def figure(estimate: Estimate) -> str:
    """A figure with its interval; a dash where there is none."""
    if estimate.value is None:
        return "—"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.3f}"
    return f"{estimate.value:.3f} ({estimate.low:.3f} – {estimate.high:.3f})"


def _way(row: Validity) -> str:
    if row.less is None:
        return ""
    low, high = row.less.low, row.less.high
    if low is None or high is None:
        return "—"
    return WAY[True if low > 0 else False if high < 0 else None]
