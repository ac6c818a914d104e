"""What the database refuses of payments by itself, on both databases; and walls that nobody's search path shadows.

A payment file stays as it was sent. An instruction stays as it was made but for its state, which goes one way, and its
file, set once as it is sent. A line that came back stays as it came; it goes from quarantine to applied, never back.
"""

from collections.abc import Iterator

from kerong.web.base.migrations import _case_walls, _set_once_walls
from kerong.web.base.migrations._set_once_walls import SetOnce, hardened

KEPT = {"base_paymentfile": "number = NEW.number"}
INSTRUCTION = SetOnce(
    table="base_instruction",
    name="instruction",
    fixed=("id", "number", "part_id", "fen", "payee_name", "bank", "account", '"on"'),
    changed=(
        "(OLD.state <> NEW.state AND ((OLD.state = 'made' AND NEW.state = 'sent') OR"
        " (OLD.state = 'made' AND NEW.state = 'recalled') OR (OLD.state = 'sent' AND NEW.state = 'settled'))"
        " IS NOT TRUE) OR (OLD.state = 'made' AND NEW.state = 'sent') <> (NEW.file_id IS NOT NULL AND OLD.file_id"
        " IS NULL) OR (OLD.file_id IS NOT NULL AND (OLD.file_id) DIFFERS (NEW.file_id))"
    ),
    replaced=(
        "number = NEW.number OR (part_id = NEW.part_id AND state IN ('made', 'sent') AND NEW.state IN ('made', 'sent'))"
    ),
)
RETURN = SetOnce(
    table="base_paymentreturn",
    name="return",
    fixed=("id", "region", "instruction", "serial", "outcome", "fen", "paid_on", "digest", "source", "at"),
    changed=(
        "(OLD.state = 'applied' AND (OLD.state, OLD.why) DIFFERS (NEW.state, NEW.why))"
        " OR (OLD.state <> 'applied' AND NEW.state = 'applied' AND EXISTS (SELECT 1 FROM base_paymentreturn AS held"
        " WHERE held.state = 'applied' AND held.instruction = NEW.instruction AND held.serial = NEW.serial))"
    ),
    replaced=(
        "(region = NEW.region AND instruction = NEW.instruction AND serial = NEW.serial AND digest = NEW.digest) OR"
        " (state = 'applied' AND NEW.state = 'applied' AND instruction = NEW.instruction AND serial = NEW.serial)"
    ),
)
TABLES = (INSTRUCTION, RETURN)
OTHERS = (
    *("kerong_kept()", "kerong_transfer_fits()", "kerong_seal_is_next()", "kerong_book_stays()"),
    "kerong_account_stays()",
)


def built(vendor: str) -> Iterator[str]:
    """The statements that put the walls up; those of the ledger stand already."""
    yield from _case_walls.built(vendor, KEPT)
    yield from _set_once_walls.built(vendor, TABLES)
    if vendor == "postgresql":
        yield from hardened(OTHERS)


def taken_down(vendor: str) -> Iterator[str]:
    """The statements that take them down again, before those of the ledger."""
    yield from _case_walls.taken_down(vendor, KEPT)
    yield from _set_once_walls.taken_down(vendor, TABLES)
    if vendor == "postgresql":
        yield from (f"ALTER FUNCTION {one} RESET search_path" for one in OTHERS)
