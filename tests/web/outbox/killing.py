"""Workers are killed at random moments while cases move; then what was delivered is held against what was written.

`python -m tests.web.outbox.killing KILLS SEED RUN [broken]` works on the database of the environment, with the town's
run in the folder RUN, and prints what it found as one line of JSON. `broken`: the control, which ends a row in one
transaction and puts its messages into inboxes in another.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from kerong.engine.deal.calendar import working_days  # noqa: E402
from kerong.web.base.management.commands.worker import PortalWorker  # noqa: E402
from kerong.web.base.models import Case, JobRun, Message, OutboxRow, User  # noqa: E402
from kerong.web.base.models.outbox import DELIVERED  # noqa: E402
from kerong.web.base.selectors.published import current  # noqa: E402
from kerong.web.base.services import delivery  # noqa: E402
from kerong.web.base.services.nightly import JOBS  # noqa: E402
from kerong.web.base.services.outbox import outbox_file  # noqa: E402
from tests.web.cases.town import FIRMS, Town  # noqa: E402
from tests.web.ledger.killing import apart, read_all, said, settled  # noqa: E402
from tests.web.outbox.told import delivered, wrong  # noqa: E402

LONGEST_LIFE = 0.2  # seconds of a worker that is killed, from when it has begun
BROKEN_PAUSE = 0.02
FILES = 4  # beside the two notices before each kill


@dataclass
class Found:
    """`rows` were written; `cut`: kills that left a row begun and not ended. `wrong`: what must not be."""

    seed: int
    kills: int = 0
    rows: int = 0
    cut: int = 0
    wrong: list[str] = field(default_factory=list)


def broken(row: OutboxRow) -> None:
    """The control: a row is ended before its messages are in the inboxes."""
    OutboxRow.objects.filter(pk=row.pk).update(state=DELIVERED, delivered_at=timezone.now())
    people = delivery.people_told(row)
    time.sleep(BROKEN_PAUSE)
    Message.objects.bulk_create([Message(row=row, person=person) for person in people], ignore_conflicts=True)


def begun(run: Path) -> None:
    """The town; its night is over, so that workers deliver and do nothing else."""
    town = Town.open(run)
    town.call("reward")
    for number in range(1, FIRMS + 1):
        town.firm(number)
    for job in JOBS:
        JobRun.objects.create(day=timezone.localdate(), job=job, state="done", touched_at=timezone.now())


def moved(number: int, _: int) -> None:
    """A firm applies, an official takes its case in hand, files go out."""
    published = current()
    assert published is not None
    town = Town(published, working_days(published.rulebook.calendars))
    town.people = {person.username: person for person in User.objects.all()}
    town.do("lin", town.applied(number, "reward"), "accept")
    for part in range(FILES):
        outbox_file("bank", f"order-{number}-{part}.txt", f"{number}\n" * 5_000)


def worker(is_broken: bool) -> Callable[[int], None]:
    """A worker that says when it begins."""

    def task(writes: int) -> None:
        if is_broken:
            delivery.OUTSIDE = {**delivery.OUTSIDE, "notice": broken}
            delivery.INSIDE = {}
        os.write(writes, b"0\n")
        PortalWorker(None).run()

    return task


def killed(life: float, is_broken: bool) -> None:
    """Lets a worker live for some seconds. Raises RuntimeError where it ended by itself."""
    child, reads = apart(worker(is_broken))
    os.read(reads, 2)
    time.sleep(life)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    read_all(reads)
    if not os.WIFSIGNALED(status):
        raise RuntimeError(f"the worker ended by itself with status {status}")


def counted(writes: int) -> None:
    """How many rows are begun and not ended."""
    settled()
    open_ = OutboxRow.objects.filter(attempts__gt=0).exclude(state=DELIVERED).count()
    os.write(writes, json.dumps(open_).encode())


def reconciled(writes: int) -> None:
    """Delivers what is left and says what is wrong: lost, doubled, told to others, files that are not whole."""
    settled()
    delivered()
    found = wrong()
    found += [f"{row.key} is {row.state}: {row.error}" for row in OutboxRow.objects.exclude(state=DELIVERED)]
    cases, notices = Case.objects.count(), OutboxRow.objects.filter(kind="notice").count()
    found += [] if notices == 2 * cases else [f"{notices} notices of {cases} cases that moved twice"]
    folder = Path(settings.OUTBOX) / "bank"
    files = {path.name: path.read_text() for path in folder.iterdir() if path.suffix == ".txt"}
    wanted = {row.payload["name"]: row.payload["text"] for row in OutboxRow.objects.filter(kind="file")}
    found += [] if files == wanted else [f"files differ: {sorted(files)} {sorted(wanted)}"]
    os.write(writes, json.dumps({"wrong": found, "rows": OutboxRow.objects.count()}).encode())


def main(kills: int, seed: int, run: Path, is_broken: bool) -> Found:
    """Kills so many workers, each after some cases have moved, and reconciles at the end; the control until caught."""
    draw, found = random.Random(seed), Found(seed)
    said(lambda _: begun(run))
    for number in range(1, min(kills, FIRMS) + 1):
        said(partial(moved, number))
        killed(draw.uniform(0, LONGEST_LIFE), is_broken)
        found.kills += 1
        found.cut = max(found.cut, json.loads(said(counted)))
        if number == kills or is_broken:
            told: dict[str, Any] = json.loads(said(reconciled))
            found.wrong, found.rows = told["wrong"], told["rows"]
        if found.wrong:
            break
    return found


if __name__ == "__main__":
    kills, seed, run = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    sys.stdout.write(json.dumps(asdict(main(kills, seed, run, sys.argv[4:] == ["broken"]))) + "\n")
