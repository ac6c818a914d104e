"""Runs claims: ours and the peer's in turns, every round in a process of its own, so that peak memory is its own."""

import json
import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.claims import Claim, Program

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5
Watch = Callable[[str], None]


class BenchError(Exception):
    """A claim that could not be measured, in one line."""


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds of the work, peak memory of its process and the processes that it waited for, and its answer."""

    seconds: float
    peak_mb: float
    answer: float


@dataclass(frozen=True, slots=True)
class Row:
    """A claim measured; `ratio` is the peer's seconds over ours: how many times as fast we are."""

    name: str
    ours_s: float
    peer: str | None
    peer_s: float | None
    ratio: float | None
    peak_mb: float
    target: str
    holds: bool

    def as_json(self) -> dict[str, object]:
        """The eight keys of `kerong bench --json`."""
        return asdict(self)


def one_round(program: Program, scratch: Path) -> Round:
    """Runs a program once in a new process; raises BenchError with the last line of what it complained of."""
    command = [sys.executable, "-m", "bench.round", program.function, str(program.warm), str(scratch)]
    done = subprocess.run([*command, *program.arguments], cwd=ROOT, capture_output=True, check=False)
    lines = _lines(done.stdout)
    if done.returncode or not lines:
        last = (_lines(done.stderr) or lines or [f"it ended with status {done.returncode}"])[-1]
        hint = " (./kerong bench installs the peers)" if "No module named" in last else ""
        raise BenchError(f"{program.name}: {last[:300]}{hint}")
    told = json.loads(lines[-1])
    return Round(told["seconds"], told["peak_mb"], told["answer"])


def _lines(output: bytes) -> list[str]:
    return [line for line in output.decode("utf-8", "replace").splitlines() if line.strip()]


def measure(claim: Claim, scratch: Path, watch: Watch, rounds: int = ROUNDS) -> Row:
    """One row: medians over alternating rounds, the highest peak of ours; answers of both sides must agree."""
    if claim.prepare:
        watch(f"{claim.name}: preparing")
        claim.prepare(scratch)
    rounds = rounds if claim.rounds is None else min(rounds, claim.rounds)
    ours: list[Round] = []
    peers: list[Round] = []
    for number in range(1, rounds + 1):
        watch(f"{claim.name}: round {number} of {rounds}")
        ours.append(one_round(claim.ours, scratch))
        if claim.peer:
            peers.append(one_round(claim.peer, scratch))
    _agree(claim, [found.answer for found in (*ours, *peers)])
    seconds = statistics.median(found.seconds for found in ours)
    peer_s = statistics.median(found.seconds for found in peers) if peers else None
    ratio = peer_s / seconds if peer_s is not None else None
    peak_mb = max(found.peak_mb for found in ours)
    name = claim.peer.name if claim.peer else None
    holds = claim.target.holds(seconds, peak_mb, ratio)
    told = (claim.name, _short(seconds), name, peer_s and _short(peer_s), ratio and _short(ratio))
    return Row(*told, _short(peak_mb), str(claim.target), holds)


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _agree(claim: Claim, answers: list[float]) -> None:
    for answer in answers:
        if not math.isclose(answer, answers[0], rel_tol=claim.tolerance):
            raise BenchError(f"{claim.name}: answers differ, {answers[0]:.6g} and {answer:.6g}: not the same work")


def run(claims: Iterable[Claim], watch: Watch, rounds: int = ROUNDS, scratch: Path | None = None) -> Iterator[Row]:
    """The rows of claims, as they are measured.

    What preparations make lies in `scratch`, is found there the next time and stays; without, in a folder that is
    deleted at the end.
    """
    with tempfile.TemporaryDirectory(prefix="kerong-bench-") as folder:
        shared = Path(folder) if scratch is None else scratch.absolute()
        shared.mkdir(parents=True, exist_ok=True)
        for claim in claims:
            yield measure(claim, shared, watch, rounds)
