"""One line of an export that anybody may have written: what it says, or what is wrong with it."""

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from kerong.engine.money.ledger.chain import canonical
from kerong.engine.money.ledger.entries import DATES, FIELDS
from kerong.engine.money.ledger.exported import Sealed

MOST_BYTES = 1 << 16
"""The longest line that is read; a row of the longest texts has about half of it."""
MOST_HEADS_BYTES = 1 << 26
_LARGEST = 2**63 - 1
_HASH = re.compile("[0-9a-f]{64}")
_WHOLE = ("fen",)


@dataclass(eq=False)
class Fault(Exception):
    """What is wrong: kind of problem, the column that shows it, and its value."""

    kind: str
    column: str = ""
    value: str = ""


def read_json(line: bytes, most_bytes: int = MOST_BYTES) -> Any:
    """What a line says, written in the one way that lines are written.

    Raises:
        Fault: it is too long, does not end, is no UTF-8, no JSON, or JSON written in another way.
    """
    if len(line) > most_bytes:
        raise Fault("ledger_line_too_long", value=str(most_bytes))
    if not line.strip():
        raise Fault("ledger_line_blank")
    if not line.endswith(b"\n"):
        raise Fault("ledger_line_unended")
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        raise Fault("ledger_line_encoding", value=f"\\x{line[error.start]:02x} ({error.start + 1})") from None
    try:
        told = _DECODER.decode(text)
        is_canonical = canonical(told) + "\n" == text
    except (ValueError, RecursionError):  # also a number of more digits than Python reads
        raise Fault("ledger_line_json", value=text[:80]) from None
    if not is_canonical:
        raise Fault("ledger_line_form", value=text[:80])
    return told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Fault("ledger_key_twice", twice)
    return told


def _no_number(text: str) -> Any:
    raise Fault("ledger_number", value=text[:80])


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_float=_no_number, parse_constant=_no_number)


def read_entry(told: Any) -> Sealed:
    """What a line says as an entry.

    Raises:
        Fault: a field is missing, unknown or of another type.
    """
    fields = _fields(told, ("hash", "row", "sequence"), "")
    digest, sequence = fields["hash"], fields["sequence"]
    if type(digest) is not str or not _HASH.fullmatch(digest):
        raise Fault("ledger_field_type", "hash", shown(digest))
    if type(sequence) is not int:
        raise Fault("ledger_field_type", "sequence", shown(sequence))
    row = fields["row"]
    names = FIELDS.get(str(row.get("type"))) if isinstance(row, dict) else None
    if names is None:
        raise Fault("ledger_type_unknown", "type", shown(row))
    for name, value in _fields(row, names, "row").items():
        _value(name, value)
    return Sealed(sequence, digest, row)


def _value(name: str, value: object) -> None:
    """Whether the value is one that the field may have."""
    if type(value) is not (int if name in _WHOLE else str):
        raise Fault("ledger_field_type", name, shown(value))
    if name in DATES and not _is_day(str(value)):
        raise Fault("ledger_date", name, shown(value))
    if isinstance(value, int) and not -_LARGEST <= value <= _LARGEST:
        raise Fault("ledger_amount", name, shown(value))


def _fields(told: Any, names: tuple[str, ...], column: str) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise Fault("ledger_field_type", column or "row", shown(told))
    for name in names:
        if name not in told:
            raise Fault("ledger_field_missing", name)
    for name in told:
        if name not in names:
            raise Fault("ledger_field_unknown", name[:80])
    return told


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def shown(value: object) -> str:
    """A value of any kind, short enough to be told."""
    return (value if isinstance(value, str) else canonical(value))[:80]
