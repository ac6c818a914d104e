"""Values that are more than one number: tier tables, tables by key, and the spells in which something held."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Steps:
    """From each start on (inclusive, ascending) the value beside it."""

    starts: tuple[int | float, ...]
    values: tuple[int | float, ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """A value by key; `otherwise` for every other key, where the law gives one."""

    entries: Mapping[str, int | float]
    otherwise: int | float | None = None


Table = Steps | Entries


@dataclass(frozen=True, slots=True, order=True)
class Spell:
    """Days on which something held, both ends included; None: it is not known when it began or ended."""

    begins: date | None
    ends: date | None
