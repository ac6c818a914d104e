"""channels/<name>.toml: from TOML to records, checked against the register that a channel looks over."""

from collections.abc import Mapping

from kerong.rulebook.channels import Channel
from kerong.rulebook.facts import Register
from kerong.rulebook.load_columns import condition, row_types
from kerong.rulebook.load_limits import of_type
from kerong.rulebook.parse import ExpressionError, Scope, nearest
from kerong.rulebook.sheets import Sheet
from kerong.rulebook.tree import Node
from kerong.rulebook.types import FEN, TEXT, Type

KEYS: tuple[str, ...] = ("name", "title", "over", "from", "to", "amount", "where", "weight_bp", "by_share", "exposes")
KEYS += ("source", "assumed")
WHOLE_BP = 10_000


def channel_of(sheet: Sheet, registers: Mapping[str, Register]) -> Channel:
    """One `channels/<name>.toml`; raises Stop with its errors recorded."""
    sheet.only(KEYS)
    over = sheet.text("over")
    if over not in registers:
        raise sheet.fail(f"over: there is no register {over}", "over", hint=nearest(over, registers))
    rows = Scope({over: row_types(registers[over])}, {})
    weight, by_share, exposes = sheet.whole("weight_bp"), sheet.flag("by_share", False), sheet.flag("exposes", False)
    if not 0 <= weight <= WHOLE_BP:
        raise sheet.fail(f"weight_bp = {weight}", "weight_bp", hint="basis points from 0 to 10000")
    amount = sheet.expression("amount", lambda text: _typed(text, rows, FEN), None)
    if amount is None and (by_share or exposes):
        raise sheet.fail("by_share and exposes need amount", hint='amount = "invoice.amount_fen"')
    if ("source" in sheet.data) == ("assumed" in sheet.data):
        raise sheet.fail(
            "a channel says source, or assumed with the reason", hint="who found the weight, or why it is so"
        )
    return Channel(
        name=sheet.name(),
        title=sheet.title(),
        over=over,
        begin=_needed(sheet, "from", rows),
        end=_needed(sheet, "to", rows),
        amount=amount,
        where=sheet.expression("where", lambda text: condition(text, rows), None),
        weight_bp=weight,
        by_share=by_share,
        exposes=exposes,
        source=sheet.title("source" if "source" in sheet.data else "assumed"),
        is_assumed="assumed" in sheet.data,
        place=sheet.place(),
    )


def _needed(sheet: Sheet, key: str, rows: Scope) -> Node:
    node = sheet.expression(key, lambda text: _typed(text, rows, TEXT), None)
    if not isinstance(node, Node):
        raise sheet.fail(f"{key} is missing", hint=f'{key} = "surety.guarantor": an expression over the register')
    return node


def _typed(text: str, rows: Scope, wanted: Type) -> Node:
    node = of_type(text, rows, wanted)
    if node.type.divisor != 1:
        raise ExpressionError(f"{text.strip()} is {node.type}", "a tie has whole fen")
    return node
