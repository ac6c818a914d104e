"""Where the tables and keys of a TOML text stand: looked for when first asked, for most files never are wrong."""

import re
from dataclasses import dataclass
from typing import Protocol

Path = tuple[str | int, ...]
HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
KEY = re.compile(r"\s*([A-Za-z0-9_.\"'-]+?)\s*=\s*(.*)$")
PART = re.compile(r"\"[^\"]*\"|'[^']*'|[^.\s]+")


class Places(Protocol):
    """What knows where a key stands."""

    def of(self, path: Path) -> tuple[str, int]:
        """File and line of a key, or of the nearest table around it."""


@dataclass(slots=True)
class Lines:
    """The places of one file."""

    file: str
    text: str
    found: dict[Path, int] | None = None

    def of(self, path: Path) -> tuple[str, int]:
        """File and line of a key, or of the nearest table around it."""
        if self.found is None:
            self.found = lines_of(self.text)
        while path and path not in self.found:
            path = path[:-1]
        return self.file, self.found.get(path, 1)


def lines_of(text: str) -> dict[Path, int]:
    """The line of every table and key of a TOML text (keys inside an inline table have their key's line)."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    here: Path = ()
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        if fence:
            fence = "" if fence in line else fence
            continue
        header = HEADER.match(line) if line.lstrip()[:1] == "[" else None
        key = KEY.match(line) if header is None else None
        if header:
            here = _table(header.group(2), counts, many=header.group(1) == "[[")
            found[here] = number
        elif key:
            found[here + _keys(key.group(1))] = number
            for mark in ('"""', "'''"):
                if key.group(2).count(mark) == 1:
                    fence = mark
    return found


def _keys(text: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in PART.findall(text))


def _table(text: str, counts: dict[Path, int], many: bool) -> Path:
    path: Path = ()
    names = _keys(text)
    for place, name in enumerate(names):
        path += (name,)
        last = place == len(names) - 1
        if last and many:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path += (counts[path],)
    return path
