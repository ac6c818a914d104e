"""`kerong data`: a city's files become one archive; what was received, what counts, what waits for a steward."""

import json
import sys
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.table import Table

from kerong.commands.data_decide import decide, doubtful
from kerong.commands.data_import import import_
from kerong.commands.data_opening import AsJson, Pack, Place, archive_at, book_of, refuse
from kerong.commands.data_quality import quality
from kerong.commands.data_sources import pull, watch
from kerong.commands.data_steward import held, publish, quarantine, reject, withdraw
from kerong.commands.packs import console, open_pack
from kerong.engine.intake_sentences import STATES
from kerong.engine.problems import escaped, sentence
from kerong.intake import in_force
from kerong.rulebook.feeds import feeds_of
from kerong.store.archive import Archive, ArchiveError

app = typer.Typer(help="Receive a city's files as batches; publish what passes the gates.", no_args_is_help=True)
app.command("import")(import_)
app.command("watch")(watch)
app.command("pull")(pull)
app.command("held")(held)
app.command("publish")(publish)
app.command("reject")(reject)
app.command("withdraw")(withdraw)
app.command("quarantine")(quarantine)
app.command("quality")(quality)
app.command("doubtful")(doubtful)
app.command("decide")(decide)


@app.command()
def init(
    archive: Place, region: Annotated[str, typer.Option(help="a region's name, or a folder with region.toml")]
) -> None:
    """Begin an archive: an empty folder for all batches of a region and the log."""
    rulebook, _ = open_pack(region)
    try:
        made = Archive.create(archive, rulebook.region.name)
    except ArchiveError as error:
        refuse(error)
    title, feeds = rulebook.region.title, len(feeds_of(rulebook))
    console.print(f"{archive}：{title.zh}的归档库，{len(made.batches())} 个批次，{feeds} 个数据源", soft_wrap=True)
    console.print(f"{archive}: archive of {title.en}, {len(made.batches())} batches, {feeds} feeds", soft_wrap=True)


@app.command()
def status(archive: Place, region: Pack = None, as_json: AsJson = False) -> None:
    """Every source and what counts of it now: batches, rows, periods, what is set aside or held."""
    place = archive_at(archive)
    book = book_of(place, region)
    try:
        rows = _standing(place, sorted(feeds_of(book)))
    except ArchiveError as error:
        refuse(error)
    if as_json:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        return
    headings = ("数据源\nfeed", "批次\nbatches", "行\nrows", "至\nlatest", "隔离\naside", "待发布\nheld")
    table = Table(*headings, box=SIMPLE, pad_edge=False)
    for column in table.columns:
        column.no_wrap = True
        column.justify = "left" if column is table.columns[0] else "right"
    for row in rows:
        if row["batches"] or row["held"]:
            numbers = [str(row[name] or "") for name in ("batches", "rows", "latest", "set_aside", "held")]
            table.add_row(str(row["feed"]), *numbers)
    console.print(table)
    absent = [str(row["feed"]) for row in rows if not (row["batches"] or row["held"])]
    if absent:
        console.print(f"没有数据 nothing of: {', '.join(absent)}", soft_wrap=True)


def _standing(archive: Archive, feeds: list[str]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for feed in feeds:
        told = in_force(archive, feed)
        found.append(
            {
                "feed": feed,
                "batches": told.batches,
                "rows": told.rows,
                "latest": told.latest.isoformat() if told.latest else None,
                "set_aside": told.set_aside,
                "held": told.held,
            }
        )
    return found


@app.command()
def log(archive: Place, as_json: AsJson = False) -> None:
    """Everything that happened, in order: who did what when, and why."""
    place = archive_at(archive)
    try:
        events = place.events()
        files = {batch.id: f"{batch.feed} {batch.file}" for batch in place.batches()}
    except ArchiveError as error:
        refuse(error)
    listed = [
        {
            "sequence": event.sequence,
            "at": event.at.isoformat(),
            "kind": event.kind,
            "by": event.by,
            "batch": event.batch or None,
            "decision": event.decision or None,
            "reason": event.reason,
        }
        for event in events
    ]
    if as_json:
        sys.stdout.write(json.dumps(listed, ensure_ascii=False, indent=1) + "\n")
        return
    for event in events:
        about = f"{event.batch} {files.get(event.batch, '')}" if event.batch else event.decision
        zh, en = ("收到", "received") if event.kind == "received" else STATES.get(event.kind, ("决定", "decided"))
        line = f"{event.sequence:>5} {event.at:%Y-%m-%d %H:%M} {zh} {en} {about} ({event.by}) {event.reason}"
        console.print(escaped(line.rstrip()), soft_wrap=True)


@app.command()
def verify(archive: Place) -> None:
    """Read every byte and compare it with what the log says: nothing was changed, cut or added."""
    place = archive_at(archive)
    wrong = place.verify()
    for problem in wrong:
        console.print(sentence(problem, "zh"), soft_wrap=True)
        console.print(sentence(problem, "en"), soft_wrap=True)
    if wrong:
        sys.exit(1)
    console.print(f"{len(place.batches())} 个批次与日志一致 / {len(place.batches())} batches are as the log says")
