"""The command line. Each command stands in `kerong.commands`; this file only joins them."""

import sys

import typer

from kerong.commands import (
    assess,
    bench,
    data,
    deal,
    explain,
    index,
    lineage,
    link,
    model,
    network,
    publish,
    reconcile,
    record,
    region,
    rules,
    synth,
    up,
    warning,
)
from kerong.commands.data_opening import refuse
from kerong.store.archive import ArchiveError

app = typer.Typer(
    help="Kerong 科融: an open regional sci-tech finance platform.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(synth.synth)
app.command()(assess.assess)
app.command()(explain.explain)
app.command()(lineage.lineage)
app.command()(record.record)
app.add_typer(link.app, name="link")
app.add_typer(model.app, name="model")
app.add_typer(warning.app, name="warning")
app.add_typer(index.app, name="index")
app.command()(network.network)
app.add_typer(data.app, name="data")
app.add_typer(deal.app, name="deal")
app.command()(reconcile.reconcile)
app.add_typer(rules.app, name="rules")
app.add_typer(region.app, name="region")
app.command()(publish.publish)
app.command()(bench.bench)
app.command()(up.up)


def main() -> None:
    """Entry point; Ctrl-C ends in one line, and so does what a disk, a terminal or an archive refuses."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit("kerong: stopped")
    except OSError as error:
        sys.exit(f"kerong: {error}")
    except ArchiveError as error:  # damaged while a command that had not asked for it was at work
        refuse(error)
