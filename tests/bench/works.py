"""Works that rounds of the harness are tried with."""

import time
from pathlib import Path

from bench.claims import Work

MEGABYTES = 200


def quick(scratch: Path, answer: str = "7") -> Work:
    """A work that only answers."""
    return lambda: float(answer)


def slow(scratch: Path, answer: str = "7") -> Work:
    """A work that takes a fifth of a second, after a preparation that takes longer."""
    time.sleep(0.3)

    def work() -> float:
        time.sleep(0.2)
        return float(answer)

    return work


def heavy(scratch: Path) -> Work:
    """A work that holds memory."""
    return lambda: float(len(bytearray(MEGABYTES * 1024 * 1024)))


def broken(scratch: Path) -> Work:
    """A program that cannot start."""
    raise RuntimeError("no registers there")
