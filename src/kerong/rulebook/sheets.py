"""Reading one TOML file strictly: every key is known, every value has its type, every error has its line."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import tomli

from kerong.rulebook.content import Place, Text
from kerong.rulebook.kinds import LIMIT
from kerong.rulebook.lines import Lines, Path, Places
from kerong.rulebook.parse import ExpressionError, nearest

PARTS = 40
# a name of more parts than any rule needs: reading it takes the reader of TOML time by the square of its parts
LONG_NAME = re.compile(r"(?<![\w.\"'-])(?:[\"']?[A-Za-z0-9_-]++[\"']?[ \t]*+\.[ \t]*+){40}")


@dataclass(frozen=True, slots=True, order=True)
class RulebookError:
    """One thing that is wrong with a pack: where, what, and what would help."""

    file: str
    line: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" + (f" ({self.hint})" if self.hint else "")


# what a pack's folders build upon, in this order: an error in an early one brings others after it
FOLDERS: tuple[str, ...] = ("registers", "codes", "region.toml", "measures", "networks", "formulas", "indicators")
FOLDERS += ("events", "channels")
FOLDERS += ("policies", "products", "alerts", "checks", "limits", "statistics", "waterfalls", "pools", "feeds")
FOLDERS += ("purposes", "watches", "calendars")
FOLDERS += ("models", "cards", "documents", "lists", "figures", "arrangements")


ELSEWHERE = "has an error of its own"  # what reads something that could not be read says no more than this


def _roots_first(error: RulebookError) -> tuple[int, bool, RulebookError]:
    folder = error.file.partition("/")[0]
    return FOLDERS.index(folder) if folder in FOLDERS else -1, error.message.endswith(ELSEWHERE), error


class RulebookErrors(Exception):
    """All errors of a pack, those that may cause others first; nothing of it is loaded."""

    def __init__(self, errors: Sequence[RulebookError]) -> None:
        self.errors = tuple(sorted(errors, key=_roots_first))
        super().__init__("\n".join(map(str, self.errors)))


class Stop(Exception):
    """Ends the reading of one entry; its error has been recorded."""


@dataclass(slots=True)
class Sheet:
    """A table of a TOML file with its place; readers take a value out of it or record an error and stop."""

    file: str
    data: Mapping[str, Any]
    lines: Places
    errors: list[RulebookError]
    path: Path = ()

    def place(self) -> Place:
        return Place(self.file, self.lines.of(self.path)[1])

    def fail(self, message: str, *keys: str | int, hint: str = "") -> Stop:
        """Record an error; raise what is returned."""
        self.errors.append(RulebookError(*self.lines.of((*self.path, *keys)), message, hint))
        return Stop(message)

    def only(self, known: Sequence[str]) -> None:
        """Record every key that is not known."""
        for key in self.data:
            if key not in known:
                self.fail(f"unknown key {key!r}", key, hint=nearest(key, known))

    def get(self, key: str, kind: type | tuple[type, ...], what: str, default: Any = ...) -> Any:
        """A value of the given Python type; a missing one is an error unless there is a default."""
        value = self.data.get(key)
        if type(value) is kind:
            return value
        if value is None:
            if default is ...:
                raise self.fail(f"{key} is missing", hint=f"it is {what}")
            return default
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(value, kind) or (isinstance(value, bool) and bool not in kinds):
            raise self.fail(f"{key} must be {what}, not {type(value).__name__}", key)
        return value

    def text(self, key: str, default: Any = ...) -> Any:
        value = self.get(key, str, "a text", default)
        if value == "" and default is ...:
            raise self.fail(f"{key} is empty", key)
        return value

    def name(self, key: str = "name") -> str:
        value = str(self.text(key))
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", value):
            raise self.fail(f"{key} = {value!r}: names are lower-case words joined by _", key)
        return value

    def whole(self, key: str, default: Any = ...) -> Any:
        return self.get(key, int, "a whole number", default)

    def flag(self, key: str, default: bool) -> bool:
        return bool(self.get(key, bool, "true or false", default))

    def day(self, key: str, default: Any = ...) -> Any:
        value = self.get(key, date, "a date such as 2024-06-30", default)
        return value.date() if isinstance(value, datetime) else value

    def choice(self, key: str, options: Sequence[str], default: Any = ...) -> Any:
        if default is ... and self.data.get(key) is None:
            raise self.fail(f"{key} is missing", hint=f"it is {', '.join(options[:-1])} or {options[-1]}")
        value = self.text(key, default)
        if value is not None and value not in options:
            raise self.fail(f"{key} = {value!r}", key, hint="one of " + ", ".join(options))
        return value

    def texts(self, key: str, default: Any = ...) -> tuple[str, ...]:
        value = self.get(key, list, "a list of texts", default)
        if not all(isinstance(item, str) for item in value):
            raise self.fail(f"{key} must be a list of texts", key)
        return tuple(value)

    def title(self, key: str = "title", default: Any = ...) -> Any:
        """A title or sentence in both languages."""
        value = self.get(key, dict, '{ zh = "…", en = "…" }', default)
        if not isinstance(value, dict):
            return default
        if value.keys() != {"en", "zh"} or not all(type(words) is str and words for words in value.values()):
            raise self.fail(f"{key} needs zh and en", key, hint='{ zh = "…", en = "…" }')
        return Text(value["zh"], value["en"])

    def table(self, key: str, default: Any = ...) -> "Sheet":
        value = self.get(key, dict, "a table", {} if default is not ... else ...)
        return Sheet(self.file, value, self.lines, self.errors, (*self.path, key))

    def tables(self, key: str) -> Iterator["Sheet"]:
        """The sheets of an array of tables."""
        value = self.get(key, list, f"tables [[{key}]]", [])
        for index, item in enumerate(value):
            if not isinstance(item, dict):
                raise self.fail(f"{key} must be tables [[{key}]]", key)
            yield Sheet(self.file, item, self.lines, self.errors, (*self.path, key, index))

    def expression(self, key: str, read: Callable[[str], Any], default: Any = ...) -> Any:
        """An expression read by `read`, its errors at this key's line."""
        value = self.text(key, default)
        if not isinstance(value, str):
            return value
        try:
            return read(value)
        except ExpressionError as error:
            raise self.fail(error.message, key, hint=error.hint) from None


