"""Region packs as texts: those that ship with the package, and folders of a user.

A pack may extend another: all files of the base come first, a file at the same path replaces the base's.
"""

import tomllib
from importlib import resources
from pathlib import Path

SHEET = "region.toml"


class PackError(ValueError):
    """A pack that does not exist or cannot be read; the message is one line that says what exists."""


def region_names(extra_folder: Path | None = None) -> list[str]:
    """Packs that are regions to run, sorted: bases that others extend (`abstract = true`) are left out."""
    return [name for name, folder in sorted(_packs(extra_folder).items()) if not _sheet(folder).get("abstract", False)]


def read_pack(name: str, extra_folder: Path | None = None) -> dict[str, str]:
    """Texts of the pack by relative posix path, bases merged.

    `name` is a pack's name, in `extra_folder` first, or the path of a folder that holds a region.toml.

    Raises:
        PackError: no such pack, a circle of `extends`, or a sheet that is no TOML.
    """
    return _merged(_folder(name, extra_folder), extra_folder, ())


def reports_of(name: str, extra_folder: Path | None = None) -> dict[str, str]:
    """How the pack's models were tested: `models/*.json` by the model's name; a region's own goes before its base's.

    Raises:
        PackError: no such pack, or a report that is no UTF-8.
    """
    folder = _folder(name, extra_folder)
    found: dict[str, str] = {}
    for place in _with_bases(folder, extra_folder):
        for path in sorted((place / "models").glob("*.json")):
            try:
                found.setdefault(path.stem, path.read_text("utf-8-sig"))
            except UnicodeDecodeError as error:
                raise PackError(f"{place.name}/models/{path.name} is not UTF-8") from error
    return dict(sorted(found.items()))


def _with_bases(folder: Path, extra_folder: Path | None) -> list[Path]:
    """The folder of a pack, then those that it extends; `read_pack` has refused a circle."""
    places = [folder]
    while isinstance(base := _sheet(places[-1]).get("extends"), str):
        nearby = places[-1].parent if places[-1].parent != _shipped() else extra_folder
        found = _folder(base, nearby)
        if found in places:
            break
        places.append(found)
    return places


def _merged(folder: Path, extra_folder: Path | None, above: tuple[Path, ...]) -> dict[str, str]:
    if folder in above:
        raise PackError(
            f"{folder.name}: packs extend each other in a circle: {' > '.join(path.name for path in above)}"
        )
    base = _sheet(folder).get("extends")
    texts: dict[str, str] = {}
    if isinstance(base, str):
        nearby = folder.parent if folder.parent != _shipped() else extra_folder
        texts = _merged(_folder(base, nearby), nearby, (*above, folder))
    return dict(sorted({**texts, **texts_of(folder)}.items()))


def texts_of(folder: Path) -> dict[str, str]:
    """The TOML files of a folder by relative posix path. Raises PackError where one is no UTF-8."""
    try:
        files = [path for path in sorted(folder.rglob("*.toml")) if path.is_file()]
        for path in files:
            path.as_posix().encode()
        return {path.relative_to(folder).as_posix(): path.read_text("utf-8-sig") for path in files}
    except UnicodeDecodeError as error:
        raise PackError(f"{folder.name}: a file is not UTF-8: {error.reason} at byte {error.start}") from error
    except UnicodeEncodeError as error:
        raise PackError(f"{folder.name}: the name of a file is not UTF-8") from error


def _folder(name: str, extra_folder: Path | None) -> Path:
    packs = _packs(extra_folder)
    if name in packs:
        return packs[name]
    path = Path(name)
    if (path / SHEET).is_file():
        return path.resolve()
    exist = ", ".join(region_names(extra_folder)) or "none"
    raise PackError(f"no region “{name}”; there are: {exist} (or the path of a folder with a {SHEET})")


def _packs(extra_folder: Path | None) -> dict[str, Path]:
    packs: dict[str, Path] = {}
    for parent in (_shipped(), extra_folder):
        if parent is not None and parent.is_dir():
            packs |= {path.name: path for path in parent.iterdir() if (path / SHEET).is_file()}
    return packs


def _shipped() -> Path:
    return Path(str(resources.files("kerong"))) / "regions"


def _sheet(folder: Path) -> dict[str, object]:
    try:
        return tomllib.loads((folder / SHEET).read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # no TOML, no UTF-8, a number of thousands of digits, nested deeply
        raise PackError(f"{folder.name}/{SHEET}: {error}") from error
