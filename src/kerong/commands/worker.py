"""`kerong worker`: delivers the outbox and does the nightly jobs; `kerong up` starts one beside the portal."""

from typing import Annotated

import typer

from kerong.commands.ledger import DATA, Data, opened
from kerong.commands.packs import console
from kerong.commands.portal import manage


def worker(
    data_dir: Data = DATA,
    parent: Annotated[int, typer.Option(hidden=True)] = 0,
) -> None:
    """Deliver notices and files and do the nightly jobs, until it is ended; several may run at once."""
    opened(data_dir)
    console.print("· 后台进程已启动 / the worker is at work")
    manage("worker", *(["--parent", str(parent)] if parent else []))
