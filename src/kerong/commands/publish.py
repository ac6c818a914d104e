"""`kerong publish`: the portal shows another run from now on."""

from pathlib import Path
from typing import Annotated

import typer

from kerong.commands.packs import console, stop
from kerong.commands.portal import environment, manage, migrate


def publish(
    run: Annotated[Path, typer.Argument(help="folder of a run")],
    data_dir: Annotated[Path, typer.Option(help="folder of the portal's data, as `kerong up` made it")] = Path("data"),
) -> None:
    """Show a run on the portal; a server that is up shows it from the next page on."""
    folder = data_dir.resolve()
    if not (folder / "kerong.sqlite3").is_file():
        stop(f"kerong: {data_dir} holds no portal; `kerong up` makes one")
    environment(folder)
    migrate()
    manage("publish_run", str(run.resolve()))
    from django.conf import settings

    if settings.DEMO:  # the demo people belong to firms and banks of the run that is shown
        manage("demo_people")
    console.print(f"the portal shows {run} from now on", markup=False)