def sheet(file: str, text: str, errors: list[RulebookError], called: str = "") -> Sheet | None:
    """The sheet of a file, or None with its error recorded; `called` is how errors name the file, if otherwise."""
    told = called or file
    if line := _line_of_long_name(text):
        errors.append(RulebookError(told, line, "nested too deeply"))
        return None
    try:
        found = Sheet(file, tomli.loads(text), Lines(told, text), errors)
        if _are_held(found.data):
            return found
        _tell_not_held(found)
    except tomli.TOMLDecodeError as error:
        errors.append(RulebookError(told, error.lineno, f"not valid TOML: {error}"))
    except RecursionError:
        errors.append(RulebookError(told, 1, "nested too deeply"))
    except ValueError:  # Python reads no whole number of more than 4,300 digits
        digits = re.search(r"[0-9_]{4300,}", text)
        line = text.count("\n", 0, digits.start()) + 1 if digits else 1
        errors.append(RulebookError(told, line, "a number is too large", f"at most {LIMIT:,}"))
    return None


def _line_of_long_name(text: str) -> int:
    """The line of a name of too many parts; 0 where there is none."""
    if text.count(".") < PARTS:
        return 0
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) >= 2 * PARTS and line.count(".") >= PARTS and LONG_NAME.search(line):
            return number
    return 0


def _are_held(value: object) -> bool:
    """Can every number be held and compared? Texts and dates can."""
    rest = [value]
    for item in rest:  # which grows as tables and lists are met
        kind = type(item)
        if kind is str or kind is date or kind is bool:
            continue
        if isinstance(item, dict):
            rest += item.values()
        elif isinstance(item, list):
            rest += item
        elif isinstance(item, float):
            if not math.isfinite(item):
                return False
        elif isinstance(item, int) and abs(item) > LIMIT:
            return False
    return True


def _tell_not_held(sheet: Sheet) -> None:
    """Record an error for every number that cannot be held."""
    for path, value in _values(sheet.data, ()):
        if not _are_held(value):
            why, hint = ("is no number", "") if isinstance(value, float) else ("is too large", f"at most {LIMIT:,}")
            sheet.fail(f"{value} {why}", *path, hint=hint)


def _values(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    """Everything that is no table and no list, with its path."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from _values(item, (*path, key))
    else:
        yield path, value
