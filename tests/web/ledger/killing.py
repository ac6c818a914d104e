"""A workload whose worker is killed at random moments, and the reconciliation with what it acknowledged.

`python -m tests.web.ledger.killing KILLS STEPS SEED [broken]` works on the database of the environment and prints what
it found as one line of JSON. The worker acknowledges every step on a pipe after it is committed; whoever comes after it
goes on behind the last acknowledgement, under the same keys. `broken`: the control, which does a step in two
transactions.
"""

import json
import os
import random
import secrets
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from itertools import count

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.utils import timezone  # noqa: E402

from kerong.engine.money.ledger import Act, Transfer  # noqa: E402
from kerong.engine.money.ledger.movements import appropriate, pay_grant, release_grant, reserve_grant  # noqa: E402
from kerong.web.base.models import IdempotencyKey, User  # noqa: E402
from kerong.web.base.models import Transfer as Row  # noqa: E402
from kerong.web.base.services.ledger import LedgerBusy, ledger_post, posted  # noqa: E402
from kerong.web.base.services.ledger_statements import keep_answer, kept_answer  # noqa: E402
from kerong.web.base.services.sealing import books_seal  # noqa: E402
from tests.engine.money.ledger.plain_ledger import PlainLedger  # noqa: E402
from tests.web.ledger.checked import NOW, all_adds_up  # noqa: E402
from tests.web.ledger.conftest import BUDGET, first_appropriation, kept_budget  # noqa: E402

LONGEST_LIFE = 0.25  # seconds of a worker that is killed, from when it has its connection
READY = b"0\n"
SEAL_EVERY = 5  # steps: sealers are killed too
REPLAY_EVERY = 25  # kills
DAY = date(2025, 3, 3)


@dataclass
class Found:
    """`in_flight`: kills after which a step was committed that nobody had been told of. `wrong`: what must not be."""

    seed: int
    kills: int = 0
    steps: int = 0
    in_flight: int = 0
    wrong: list[str] = field(default_factory=list)


def transfer_of(step: int) -> Transfer:
    """Step by step: a budget grows, a grant is reserved and paid, another one is reserved and released."""
    act = Act(f"step {step}", DAY, about=f"step:{step}")
    if step % 5 == 0:
        return appropriate(act, BUDGET, 1_000)[0]
    if step % 5 in (1, 3):
        return reserve_grant(act, BUDGET, f"P{step % 7}", 100 + step % 13)[0]
    before = transfer_of(step - 1)
    return (pay_grant(act, before, before.fen - 1) if step % 5 == 2 else release_grant(act, before))[0]


def work(first: int, last: int | None, acknowledged: int, is_broken: bool) -> None:
    """The worker: steps from `first` on, each acknowledged after it is done."""
    keeper = User.objects.get()
    os.write(acknowledged, READY)
    for step in count(first):
        if is_broken:
            broken_step(step, keeper)
        else:
            insistent_step(step, keeper)
        os.write(acknowledged, b"%d\n" % step)
        if step == last:
            return
        if step % SEAL_EVERY == 0:
            books_seal(now=NOW)


def insistent_step(step: int, keeper: User) -> None:
    """Asks again while the same step, of the worker that was killed, is still at work in the server."""
    for _ in range(1_000):
        try:
            ledger_post(keeper, f"step {step}", "work", {"step": step}, (transfer_of(step),))
        except LedgerBusy:
            time.sleep(0.01)
        else:
            return
    raise RuntimeError("busy without end")


def settled() -> None:
    """Waits until the server has noticed that the killed worker is gone."""
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    with connection.cursor() as cursor:
        while connection.vendor == "postgresql":
            cursor.execute(others)
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.01)


def broken_step(step: int, keeper: User) -> None:
    """The control: the money in one transaction, the key in another."""
    if kept_answer("broken", f"step {step}") is None:
        (transfer,) = appropriate(Act(f"step {step}", DAY, about=f"step:{step}"), BUDGET, 1_000)
        with transaction.atomic():
            posted((replace(transfer, ref=secrets.token_hex(16)),), keeper)
        with transaction.atomic():
            keep_answer("broken", f"step {step}", "work", "", [], timezone.now())


def apart(task: Callable[[int], None]) -> tuple[int, int]:
    """Runs the task in a process of its own, which may write into a pipe: (process, the pipe's end to read)."""
    reads, writes = os.pipe()
    child = os.fork()
    if child:
        os.close(writes)
        return child, reads
    status = 1
    try:
        os.close(reads)
        task(writes)
        status = 0
    finally:
        sys.stdout.flush()
        os._exit(status)


