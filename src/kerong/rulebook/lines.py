"""Where the tables and keys of a TOML text stand: looked for when first asked, for most files never are wrong."""

import re
from dataclasses import dataclass
from typing import Protocol

Path = tuple[str | int, ...]
HEADER = re.compile(r"[ \t]*(\[\[?)[ \t]*([^\]\n]+?)[ \t]*\]\]?[ \t\r]*(?:#.*)?$", re.MULTILINE)
HEADERS = re.compile(r"\n" + HEADER.pattern, re.MULTILINE)  # ends of lines are found faster than beginnings
KEY = re.compile(r"\s*([A-Za-z0-9_.\"'-]+?)\s*=\s*(.*)$")
SEVERAL_LINES = re.compile(r'"""(?s:.*?)"""|\'\'\'(?s:.*?)\'\'\'')
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
    tables: dict[Path, int] | None = None
    keys: dict[Path, int] | None = None

    def of(self, path: Path) -> tuple[str, int]:
        """File and line of a key, or of the nearest table around it."""
        if not path:
            return self.file, 1
        if self.tables is None:
            self.tables = _tables_of(self.text)
        if path in self.tables:
            return self.file, self.tables[path]
        if self.keys is None:
            self.keys = lines_of(self.text)
        while path and path not in self.keys:
            path = path[:-1]
        return self.file, self.keys.get(path, 1)


def _tables_of(text: str) -> dict[Path, int]:
    """The lines of the headers of tables alone; a text of several lines may hold what looks like one."""
    if '"""' in text or "'''" in text:
        text = SEVERAL_LINES.sub(lambda found: "\n" * found[0].count("\n"), text)
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    text = f"\n{text}"
    number, seen = 0, 0
    for header in HEADERS.finditer(text):
        number, seen = number + text.count("\n", seen, header.start(1)), header.start(1)
        found[_table(header.group(2), counts, many=header.group(1) == "[[")] = number
    return found


def lines_of(text: str) -> dict[Path, int]:
    """The line of every table and key of a TOML text (keys inside an inline table have their key's line)."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    here: Path = ()
    fence = ""
    for number, line in enumerate(text.split("\n"), 1):
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
    bare = text.split(".")
    if all(map(str.isidentifier, bare)):
        return tuple(bare)
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
