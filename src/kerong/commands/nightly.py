"""`kerong nightly`: close of business, sealing, the audit, delivery and tidying, in this order."""

from typing import Annotated

import typer

from kerong.commands.ledger import DATA, Data, day_of, opened
from kerong.commands.packs import console, stop


def nightly(
    data_dir: Data = DATA,
    on: Annotated[str, typer.Option(help="the day whose jobs are done, as 2025-12-31; default today")] = "",
    again: Annotated[bool, typer.Option("--again", help="also those that are done already")] = False,
) -> None:
    """Do the nightly jobs of a day that are not done yet; business is closed through the day before it.

    The worker does the same once a day. Status 1 where a job failed; the page “Operations” tells why too.
    """
    day = day_of(on) if on else None
    opened(data_dir)
    from django.utils import timezone

    from kerong.web.base.selectors.running import job_told
    from kerong.web.base.services.case_refusals import CaseRefused
    from kerong.web.base.services.nightly import night_run

    try:
        rows = night_run(day or timezone.localdate(), clock=timezone.now, again=again)
    except CaseRefused as refused:
        stop(f"kerong: {refused.sentence('zh')}", f"kerong: {refused.sentence('en')}", status=2)
    lines = [job_told(row) for row in rows]
    for line in lines:
        console.print(" / ".join(f"{'·' if line.is_well else '✗'} {line.sentence.in_(lang)}" for lang in ("zh", "en")))
        for why in line.why:
            console.print(f"  {why.zh} / {why.en}", soft_wrap=True)
    if any(line.is_failed for line in lines):
        raise typer.Exit(1)
