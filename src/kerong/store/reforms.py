"""Reforms as texts: a folder of files that are laid over a pack."""

from pathlib import Path

from kerong.store.packs import PackError, texts_of

SHEET = "reform.toml"


def read_reform(folder: Path) -> dict[str, str]:
    """Texts of a reform by relative posix path. Raises PackError: no folder, no sheet in it, or a file is no UTF-8."""
    if not folder.is_dir():
        raise PackError(f"{folder} is no folder; a reform is a folder with a {SHEET}")
    if not (folder / SHEET).is_file():
        raise PackError(f"{folder} has no {SHEET}: it gives name, title, source and why")
    return texts_of(folder)
