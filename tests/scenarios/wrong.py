"""Every way to write one expectation of a scenario wrong: by a fen, a day, a word."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from tests.scenarios.money_words import fen_of, is_amount

Path = tuple[str | int, ...]


def wrong_ones(said: Mapping[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The scenario with one expected value changed, for each value under a `then`, and where it stands."""
    for path, value in _leaves(said):
        yield path, _with(said, path, _other(value))


def _leaves(value: Any, path: Path = (), is_expected: bool = False) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name), is_expected or name == "then")
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from _leaves(inner, (*path, number), is_expected)
    elif is_expected:
        yield path, value


def _other(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case date():
            return value + timedelta(days=1)
        case list():
            return ["x"]
        case str() if is_amount(value):
            return f"{fen_of(value) + 1}分"
    return f"{value}1"


def _with(value: Any, path: Path, other: Any) -> Any:
    if not path:
        return other
    if isinstance(value, Mapping):
        return {name: _with(inner, path[1:], other) if name == path[0] else inner for name, inner in value.items()}
    return [_with(inner, path[1:], other) if number == path[0] else inner for number, inner in enumerate(value)]