def said(task: Callable[[int], None]) -> str:
    """What the task wrote; raises RuntimeError where it failed."""
    child, reads = apart(task)
    told = read_all(reads)
    _, status = os.waitpid(child, 0)
    if status:
        raise RuntimeError(f"a task ended with status {status}: {told}")
    return told


def read_all(reads: int) -> str:
    """All until the other end is closed."""
    parts = []
    while part := os.read(reads, 1 << 16):
        parts.append(part)
    os.close(reads)
    return b"".join(parts).decode()


def killed_at_random(first: int, life: float, is_broken: bool) -> int:
    """Lets a worker live for some seconds; the last step that it acknowledged (`first` - 1 where none)."""
    child, reads = apart(lambda writes: work(first, None, writes, is_broken))
    told = os.read(reads, len(READY))
    end = time.monotonic() + life
    while (left := end - time.monotonic()) > 0:
        ready, _, _ = select.select([reads], [], [], left)
        if ready and not (part := os.read(reads, 1 << 16)):
            break
        told += part if ready else b""
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    told += read_all(reads).encode()
    if not os.WIFSIGNALED(status):
        raise RuntimeError(f"the worker ended by itself with status {status}")
    return max(first - 1, *map(int, told.split()))


def reconciled(model: PlainLedger, acknowledged: int, is_whole: bool, is_broken: bool) -> Callable[[int], None]:
    """A task that says what is in the database against the acknowledgements: JSON of steps done and what is wrong."""

    def task(writes: int) -> None:
        settled()
        rows = Row.objects.filter(about__startswith="step:")
        doubled = rows.values("about").annotate(times=Count("id")).filter(times__gt=1).values_list("about", flat=True)
        wrong = [f"doubled: {about}" for about in doubled]
        steps = {int(about[5:]) for about in rows.values_list("about", flat=True)}
        lost = set(range(1, acknowledged + 1)) - steps
        wrong += [f"lost: {step}" for step in sorted(lost)]
        wrong += [f"not asked for: {step}" for step in sorted(steps - set(range(1, acknowledged + 2)))]
        keys = IdempotencyKey.objects.filter(key__startswith="step ").count()
        if not is_broken:
            wrong += [] if keys == len(steps) else [f"{keys} keys of {len(steps)} steps"]
            for step in range(acknowledged + 1, max(steps, default=0) + 1):
                model.add(transfer_of(step))
            stored = {(book, code): tuple(fen) for book, code, *fen in all_balances()}
            wrong += [] if stored == model.balances() else [f"balances differ: {stored} {model.balances()}"]
        if is_whole and not wrong:
            try:
                all_adds_up()
            except AssertionError as error:
                wrong.append(str(error))
        os.write(writes, json.dumps({"done": len(steps), "wrong": wrong}).encode())

    return task


def begun(_: int) -> None:
    """The keeper and the budget."""
    kept_budget()


def all_balances() -> list[tuple[str, str, int, int, int, int]]:
    """Book, account and its four sums."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT book.code, account.code, debits_posted, credits_posted, debits_reserved, credits_reserved"
            " FROM base_account AS account JOIN base_book AS book ON book.id = account.book_id"
        )
        return list(cursor.fetchall())


def main(kills: int, steps: int, seed: int, is_broken: bool) -> Found:
    """Kills so many workers, then lets one go on to the last step; reconciles after every kill."""
    draw = random.Random(seed)
    found = Found(seed)
    model = PlainLedger()
    model.add(first_appropriation())
    said(begun)
    acknowledged = 0

    def reconcile(is_whole: bool) -> None:
        told = json.loads(said(reconciled(model, acknowledged, is_whole, is_broken)))
        found.in_flight += told["done"] - acknowledged
        found.wrong += told["wrong"]

    while found.kills < kills and not found.wrong:
        before = acknowledged
        acknowledged = killed_at_random(before + 1, draw.uniform(0, LONGEST_LIFE), is_broken)
        for step in range(before + 1, acknowledged + 1):
            model.add(transfer_of(step))
        found.kills += 1
        reconcile(found.kills % REPLAY_EVERY == 0)
    last = max(steps, acknowledged + 1)
    if not found.wrong and not is_broken:
        said(lambda writes: work(acknowledged + 1, last, os.open(os.devnull, os.O_WRONLY), is_broken))
        for step in range(acknowledged + 1, last + 1):
            model.add(transfer_of(step))
        acknowledged = last
        reconcile(is_whole=True)
    found.steps = acknowledged
    return found


if __name__ == "__main__":
    kills, steps, seed = map(int, sys.argv[1:4])
    sys.stdout.write(json.dumps(asdict(main(kills, steps, seed, sys.argv[4:] == ["broken"]))) + "\n")
