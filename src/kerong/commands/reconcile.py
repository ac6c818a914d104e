"""`kerong reconcile`: monthly returns of institutions held against the files of their contracts."""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.box import SIMPLE
from rich.table import Table

from kerong.commands.packs import console, day, folder, open_pack, stop
from kerong.engine.monitor.reconcile import KINDS, Contracts, Reconciled, reconciled
from kerong.engine.problems import sentence
from kerong.engine.record.clean import clean
from kerong.engine.record.tables import FactTable
from kerong.intake.facts import facts_of
from kerong.intake.quarantine import neutralised
from kerong.rulebook import Rulebook
from kerong.rulebook.feeds import patterns_of
from kerong.store.archive import Archive, NotAnArchive
from kerong.store.files import Folder
from kerong.store.registers import FolderRegisters

STATES = {
    "agrees": "一致 agrees",
    "differs": "有差异 differs",
    "no_return": "未报送 no return",
    "no_contracts": "无合同 no contracts",
}
WORDS = {
    "balance_differs": "余额不一致 balance differs",
    "new_differs": "新增额不一致 new amount differs",
    "both_differ": "余额与新增额均不一致 balance and new amount differ",
    "not_in_return": "月报缺该企业 firm missing in the return",
    "not_in_file": "合同登记缺该企业 firm missing in the contracts",
    "unknown": "有金额未知 an amount is not known",
}
SHOWN = 20  # differences of a return that the table shows


def reconcile(
    registers: Annotated[Path, typer.Argument(help="folder of raw registers, or an archive")],
    region: Annotated[str, typer.Option(help="a region's name, or a folder with region.toml")],
    on: Annotated[str | None, typer.Option(help="day of the work: what was known later is left out")] = None,
    out: Annotated[Path | None, typer.Option(help="folder for months.csv and differences.csv")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print both tables as one JSON object")] = False,
) -> None:
    """Hold the monthly returns of banks, guarantors, insurers and funds against the files of contracts, to the fen."""
    rulebook, _ = open_pack(region)
    facts = _facts(registers, rulebook)
    when = day(on, rulebook)
    kinds = [kind for kind in KINDS if {kind.returned, kind.register} <= rulebook.registers.keys()]
    found = [reconciled(*_both(facts, rulebook, kind, when), kind) for kind in kinds]
    if not found:
        stop(f"kerong: region {rulebook.region.name} has no returns of institutions")
    whole = Reconciled(pl.concat([f.months for f in found]), pl.concat([f.differences for f in found]))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, table in (("months", whole.months), ("differences", whole.differences)):
            (out / f"{name}.csv").write_bytes(_written(table))
    if as_json:
        tables = {"months": whole.months.to_dicts(), "differences": whole.differences.to_dicts()}
        sys.stdout.write(json.dumps(tables, ensure_ascii=False, indent=1, default=str) + "\n")
    else:
        _show(whole)


def _facts(path: Path, rulebook: Rulebook) -> Mapping[str, FactTable]:
    if (path / "archive.json").is_file():
        try:
            return facts_of(Archive.opened(path), rulebook)
        except NotAnArchive as error:
            stop(f"kerong: {error}")
    return FolderRegisters(Folder(folder(path, "it should hold the registers")), *patterns_of(rulebook))


def _both(
    facts: Mapping[str, FactTable], rulebook: Rulebook, kind: Contracts, on: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The returns and the contracts, cleaned; of a contract that is reported again and again, each report."""
    tables = []
    for name in (kind.returned, kind.register):
        register = rulebook.registers[name]
        if kind.dated and name == kind.register:
            register = replace(register, row=(kind.id, kind.dated))
        rows, problems = clean(facts[name], register, on)
        refused = problems.filter(pl.col("severity") == "refused")
        for row in refused.iter_rows(named=True):
            typer.echo(sentence(row, "en") + " / " + sentence(row, "zh"), err=True)
        if refused.height:
            stop(f"kerong: {name} cannot be used", status=1)
        tables.append(rows)
    return tables[0], tables[1]


def _show(found: Reconciled) -> None:
    table = Table("月报 return", "状态 state", "机构月 institution-months", "差异企业 firms that differ", box=SIMPLE)
    table.columns[2].justify = table.columns[3].justify = "right"
    counted = found.months.group_by("register", "state").agg(pl.len(), pl.col("differing").sum())
    for row in counted.sort("register", "state").iter_rows(named=True):
        differing = 0 if row["state"] == "no_return" else row["differing"]
        table.add_row(row["register"], STATES[row["state"]], f"{row['len']:,}", f"{differing:,}")
    console.print(table)
    for register, rows in found.differences.group_by("register", maintain_order=True):
        for row in rows.head(SHOWN).iter_rows(named=True):
            said = f"{row['institution']} {row['month']:%Y-%m} {row['enterprise_id']}: {WORDS[row['kind']]}"
            console.print(f"{register[0]} {said}{_amounts(row)}", markup=False, soft_wrap=True)
        if rows.height > SHOWN:
            console.print(f"… {rows.height - SHOWN:,} more / 另有 {rows.height - SHOWN:,} 条", markup=False)


def _written(table: pl.DataFrame) -> bytes:
    """CSV as spreadsheets in Chinese offices open it; no text in it is taken for a formula."""
    texts = pl.col(pl.String).map_elements(neutralised, return_dtype=pl.String)
    return table.with_columns(texts).write_csv().encode("utf-8-sig")


def _amounts(row: Mapping[str, object]) -> str:
    """Both sides of what differs, in yuan."""
    parts = []
    for name, word in (("balance", "余额 balance"), ("new", "新增 new")):
        if row[f"{name}_difference_fen"] != 0 and (name == "new" or row["file_balance_fen"] is not None):
            parts.append(f"{word} {_yuan(row[f'return_{name}_fen'])} / {_yuan(row[f'file_{name}_fen'])}")
    return "".join(f"; {part}" for part in parts)


def _yuan(fen: object) -> str:
    if not isinstance(fen, int):
        return "?"
    sign, size = "-" if fen < 0 else "", abs(fen)
    return f"{sign}{size // 100:,}.{size % 100:02d}"
