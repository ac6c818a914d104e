"""Every check of the project, one after the other: `./kerong test [--fast]` runs this file.

All steps run even when one fails; the exit status is 1 when any did. `--fast` leaves out slow tests and the browser.
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTEST = ("pytest", "-q", "--no-header")
SLOWEST = ("--durations=25", "--durations-min=5")  # what to shorten first when the suite grows
APART = ("--ignore=tests/tidy", "--ignore=tests/browser")
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff check", ("ruff", "check", "--quiet", ".")),
    ("ruff format", ("ruff", "format", "--check", "--quiet", ".")),
    ("mypy, strict", ("mypy",)),
    ("mypy of the launcher", ("mypy", "--strict", "kerong")),
    ("tidy", (*PYTEST, "tests/tidy")),
    ("tests", (*PYTEST, "-n", "2", *SLOWEST, *APART, "tests")),
    ("tests on PostgreSQL", ("tests.postgresql", *PYTEST, "-n", "2", *SLOWEST, "-m", "database", "tests/web")),
    ("browser", (*PYTEST, "-rs", "-n", "2", *SLOWEST, "tests/browser")),
)
FAST: tuple[tuple[str, tuple[str, ...]], ...] = (
    *STEPS[:5],
    ("tests without the slow ones", (*STEPS[5][1], "-m", "not slow")),
)


def step(title: str, command: tuple[str, ...]) -> tuple[bool, float]:
    """Runs one check with its output in the open; whether it passed, and its seconds."""
    print(f"── {title}", flush=True)
    start = time.perf_counter()
    status = subprocess.call([sys.executable, "-m", *command], cwd=ROOT)
    return status == 0, time.perf_counter() - start


def main(arguments: list[str]) -> int:
    """Runs all steps, then a line for each; 1 when any failed, 2 for an unknown option."""
    unknown = [argument for argument in arguments if argument != "--fast"]
    if unknown:
        print(f"kerong test: unknown option {unknown[0]} (there is only --fast)", file=sys.stderr)
        return 2
    outcomes = [(title, *step(title, command)) for title, command in (FAST if arguments else STEPS)]
    print("── all steps")
    for title, passed, seconds in outcomes:
        print(f"{'passed' if passed else 'FAILED'} {seconds:8.1f} s  {title}")
    return 0 if all(passed for _, passed, _ in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
