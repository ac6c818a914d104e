"""The command line. Each command stands in `kerong.commands`, and only the one that is called is loaded."""

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

# in the order of the help; a module with an `app` is a group of commands, any other has one function of its name
COMMANDS = (
    "synth",
    "assess",
    "explain",
    "lineage",
    "record",
    "link",
    "model",
    "warning",
    "index",
    "network",
    "data",
    "deal",
    "ledger",
    "nightly",
    "outbox",
    "reconcile",
    "rules",
    "region",
    "publish",
    "bench",
    "worker",
    "up",
)


class Loaded(Mapping[str, Any]):
    """The commands by name, each loaded when it is asked for: all of them together take seconds to load."""

    def __getitem__(self, name: str) -> Any:
        if name not in COMMANDS:
            raise KeyError(name)
        module = import_module(f"kerong.commands.{name}")
        group: typer.Typer | None = getattr(module, "app", None)
        alone = typer.Typer(add_completion=False)
        if group is None:
            alone.command(name)(getattr(module, name))
        command = get_command(alone) if group is None else get_group(group)
        command.name = name
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class Commands(TyperGroup):
    """A group whose commands are not there before they are called."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = Loaded()  # type: ignore[assignment]  # nobody adds to it


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def kerong() -> None:
    """Kerong 科融: an open regional sci-tech finance platform."""


def main() -> None:
    """Entry point; Ctrl-C ends in one line, and so does what a disk, a terminal or an archive refuses."""
    from kerong.store.archive import ArchiveError

    try:
        app()
    except KeyboardInterrupt:
        sys.exit("kerong: stopped")
    except OSError as error:
        sys.exit(f"kerong: {error}")
    except ArchiveError as error:  # damaged while a command that had not asked for it was at work
        from kerong.commands.data_opening import refuse

        refuse(error)
