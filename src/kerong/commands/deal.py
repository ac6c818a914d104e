"""`kerong deal`: what can be done with a deal, close of business, published base rates."""

import json
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from kerong.commands.deal_audit import audit
from kerong.commands.ledger import DATA, Data, day_of, opened
from kerong.commands.packs import console, stop
from kerong.engine.deal.moves import Kind
from kerong.engine.deal.said import HEAD, table
from kerong.engine.deal.states import KINDS

PLACES = 4  # of per cent: a millionth
app = typer.Typer(help="Deals: what can be done with each kind, by whom and by when.", no_args_is_help=True)
app.command()(audit)


@app.callback()
def deal() -> None:
    """Deals: what can be done with each kind, by whom and by when."""


@app.command()
def moves(
    kind: Annotated[str, typer.Argument(help="The kind of deal, such as subsidy.")],
    lang: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="For machines: one object per move.")] = False,
) -> None:
    """The table of moves of one kind of deals: what is not in it is refused."""
    found = KINDS.get(kind)
    if found is None:
        raise typer.BadParameter(f"there is no kind {kind!r}; there are: {', '.join(KINDS)}")
    if lang not in ("zh", "en"):
        raise typer.BadParameter("--lang is zh or en")
    if as_json:
        typer.echo(json.dumps(_objects(found), ensure_ascii=False, indent=1))
        return
    shown = Table(*(title.in_(lang) for title in HEAD), title=found.title.in_(lang))
    for row in table(found, lang):
        shown.add_row(*row)
    Console().print(shown)


@app.command("close-day")
def close_day(
    through: Annotated[str, typer.Option(help="the last business day to close; default yesterday")] = "",
    data_dir: Data = DATA,
) -> None:
    """Close of business: accrue, due, overdue, grade, for every loan and day that is not closed yet.

    What is broken off goes on with the next call; a day that is closed is not closed again.
    """
    opened(data_dir)
    from django.utils import timezone

    from kerong.engine.deal.calendar import working_days
    from kerong.web.base.selectors.published import current
    from kerong.web.base.services.case_refusals import CaseRefused
    from kerong.web.base.services.deal_closing import days_close
    from kerong.web.base.services.ledger_refusals import LedgerBusy

    today = timezone.localdate()
    last = day_of(through) if through else today - timedelta(days=1)
    published = current()
    if published is None:
        stop("kerong: 尚未发布运算", "kerong: no run is published yet", status=1)
    book = published.rulebook
    try:
        done = days_close(book.region.name, last, today=today, days=working_days(book.calendars))
    except CaseRefused as refused:
        stop(f"kerong: {refused.sentence('zh')}", f"kerong: {refused.sentence('en')}", status=1)
    except LedgerBusy as busy:
        stop(f"kerong: 数据库正忙，请再试一次：{busy}", f"kerong: the database is busy, try again: {busy}", status=1)
    console.print(
        f"· 日终至 {done.through}：{done.deals:,} 笔贷款、{done.days:,} 天"
        f" / closed through {done.through}: {done.deals:,} loans, {done.days:,} days"
    )


@app.command()
def rate(
    name: Annotated[str, typer.Argument(help="the base rate, such as LPR1Y")],
    on: Annotated[str, typer.Argument(help="the day from which it holds, as 2025-05-20")],
    percent: Annotated[str, typer.Argument(help="per cent a year, four places at most, as 3.00")],
    source: Annotated[str, typer.Option(help="where it was published")],
    data_dir: Data = DATA,
) -> None:
    """Record a published base rate; floating loans take it from their next reset on."""
    day, ppm = day_of(on), _ppm(percent)
    opened(data_dir)
    from kerong.web.base.services.case_refusals import CaseRefused
    from kerong.web.base.services.deal_closing import rate_publish

    try:
        rate_publish(None, name, day, ppm, source)
    except CaseRefused as refused:
        stop(f"kerong: {refused.sentence('zh')}", f"kerong: {refused.sentence('en')}", status=1)
    console.print(f"· {name} {day}: {percent} %")


def _ppm(percent: str) -> int:
    """Per cent as written, in millionths; plain digits with a point, nothing else."""
    whole, _, places = percent.partition(".")
    is_plain = percent.isascii() and whole.isdigit() and (not places or places.isdigit()) and len(places) <= PLACES
    if not is_plain or len(whole) > PLACES or percent.endswith("."):
        stop(f"kerong: “{percent}”不是利率，应写作 3.45", f"kerong: “{percent}” is no rate; write it as 3.45")
    return int(whole + places.ljust(PLACES, "0"))


def _objects(kind: Kind) -> list[dict[str, object]]:
    return [
        {
            "begin": move.begin,
            "name": move.name,
            "end": move.end,
            "roles": sorted(move.roles),
            "duty": move.duty,
            "guards": list(move.guards),
            "effects": list(move.effects),
            "due_working_days": move.due_working_days,
            "needs": list(move.needs),
            "title": {"zh": move.title.zh, "en": move.title.en},
        }
        for move in kind.moves.values()
    ]
