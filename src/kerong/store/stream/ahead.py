"""Work beside work: the next things are made in a thread of their own while the present one is used."""

from collections.abc import Generator, Iterable
from queue import Full, Queue
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")
WAIT_SECONDS = 0.1


class _Failure:
    def __init__(self, error: BaseException) -> None:
        self.error = error


def ahead(items: Iterable[T], depth: int = 1) -> Generator[T, None, None]:
    """The items in their order, up to `depth` of them made before they are asked for; an error comes in its place."""
    made: Queue[T | _Failure | None] = Queue(depth)
    is_over = Event()

    def put(item: T | _Failure | None) -> None:
        while not is_over.is_set():
            try:
                made.put(item, timeout=WAIT_SECONDS)
            except Full:
                continue
            return

    def make() -> None:
        try:
            for item in items:
                put(item)
                if is_over.is_set():
                    return
            put(None)
        except BaseException as error:  # noqa: BLE001  whoever uses the items raises it
            put(_Failure(error))

    thread = Thread(target=make, daemon=True)
    thread.start()
    try:
        while (item := made.get()) is not None:
            if isinstance(item, _Failure):
                raise item.error
            yield item
    finally:
        is_over.set()
        thread.join()
