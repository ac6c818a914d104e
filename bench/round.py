"""One round in a process of its own: `python -m bench.round MODULE:FUNCTION WARM SCRATCH [ARGUMENT …]`.

Prints one line of JSON as its last act: seconds and answer of the timed work, and the peak memory of this process and
of the processes that it waited for.
"""

import atexit
import importlib
import json
import resource
import sys
import time
from pathlib import Path

from bench.claims import Measured, Work

STATUS = Path("/proc/self/status")
# ru_maxrss counts kilobytes on Linux and bytes on macOS
MAXRSS_PER_MB = 1024 * 1024 if sys.platform == "darwin" else 1024


def measured(work: Work, warm: int) -> Measured:
    """Runs the work `warm` times untimed and once timed."""
    for _ in range(warm):
        work()
    start = time.perf_counter()
    answer = work()
    seconds = time.perf_counter() - start
    return answer if isinstance(answer, Measured) else Measured(seconds, answer)


def peak_mb() -> float:
    """Peak memory of this process or of the largest that it waited for.

    Linux keeps in ru_maxrss what the starter held when it forked; VmHWM begins anew with the program.
    """
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MAXRSS_PER_MB
    if STATUS.exists():
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        own = int(line.split()[1]) / 1024
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / MAXRSS_PER_MB)


def main(function: str, warm: str, scratch: str, *arguments: str) -> None:
    """Finds the program, lets it prepare, measures its work."""
    found: list[Measured] = []

    def tell() -> None:
        for one in found:
            print(json.dumps({"seconds": one.seconds, "answer": one.answer, "peak_mb": peak_mb()}))

    # registered first, so run last: servers that a program started have ended and count
    atexit.register(tell)
    module, name = function.split(":")
    work: Work = getattr(importlib.import_module(module), name)(Path(scratch), *arguments)
    found.append(measured(work, int(warm)))


if __name__ == "__main__":
    main(*sys.argv[1:])
