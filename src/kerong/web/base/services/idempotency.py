"""A request under a key has one effect, however often it comes: the first answer is given again.

A key is bound to its caller, to the action and to the SM3 of the body. What is refused has no effect and binds nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, transaction
from django.utils import timezone

from kerong.engine.money.ledger.chain import canonical, sm3
from kerong.web.base.models import User
from kerong.web.base.services.ledger_refusals import LedgerBusy, LedgerRefused
from kerong.web.base.services.ledger_statements import keep_answer, kept_answer
from kerong.web.base.services.locks import is_locked_at_once

LONGEST_KEY = 200
# a lock not had in time, a deadlock (PostgreSQL's SQLSTATE), SQLite's one lock for writing
BUSY_STATES = frozenset({"55P03", "40P01"})
BUSY_WORDS = "database is locked"


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks under which key for what. `body`: all that the caller said, as JSON holds it."""

    actor: User | None
    key: str
    action: str
    body: Mapping[str, Any]

    @property
    def caller(self) -> str:
        """Whose key it is: the institution's where the person acts for one, so that its systems may retry for one
        another; else the log-in's; "system" where the portal itself acts."""
        if self.actor is None:
            return "system"
        return f"institution:{self.actor.institution}" if self.actor.institution else f"user:{self.actor.pk}"

    @property
    def body_hash(self) -> str:
        return sm3(canonical(dict(self.body)).encode()).hex()


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered; `again`: the work was done before, and nothing was done now."""

    told: Any
    again: bool


def answered(request: Request, work: Callable[[], Any]) -> Answer:
    """Does the work in one transaction with the key and keeps its answer (JSON), or gives the answer kept.

    Raises LedgerRefused ("ledger.refused.key") where the key was used for something else, is none or cannot be read,
    LedgerBusy where the same key is at work elsewhere, and whatever the work raises: then nothing was done.
    """
    if not request.key.strip() or len(request.key) > LONGEST_KEY or not request.key.isprintable():
        raise LedgerRefused("ledger.refused.key")
    with busy_told(), transaction.atomic():
        caller = request.caller
        if not is_locked_at_once(f"key {caller} {request.key}"):
            raise LedgerBusy(request.key)
        kept = kept_answer(caller, request.key)
        if kept is not None:
            action, body_hash, told = kept
            if (action, body_hash) != (request.action, request.body_hash):
                raise LedgerRefused("ledger.refused.key")
            return Answer(told, again=True)
        told = work()
        keep_answer(caller, request.key, request.action, request.body_hash, told, timezone.now())
        return Answer(told, again=False)


@contextmanager
def busy_told() -> Iterator[None]:
    """Turns a database's "not now" into LedgerBusy."""
    try:
        yield
    except OperationalError as error:
        state = getattr(error.__cause__, "sqlstate", None)
        if state in BUSY_STATES or BUSY_WORDS in str(error):
            raise LedgerBusy(str(error)) from error
        raise
