"""Declared models: what is to be foretold of whom, from which facts, and which facts may not be used.

A model says no number: what is learned from data stands in a card (`cards`), and names its model.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kerong.rulebook.alerts import Alert
from kerong.rulebook.said import Place, Text
from kerong.rulebook.tree import Node

KINDS = ("credit", "need", "hazard", "stage")
EVERY = ("month", "quarter", "half_year", "year")  # how far the days of a model's sample lie apart
EVERYONE = "all"  # the segment that takes everybody whom no other takes
# columns of a sample and of its scores beside those of the characteristics: one of these names would overwrite another
OWN = (
    *("subject", "on", "outcome", "outcome_on", "segment", "held", "at_risk", "class", "card", "low", "high"),
    "enterprise_id",
)


@dataclass(frozen=True, slots=True)
class Event:
    """Rows of a register that are the outcome: every report of a row counts, and on the day on which it was known.

    `where` (None: every row) and `on`, the day of the event (None: the day on which the row was known), read the row.
    """

    register: str
    where: Node | None
    on: Node | None
    place: Place


@dataclass(frozen=True, slots=True)
class Reading:
    """An event of institutions: `where` begins to hold of an institution's row of a statistic."""

    statistic: str
    where: Node
    place: Place


@dataclass(frozen=True, slots=True)
class WarnedEvent:
    """What may be warned of, by name: rows of registers (of enterprises), or readings of statistics (of institutions).

    A warning is graded by those that come after it.
    """

    name: str
    title: Text
    events: tuple[Event, ...]
    place: Place
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What may come to pass: one of `events` after the day of decision, at most `horizon` months later.

    `at_risk`: who is asked about (None: everybody); who is not known to be is left out. `delay_days`: so long after the
    horizon nothing counts as not having happened, because reports are still on their way.
    """

    title: Text
    events: tuple[Event, ...]
    horizon: int
    at_risk: Node | None
    delay_days: int
    place: Place


@dataclass(frozen=True, slots=True)
class ModelSegment:
    """Enterprises with lines of their own; the first segment whose condition is met takes the enterprise."""

    name: str
    title: Text
    when: Node
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class ModelCharacteristic:
    """A fact that the model may read: an expression over an enterprise, a number or a category.

    `trend`: how the risk moves with the value (rising, falling, auto, none). `believed`: why a fact that tells
    suspiciously much is no leak. `text` is the expression as it is written.
    """

    name: str
    title: Text
    value: Node
    kind: str
    trend: str
    believed: str | None
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A field ("enterprise.x") or a column of a register ("loan.lost_fen") that no characteristic may rest on."""

    name: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Model:
    """A declared model. `limits`: what it may not be used for. `value`: of a model that is a formula, its classes.

    `sensitivity`: that of what it says; no characteristic may be more sensitive. `groups`: by name the text by which
    its fairness is looked at.
    """

    name: str
    kind: str
    title: Text
    meaning: Text
    limits: Text
    place: Place
    sensitivity: str
    every: str
    outcome: Outcome | None = None
    value: Node | None = None
    segments: tuple[ModelSegment, ...] = ()
    characteristics: tuple[ModelCharacteristic, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()
    groups: Mapping[str, Node] = field(default_factory=lambda: MappingProxyType({}))
    points: int = 600
    odds: float = 50.0
    pdo: int = 20
    bins_most: int = 8
    bin_least_bp: int = 500
    seed: int = 0
    alert: Alert | None = None  # what its cards warn of

    def nodes(self) -> tuple[Node, ...]:
        """Every expression over an enterprise."""
        asked = [self.value, self.outcome.at_risk if self.outcome else None]
        asked += [segment.when for segment in self.segments] + [one.value for one in self.characteristics]
        return tuple(node for node in (*asked, *self.groups.values()) if node is not None)
