"""What the database refuses of deals by itself: histories, terms, entries and steps are only added to."""

from collections.abc import Iterator

from kerong.web.base.migrations._case_walls import built as built_for
from kerong.web.base.migrations._case_walls import taken_down as taken_down_for

KEPT = ("base_dealmove", "base_dealterm", "base_dealentry", "base_dealstep")


def built(vendor: str) -> Iterator[str]:
    """The statements that put the walls up."""
    return built_for(vendor, KEPT)


def taken_down(vendor: str) -> Iterator[str]:
    """The statements that take them down again."""
    return taken_down_for(vendor, KEPT)
