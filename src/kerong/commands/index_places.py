"""`kerong index rank` and `kerong index trend`: who stands where in a run, and how one firm came there."""

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import typer
from rich.table import Table

from kerong.commands.explain import firm_of
from kerong.commands.packs import console, stop
from kerong.engine.problems import escaped
from kerong.rulebook import Rulebook, RulebookErrors, load
from kerong.rulebook.said import Text
from kerong.store.runs import NotARun, Run, read_run

TREND = "history/index"
HEADS = {
    "rank": Text("名次", "place"),
    "span": Text("可能的名次", "may be"),
    "points": Text("得分", "points"),
    "open": Text("可能达到", "may reach"),
    "grade": Text("等级", "grade"),
    "coverage": Text("资料完整度", "coverage"),
    "firm": Text("企业", "firm"),
    "id": Text("编号", "id"),
    "on": Text("日期", "day"),
    "moved": Text("分数变化", "points moved"),
}
Folder = Annotated[Path, typer.Argument(help="folder of a run")]
Lang = Annotated[Literal["zh", "en"], typer.Option(help="language")]
AsJson = Annotated[bool, typer.Option("--json", help="as data")]


def rank_(
    run: Folder,
    district: Annotated[str | None, typer.Option(help="one district alone: its code or its name")] = None,
    top: Annotated[int, typer.Option(min=1, help="so many firms from the first place on")] = 20,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """Who stands where: the first places of a run or of a district, with the places that are possible."""
    made, book = _opened(run)
    rows = ranked(made, None if district is None else code_of(made, book, district), top)
    if as_json:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        return
    table = _table(["rank", "span", "points", "open", "grade", "coverage", "firm", "id"], lang)
    for row in rows:
        table.add_row(
            f"{row['rank']:,}",
            f"{row['rank_best']:,}–{row['rank_worst']:,}",
            str(row["points"]),
            str(row["points_high"]),
            str(row["grade"] or "-"),
            _share(row["coverage_bp"]),
            escaped(str(row["name"] or "")),
            escaped(str(row["enterprise_id"])),
        )
    console.print(table)


def trend_(
    run: Folder,
    enterprise: Annotated[str, typer.Argument(help="the enterprise's id, or its exact name")],
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """How a firm's index moved over past quarters, all read with the scale of the run (`assess --history N`)."""
    made, _ = _opened(run)
    firm = firm_of(made, enterprise)
    if TREND not in made.tables:
        stop(
            f"kerong: {run} 没有以往各季度的指数：运行 kerong assess 时请加 --history 8",
            f"kerong: {run} has no index of past quarters: run kerong assess with --history 8",
        )
    rows = trended(made, str(firm["enterprise_id"]))
    if as_json:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        return
    console.print(escaped(f"{firm.get('name') or ''}  {firm['enterprise_id']}".strip()), style="bold", soft_wrap=True)
    table = _table(["on", "points", "moved", "open", "coverage", "rank"], lang)
    for row in rows:
        moved = "-" if row["moved"] is None else f"{row['moved']:+d}"
        told = (str(row["on"]), str(row["points"]), moved, str(row["points_high"]), _share(row["coverage_bp"]))
        table.add_row(*told, f"{row['rank']:,}")
    console.print(table)


def ranked(made: Run, district: str | None, top: int) -> list[dict[str, object]]:
    """The first `top` firms of all, or of a district (its code): places among these, then points and who it is."""
    of = "rank" if district is None else "rank_district"
    places = {
        name: pl.col(f"{of}{name.removeprefix('rank')}").alias(name) for name in ("rank", "rank_best", "rank_worst")
    }
    firms = made.scan("enterprises")
    held = firms.collect_schema()
    named = [pl.col(name) if name in held else pl.lit(None, pl.String).alias(name) for name in ("name", "district")]
    rows = made.scan("scores").join(firms.select("enterprise_id", *named), on="enterprise_id", how="left")
    if district is not None:
        rows = rows.filter(pl.col("district").cast(pl.String) == district)
    told = rows.select(
        "enterprise_id", "name", "district", *places.values(), "points", "points_high", "grade", "coverage_bp"
    )
    return told.sort("rank").head(top).collect().to_dicts()


def trended(made: Run, enterprise_id: str) -> list[dict[str, object]]:
    """A firm's days, the earliest first; `moved`: the points since the day before, None on the first."""
    rows = made.scan(TREND).filter(pl.col("enterprise_id") == enterprise_id).sort("on")
    moved = pl.col("points").diff().alias("moved")
    return rows.with_columns(pl.col("on").cast(pl.String), moved).collect().to_dicts()


def code_of(made: Run, book: Rulebook, wanted: str) -> str:
    """The code of a district that is named by its code or by its name in either language; a line and the end else."""
    for one in book.region.districts:
        if wanted in (one.code, one.title.zh, one.title.en):
            return one.code
    firms = made.scan("enterprises")
    codes = (
        firms.select(pl.col("district").cast(pl.String).unique().drop_nulls().sort()).collect()["district"].to_list()
    )
    if wanted in codes:
        return wanted
    some = [f"{one.code} {one.title.zh} {one.title.en}" for one in book.region.districts] or codes
    return stop(
        f"kerong: 没有叫 {wanted} 的区；可选：{'、'.join(some)}",
        f"kerong: no district is called {wanted}; there are {', '.join(some)}",
    )


def _opened(run: Path) -> tuple[Run, Rulebook]:
    try:
        made = read_run(run)
        book = load(made.rulebook())
    except (NotARun, RulebookErrors) as error:
        stop(f"kerong: {error}")
    if not book.indicators:
        stop(f"kerong: {book.region.name} has no indicators: there is no index")
    return made, book


def _table(names: list[str], lang: str) -> Table:
    table = Table()
    for name in names:
        table.add_column(
            HEADS[name].in_(lang), overflow="fold", justify="left" if name in ("firm", "id", "on") else "right"
        )
    return table


def _share(part_bp: object) -> str:
    return f"{part_bp / 100:.0f} %" if isinstance(part_bp, int) else "-"
