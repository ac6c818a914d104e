"""The command line. Each command stands in `kerong.commands`; this file only joins them."""

import sys

import typer

from kerong.commands import (
    assess,
    bench,
    data,
    explain,
    lineage,
    link,
    network,
    publish,
    reconcile,
    record,
    region,
    rules,
    synth,
    up,
)

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
app.command()(network.network)
app.add_typer(data.app, name="data")
app.command()(reconcile.reconcile)
app.add_typer(rules.app, name="rules")
app.add_typer(region.app, name="region")
app.command()(publish.publish)
app.command()(bench.bench)
app.command()(up.up)


def main() -> None:
    """Entry point; Ctrl-C ends in one line, and so does what a disk or a terminal refuses."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit("kerong: stopped")
    except OSError as error:
        sys.exit(f"kerong: {error}")
