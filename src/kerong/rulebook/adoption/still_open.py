"""What an adopted rule leaves to be decided: marks in the files of a region, found by line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kerong.rulebook.lines import lines_of

HERE = "to be decided here"
MARK = re.compile(r"(?:to be|not yet) decided (?:here|locally)")  # a new region's first policy says "locally"


@dataclass(frozen=True, slots=True)
class StillOpen:
    """A line that waits for a decision: `what` is its key, or of a comment the line that it stands above."""

    file: str
    line: int
    what: str
    said: str


def mark(donor: str, there: str = "") -> str:
    """The words by which a number is found again until it is decided; `there`: what its donor says of it."""
    return f"from {donor}: {HERE}" + (f" (there: {there})" if there else "")


def still_open(texts: Mapping[str, str]) -> list[StillOpen]:
    """Every line of the files that carries a mark, by file and line."""
    return [found for file in sorted(texts) if MARK.search(texts[file]) for found in _of_file(file, texts[file])]


def _of_file(file: str, text: str) -> list[StillOpen]:
    keys = {line: ".".join(map(str, path)) for path, line in lines_of(text).items()}
    lines = text.split("\n")
    found = []
    for number, line in enumerate(lines, 1):
        if not MARK.search(line):
            continue
        stripped = line.strip()
        if stripped.startswith("#"):
            below = next((other.strip() for other in lines[number:] if other.strip()[:1] not in ("", "#")), "")
            found.append(StillOpen(file, number, below, stripped.lstrip("# ")))
        else:
            found.append(StillOpen(file, number, keys.get(number, ""), stripped))
    return found
