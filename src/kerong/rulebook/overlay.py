"""A reform laid over a pack: files of the same paths, of which each says only what it changes.

Dated entries of `[parameter.X]` and `[table.X]` are added, or take the place of the entry of their date; every other
key at the top of a file takes the place of the base's key whole; `remove = true` takes the file away; a path that the
base has not is a new file. Errors name the reform's file where what is wrong comes from it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from kerong.rulebook.lines import Path, Places
from kerong.rulebook.parse import nearest
from kerong.rulebook.sheets import RulebookError, RulebookErrors, Sheet, sheet

DATED = ("parameter", "table")


@dataclass(frozen=True, slots=True)
class Overlaid:
    """The texts of the pack after the reform, and the sheets of the files that it touches."""

    texts: Mapping[str, str]
    sheets: Mapping[str, Sheet] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Both:
    """Places of a merged file: a path below one of `taken` stands in the reform's file."""

    base: Places
    over: Places
    taken: set[Path]

    def of(self, path: Path) -> tuple[str, int]:
        """File and line of a key, or of the nearest table around it."""
        is_new = any(path[:length] in self.taken for length in range(1, 4))
        return (self.over if is_new else self.base).of(path)


def overlaid(
    base: Mapping[str, str], overrides: Mapping[str, str], reform: str, errors: list[RulebookError]
) -> Overlaid:
    """The pack with the files of a reform laid over it; `reform` is the folder that errors name.

    `errors` is where later errors of the sheets go. Raises RulebookErrors where the reform cannot be read or laid.
    """
    texts, sheets = dict(base), {}
    for file in sorted(overrides):
        over = sheet(file, overrides[file], errors, called=f"{reform}/{file}")
        if over is None:
            continue
        if "remove" in over.data:
            _removed(over, file, texts)
            continue
        if file not in base:
            texts[file], sheets[file] = overrides[file], over
            continue
        under = sheet(file, base[file], errors)
        if under is not None:
            sheets[file] = _merged(under, over)
            texts[file] = written(sheets[file].data)
    if errors:
        raise RulebookErrors(errors)
    return Overlaid(texts, sheets)


def _removed(over: Sheet, file: str, texts: dict[str, str]) -> None:
    over.only(["remove"])
    if over.data["remove"] is not True:
        over.fail("remove is true, or is not there", "remove")
    elif file not in texts:
        over.fail(f"there is no {file} to remove", "remove", hint=nearest(file, texts))
    else:
        del texts[file]


def _merged(base: Sheet, over: Sheet) -> Sheet:
    data: dict[str, Any] = dict(base.data)
    taken: set[Path] = set()
    for key, value in over.data.items():
        if key in DATED and _are_tables(value) and _are_tables(data.get(key, {})):
            data[key] = _dated(key, data.get(key, {}), value, over, taken)
        else:
            data[key] = value
            taken.add((key,))
    return Sheet(base.file, data, _Both(base.lines, over.lines, taken), over.errors)


def _are_tables(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(entry, dict) for entry in value.values())


def _dated(
    key: str, base: Mapping[str, Any], over: Mapping[str, Any], at: Sheet, taken: set[Path]
) -> dict[str, dict[str, Any]]:
    """Parameters by name with the entries of both."""
    result = dict(base)
    for name, entries in over.items():
        if name not in base and not _is_named(name, at):
            at.fail(f"{key} {name}: the base has none, and nothing here names it", key, name, hint=nearest(name, base))
        result[name] = {**base.get(name, {}), **entries}
        taken |= {(key, name, entry) for entry in entries} if name in base else {(key, name)}
    return result


def _is_named(name: str, at: Sheet) -> bool:
    """Does one of the reform's own expressions name a new parameter? Else its name is a slip of the pen."""
    rest = json.dumps({key: value for key, value in at.data.items() if key not in DATED}, default=str)
    return re.search(rf"\b{re.escape(name)}\b", rest) is not None


def written(data: Mapping[str, Any]) -> str:
    """TOML of a sheet's data, a line for each key at its top: reading it gives the same data."""
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in data.items())


def _key(key: str) -> str:
    return key if re.fullmatch("[A-Za-z0-9_-]+", key) else _text(key)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: object) -> str:
    match value:
        case str():
            return _text(value)
        case bool():
            return "true" if value else "false"
        case dict():
            return "{ " + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + " }"
        case list():
            return "[" + ", ".join(map(_value, value)) + "]"
        case date() | time():
            return value.isoformat()
    return repr(value)
