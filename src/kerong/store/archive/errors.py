"""What an archive refuses, and why: each error carries a problem for `engine.problems.sentence`."""

from collections.abc import Mapping

Problem = Mapping[str, object]


def problem(kind: str, **found: object) -> Problem:
    """A row for the table of problems; `found`: register, file, line, column, value."""
    return {"stage": "archive", "kind": kind, "severity": "refused", **found}


class ArchiveError(ValueError):
    """`problem`: what is wrong, as a row of the table of problems."""

    def __init__(self, found: Problem) -> None:
        self.problem = found
        told = [f"{name} {found[name]}" for name in ("file", "line", "column", "value") if found.get(name) is not None]
        super().__init__(f"{found['kind']}: {', '.join(told)}" if told else str(found["kind"]))


class NotAnArchive(ArchiveError):
    """The folder holds something else; it is neither read nor written."""


class Damaged(ArchiveError):
    """The log is not what it was: no view is folded and nothing is written until it is restored."""


class Refused(ArchiveError):
    """What was asked for does not fit the state of the archive or is no lawful value; nothing was written."""


class Repeated(Refused):
    """The same bytes of the same feed are in the archive, read by the same mapping: `batch` is the id."""

    def __init__(self, found: Problem, batch: str) -> None:
        super().__init__(found)
        self.batch = batch


class OpeningStands(Refused):
    """An opening balance would be replaced and no reason was given. `openings`: ids of the batches."""

    def __init__(self, found: Problem, openings: tuple[str, ...]) -> None:
        super().__init__(found)
        self.openings = openings
