"""A TOML text that is changed in a few places and keeps everything else: its order, its layout, its comments."""

import copy
import re
from collections.abc import Callable, Sequence
from typing import Any

import tomli

from kerong.rulebook.lines import Path, lines_of
from kerong.rulebook.overlay import written

CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
ASSIGNED = r"\b{key}\s*=\s*\"(?:[^\"\\]|\\.)*\""  # a key and its text inside braces


def comment(said: str) -> str:
    """A comment of one line, whatever it says."""
    return f"# {CONTROL.sub(' ', said)}"


class Draft:
    """Changes of one text, by the paths of its keys: of lines and, beside that, of the data that the lines must hold.

    `str` gives the changed text. Where a text is laid out so that a change by lines would not give the data, it is
    written anew from the data: comments of its own are lost then, notes stand at its head.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.data: dict[str, Any] = tomli.loads(text)
        self.read: dict[str, Any] = copy.deepcopy(self.data)  # as it was
        self._lines = text.rstrip("\n").split("\n")
        self._at = {path: line - 1 for path, line in lines_of(text).items()}
        self._before: dict[int, list[str]] = {}
        self._instead: dict[int, list[str]] = {}
        self._notes: list[str] = []
        self._removed: list[Path] = []

    def note(self, path: Path, words: str) -> None:
        """A comment above the line of a key, or of the nearest table around it."""
        said = self._said(words)
        line = next((self._at[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self._at), 0)
        if said not in self._before.setdefault(line, []):
            self._before[line].append(said)

    def _said(self, words: str) -> str:
        """A comment, to be found again at the head where the text is written anew."""
        self._notes.append(comment(words))
        return self._notes[-1]

    def put(self, path: Path, key: str, value: str) -> None:
        """Set a key of a table to a text."""
        table = self._table(path)
        was, table[key] = key in table, value
        line = written({key: value}).rstrip("\n")
        header = self._at.get(path, 0)
        if (*path, key) in self._at:
            self._instead[self._at[*path, key]] = [line]
        elif not path or self._lines[header].lstrip().startswith("["):
            self._before.setdefault(header + 1 if path else 0, []).append(line)
        else:
            now = self._instead.get(header, [self._lines[header]])[0]
            head, _, tail = now.rpartition("}")
            inside = (
                re.sub(ASSIGNED.format(key=key), lambda found: line, now)
                if was
                else f"{head.rstrip()}, {line} }}{tail}"
            )
            self._instead[header] = [inside]

    def drop(self, path: Path, key: str, why: str) -> None:
        """Take a key out: its line stays as a comment."""
        del self._table(path)[key]
        line = self._at.get((*path, key))
        if line is not None:
            self._instead[line] = [self._said(why), f"# {self._lines[line]}"]

    def block(self, path: Path, value: Any, lines: Sequence[str]) -> None:
        """Another table in the place of one, with the lines to write it."""
        self._table(path[:-1])[path[-1]] = value
        blocks = self.blocks(path)
        for number, (start, end) in enumerate(blocks):
            self._instead |= {line: [] for line in range(start, end)}
            if not number:
                above = [line for line in self._lines[start:end] if line.startswith("#")]
                self._instead[start] = [*above, *lines, ""]

    def reword(self, path: Path, value: Any, change: Callable[[str], str]) -> None:
        """A table whose lines are changed one by one; `value` is what they then hold."""
        self._table(path[:-1])[path[-1]] = value
        for start, end in self.blocks(path):
            for line in range(start, end):
                self._instead[line] = [change(self._instead.get(line, [self._lines[line]])[0])]

    def remove(self, path: Path, why: str) -> None:
        """An entry of an array of tables becomes a comment."""
        self._removed.append(path)
        said: str | None = self._said(why)
        for start, end in self.blocks(path):
            if said is not None:
                self._before.setdefault(start, []).append(said)
            said = None
            for line in range(start, end):
                self._instead[line] = [f"# {text}".rstrip() for text in self._instead.get(line, [self._lines[line]])]

    def blocks(self, path: Path) -> list[tuple[int, int]]:
        """The lines of a table and of those below it, each from its header (and the comment above) to the next."""
        heads = sorted((line, at) for at, line in self._at.items() if self._lines[line].lstrip().startswith("["))
        starts = [self._with_comment(line) for line, _ in heads]
        ends = [*starts[1:], len(self._lines)]
        return [
            (start, end) for start, end, (_, at) in zip(starts, ends, heads, strict=True) if at[: len(path)] == path
        ]

    def cut(self, paths: Sequence[Path]) -> str:
        """The tables at the paths, as they are written; their other tables stay behind."""
        found = ["\n".join(self._lines[start:end]).strip("\n") for path in paths for start, end in self.blocks(path)]
        return "\n\n".join(found) + "\n"

    def _with_comment(self, line: int) -> int:
        """The first line of the comment right above a line, or the line itself."""
        while line and self._lines[line - 1].lstrip().startswith("#"):
            line -= 1
        return line

    def __str__(self) -> str:
        lines = [
            new
            for number, line in enumerate([*self._lines, ""])
            for new in (*self._before.get(number, ()), *self._instead.get(number, [line]))
        ]
        found = "\n".join(lines).rstrip("\n") + "\n"
        wanted = self._wanted()
        try:
            if tomli.loads(found) == wanted:
                return found
        except tomli.TOMLDecodeError:
            pass
        return "".join(f"{note}\n" for note in dict.fromkeys(self._notes)) + written(wanted)

    def _wanted(self) -> dict[str, Any]:
        data = copy.deepcopy(self.data)
        for path in sorted(self._removed, key=str, reverse=True):
            array: Any = data
            for key in path[:-1]:
                array = array[key]
            array[path[-1]] = None
        for path in self._removed:
            if isinstance(data.get(str(path[0])), list):
                data[str(path[0])] = [item for item in data[str(path[0])] if item is not None]
        return {key: value for key, value in data.items() if value != [] or self.read.get(key) == []}

    def _table(self, path: Path) -> Any:
        found: Any = self.data
        for key in path:
            found = found[key]
        return found
