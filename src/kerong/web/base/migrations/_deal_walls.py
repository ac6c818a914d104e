"""What the database refuses of deals by itself: histories, terms, entries and steps are only added to."""

from collections.abc import Iterator

from kerong.web.base.migrations._case_walls import built as built_for
from kerong.web.base.migrations._case_walls import taken_down as taken_down_for

REPLACED = {
    "base_dealmove": "deal_id = NEW.deal_id AND version = NEW.version",
    "base_dealterm": "move_id = NEW.move_id",
    "base_dealentry": (
        "NEW.move_id IS NULL AND move_id IS NULL AND deal_id = NEW.deal_id"
        ' AND "on" = NEW."on" AND kind = NEW.kind AND number = NEW.number'
    ),
    "base_dealstep": "transfer_id = NEW.transfer_id",
}


def built(vendor: str) -> Iterator[str]:
    """The statements that put the walls up."""
    return built_for(vendor, REPLACED)


def taken_down(vendor: str) -> Iterator[str]:
    """The statements that take them down again."""
    return taken_down_for(vendor, REPLACED)
