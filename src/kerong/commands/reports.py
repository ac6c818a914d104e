"""What commands that compare have in common: raw registers to read, a report to write, the library of its charts."""

from importlib import resources
from pathlib import Path
from typing import NoReturn

import typer

from kerong.commands.packs import folder, stop
from kerong.engine.problems import sentence
from kerong.engine.record import Refused
from kerong.lab.page import generated_by
from kerong.store.runs import MANIFEST

ECHARTS = "web/static/vendor/echarts/echarts.min.js"


def raw_registers(path: Path) -> Path:
    """The folder of raw registers. A run keeps of its registers only those that a rule is about."""
    if (path / MANIFEST).is_file() and (path / "verdicts.parquet").is_file():
        stop(f"kerong: {path} is a run, and keeps not all of its registers; name the folder that it was made from")
    return folder(path, "it should hold the registers")


def check_target(path: Path, command: str) -> None:
    """A report replaces an earlier report of the same command, and no other file."""
    if path.is_dir() or not path.absolute().parent.is_dir():
        stop(f"kerong: {path} cannot be written: it is a folder, or its folder is not there")
    if path.is_file():
        with path.open("rb") as file:
            if generated_by(command).encode() not in file.read(1000):
                stop(f"kerong: {path} exists and is no report; name another file with --out")


def echarts() -> str | None:
    """The chart library that the portal uses, if it is there."""
    path = Path(str(resources.files("kerong"))) / ECHARTS
    return path.read_text("utf-8") if path.is_file() else None


def stop_refused(refused: Refused) -> NoReturn:
    """Say which registers cannot be used, and end."""
    for row in refused.problems.iter_rows(named=True):
        typer.echo(sentence(row, "en") + " / " + sentence(row, "zh"), err=True)
    stop("kerong: nothing is compared; the registers above cannot be used", status=1)
