"""Who reads: the second wall. PostgreSQL's row-level security shows a reader no deal or case that is another's.

The first wall is in the services (`visible`). This one holds where a query forgets it: policies of migration 0010 look
at two settings of the transaction, `kerong.role` and `kerong.code`, which are told before every statement on a walled
table (`SET LOCAL`, never of the session, so that a connection that is used again tells nothing of the one before).
Where they are not told, as for a client that is not the portal, there are no rows. SQLite has one user, no wall.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import transaction

# the tables that have policies, and all that begin like them
WALLED = ('"base_deal', '"base_poolloan', '"base_poolmove', '"base_case', '"base_evidenceuse', '"base_attachment')


@dataclass(frozen=True, slots=True)
class Reader:
    """A role and the code of a firm or an institution, as `DealParty` has them."""

    role: str
    code: str = ""


SYSTEM = Reader("system")  # the portal itself: commands, nightly work, a pool that is judged whole
NOBODY = Reader("anyone")
_READER: ContextVar[Callable[[], Reader]] = ContextVar("reader", default=lambda: SYSTEM)


@contextmanager
def reading_as(reader: Reader | Callable[[], Reader]) -> Iterator[None]:
    """Within it every statement of this thread is this reader's; a function is asked at each walled statement."""
    before = _READER.set((lambda: reader) if isinstance(reader, Reader) else reader)
    try:
        yield
    finally:
        _READER.reset(before)


def told(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Runs a statement; one on a walled table after telling the reader, in the same transaction."""
    if not any(table in str(sql) for table in WALLED):
        return execute(sql, params, many, context)
    connection = context["connection"]
    if connection.in_atomic_block or not connection.get_autocommit():
        _tell(connection)
        return execute(sql, params, many, context)
    with transaction.atomic(using=connection.alias):
        _tell(connection)
        return execute(sql, params, many, context)


def _tell(connection: Any) -> None:
    reader = _READER.get()()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('kerong.role', %s, true), set_config('kerong.code', %s, true)",
            [reader.role, reader.code],
        )
