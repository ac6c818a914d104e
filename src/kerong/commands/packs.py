"""Opening a region's pack for a command; what is wrong with it ends in lines, not in a traceback."""

import sys
from datetime import date
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from kerong.engine.problems import escaped
from kerong.rulebook import Rulebook, RulebookErrors, load
from kerong.store.packs import PackError, read_pack

FIRST_YEAR = 1900
# titles and paths are printed as they stand: a bracket in them is no markup
console = Console(highlight=False, markup=False)
errors = Console(stderr=True, highlight=False, markup=False)


def stop(*lines: str, status: int = 2) -> NoReturn:
    """Say why on standard error and end with a status."""
    for line in lines:
        told = escaped(line).encode("utf-8", "backslashreplace").decode()
        errors.print(told, markup=False, soft_wrap=True)
    sys.exit(status)


def open_pack(region: str) -> tuple[Rulebook, dict[str, str]]:
    """The rulebook of a region (a name, or a folder with region.toml) and its texts."""
    try:
        texts = read_pack(region)
        return load(texts), texts
    except PackError as error:
        stop(f"kerong: {error}")
    except RulebookErrors as error:
        count = f"{len(error.errors)} error{'s' if len(error.errors) > 1 else ''}"
        stop(*map(str, error.errors), f"kerong: {region} has {count}; nothing was loaded")


def day(text: str | None, rulebook: Rulebook) -> date:
    """`--on`: a date, or the region's own."""
    if text is None:
        return rulebook.region.default_on
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if found.isoformat() != text or found.year < FIRST_YEAR:
        stop(f"kerong: {text!r} is no date of a run; write it as {rulebook.region.default_on.isoformat()}")
    return found


def folder(path: Path, what: str) -> Path:
    """An existing folder."""
    if not path.is_dir():
        stop(f"kerong: {path} is no folder; {what}")
    return path
