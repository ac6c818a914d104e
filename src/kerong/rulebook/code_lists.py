"""Code lists: the codes that a type of columns may hold, what they are called, and what became of earlier ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kerong.rulebook.said import Place, Text


@dataclass(frozen=True, slots=True)
class FormerCode:
    """A code that is no longer in force, or that stood for something else until `until` (year and month).

    `successors`: codes of today; several where it was parted, none where nobody has said what became of it.
    """

    title: str
    until: str
    successors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeList:
    """A file of `codes/`: `codes` in force and their titles, `wider` ones that stand above them, `former` ones.

    A code that is in force and among `former` too stood for something else, or for more, before.
    """

    name: str
    title: Text
    type: str
    edition: Text
    place: Place
    codes: Mapping[str, str] = field(repr=False)
    wider: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    former: Mapping[str, FormerCode] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def successors(self, code: str) -> tuple[str, ...]:
        """The codes in force that a former code has become, chains followed; none where that is unknown."""
        return _successors(self, code, frozenset())


def _successors(held: CodeList, code: str, above: frozenset[str]) -> tuple[str, ...]:
    found: set[str] = set()
    for successor in held.former[code].successors:
        if successor in held.codes or successor in above or successor not in held.former:
            found.add(successor)
        else:
            found.update(_successors(held, successor, above | {code}))
    return tuple(sorted(found))
