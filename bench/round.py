"""One round in a process of its own: `python -m bench.round MODULE:FUNCTION WARM SCRATCH [ARGUMENT …]`.

Prints one line of JSON: seconds and answer of the timed work.
"""

import importlib
import json
import sys
import time
from pathlib import Path

from bench.claims import Measured, Work


def measured(work: Work, warm: int) -> Measured:
    """Runs the work `warm` times untimed and once timed."""
    for _ in range(warm):
        work()
    start = time.perf_counter()
    answer = work()
    seconds = time.perf_counter() - start
    return answer if isinstance(answer, Measured) else Measured(seconds, answer)


def main(function: str, warm: str, scratch: str, *arguments: str) -> None:
    """Finds the program, lets it prepare, measures its work."""
    module, name = function.split(":")
    work: Work = getattr(importlib.import_module(module), name)(Path(scratch), *arguments)
    found = measured(work, int(warm))
    print(json.dumps({"seconds": found.seconds, "answer": found.answer}))


if __name__ == "__main__":
    main(*sys.argv[1:])
