"""Every check of the project: `./kerong test [--fast]` runs this file.

All steps run even when one fails; the exit status is 1 when any did. `--fast` leaves out slow tests and the browser.
Steps that use one core run beside those that use all; what they say is printed whole when each ends.
"""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTEST = ("pytest", "-q", "--no-header")
SLOWEST = ("--durations=25", "--durations-min=5")  # what to shorten first when the suite grows
APART = ("--ignore=tests/tidy", "--ignore=tests/browser")
Steps = tuple[tuple[str, tuple[str, ...]], ...]
Outcome = tuple[str, bool, float]
BESIDE: Steps = (
    ("ruff check", ("ruff", "check", "--quiet", ".")),
    ("ruff format", ("ruff", "format", "--check", "--quiet", ".")),
    ("mypy, strict", ("mypy",)),
    ("mypy of the launcher", ("mypy", "--strict", "kerong")),
    ("tidy", (*PYTEST, "tests/tidy")),
)
STEPS: Steps = (
    ("tests", (*PYTEST, "-n", "2", *SLOWEST, *APART, "tests")),
    ("tests on PostgreSQL", ("tests.postgresql", *PYTEST, "-n", "2", *SLOWEST, "-m", "database", "tests/web")),
    ("browser", (*PYTEST, "-rs", "-n", "2", *SLOWEST, "tests/browser")),
)
FAST: Steps = (("tests without the slow ones", (*STEPS[0][1], "-m", "not slow")),)


def step(title: str, command: tuple[str, ...], is_beside: bool = False) -> Outcome:
    """Runs one check, its output in the open or (`is_beside`) at its end; whether it passed, and its seconds."""
    start = time.perf_counter()
    if not is_beside:
        print(f"── {title}", flush=True)
    told = subprocess.PIPE if is_beside else None
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        stdout=told,
        stderr=subprocess.STDOUT if is_beside else None,
        check=False,
    )
    if is_beside:
        print(f"── {title}\n{done.stdout.decode(errors='replace')}", end="", flush=True)
    return title, done.returncode == 0, time.perf_counter() - start


def main(arguments: list[str]) -> int:
    """Runs all steps, then a line for each; 1 when any failed, 2 for an unknown option."""
    unknown = [argument for argument in arguments if argument != "--fast"]
    if unknown:
        print(f"kerong test: unknown option {unknown[0]} (there is only --fast)", file=sys.stderr)
        return 2
    with ThreadPoolExecutor(1) as other:
        beside = other.map(lambda one: step(one[0], one[1], is_beside=True), BESIDE)
        outcomes = [step(title, command) for title, command in (FAST if arguments else STEPS)]
        outcomes = [*beside, *outcomes]
    print("── all steps")
    for title, passed, seconds in outcomes:
        print(f"{'passed' if passed else 'FAILED'} {seconds:8.1f} s  {title}")
    return 0 if all(passed for _, passed, _ in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
