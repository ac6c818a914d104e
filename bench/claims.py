"""What a claim is: our program, the peer's program for the same work, and the target."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measured:
    """What a work may return instead of a bare answer: seconds that it took itself, and its answer."""

    seconds: float
    answer: float


# A program is a function from the scratch folder and its arguments to the work that is timed; what it does before it
# returns (imports, making data) is not timed. The work returns a number by which two programs are compared.
Work = Callable[[], float | Measured]


@dataclass(frozen=True, slots=True)
class Program:
    """`function` is "module:name", run in a process of its own; `warm` rounds run before the timed one."""

    name: str
    function: str
    arguments: tuple[str, ...] = ()
    warm: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """Bounds that a claim must keep; `times` is how many times as fast as the peer it must be."""

    seconds: float | None = None
    memory_mb: float | None = None
    times: float | None = None

    def __str__(self) -> str:
        parts = [
            f"≤ {self.seconds:g} s" if self.seconds is not None else "",
            f"≤ {self.memory_mb:g} MB" if self.memory_mb is not None else "",
            f"≥ {self.times:g} x peer" if self.times is not None else "",
        ]
        return ", ".join(part for part in parts if part)

    def holds(self, seconds: float, memory_mb: float, ratio: float | None) -> bool:
        """Whether a measurement keeps every bound; a bound against a peer that did not run is not kept."""
        return (
            (self.seconds is None or seconds <= self.seconds)
            and (self.memory_mb is None or memory_mb <= self.memory_mb)
            and (self.times is None or (ratio is not None and ratio >= self.times))
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of the table. `prepare` makes what rounds share in the scratch folder, once.

    `rounds`: the most that are measured; of works of minutes a few tell enough.
    """

    name: str
    ours: Program
    target: Target
    peer: Program | None = None
    prepare: Callable[[Path], None] | None = None
    # how far two answers may lie apart, as a share; peers that hold money in floats need room
    tolerance: float = 1e-9
    rounds: int | None = None
