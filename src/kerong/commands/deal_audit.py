"""`kerong deal audit`: every case, deal and pool again from its history, held against the stored ledger."""

import json
import sys
from typing import Annotated

import polars as pl
import typer

from kerong.commands.ledger import DATA, Data, opened
from kerong.commands.ledger_report import report
from kerong.commands.packs import console
from kerong.engine.money.ledger import MOVEMENTS
from kerong.engine.problems import sentence


def audit(
    data_dir: Data = DATA,
    as_json: Annotated[bool, typer.Option("--json", help="counts and differences as data")] = False,
) -> None:
    """Replay all cases, deals and pools; every difference to the stored ledger by name, status 1 where there is one."""
    opened(data_dir)
    from kerong.web.base.services.audit import deals_audit

    found = deals_audit()
    if as_json:
        rows = found.problems.iter_rows(named=True)
        said = [{**row, "zh": sentence(row, "zh"), "en": sentence(row, "en")} for row in rows]
        names = ("cases", "deals", "pools", "moves", "transfers", "given")
        counts = {name: getattr(found, name) for name in names}
        sys.stdout.write(json.dumps({**counts, "problems": said}, ensure_ascii=False, indent=1) + "\n")
    else:
        console.print(
            f"· {found.cases:,} 件补助、{found.deals:,} 笔业务、{found.pools:,} 个资金池，{found.moves:,} 步 → "
            f"{found.transfers:,} 笔转账 / {found.cases:,} cases, {found.deals:,} deals, {found.pools:,} pools, "
            f"{found.moves:,} moves: {found.transfers:,} transfers"
        )
        for step, count in found.given.items():
            title = MOVEMENTS[step].title if step in MOVEMENTS else None
            zh, en = (title.zh, title.en) if title else (step, step)
            console.print(f"· 照录，不由办理产生 / taken as given: {count:,} × {zh} {en}", markup=False)
        report(found.problems)
        if found.problems.is_empty():
            console.print("· 重算与账簿逐笔相符 / the replay is the stored ledger, transfer by transfer")
    if found.problems.filter(pl.col("severity") != "noted").height:
        raise typer.Exit(1)
