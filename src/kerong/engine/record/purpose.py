"""What a record made for a purpose carries: what legal basis, consent and sensitivity allow (see purpose.md).

A field is as sensitive as the most sensitive thing that it reads, directly or through other fields, and it rests on
every register behind it. What cannot be judged is not carried.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from kerong.rulebook.content import Purpose, Register, Rulebook
from kerong.rulebook.pruning import OWN
from kerong.rulebook.sensitivity import level_of, withheld_from, within
from kerong.rulebook.tree import Node, fields_of

ERROR = "!error"
SUFFIXES = (ERROR, ".from", ".known")  # of columns that say something of a field


@dataclass(frozen=True, slots=True)
class Allowed:
    """The tables with what is allowed, and what is withheld: "field" or "register.column" to the reason.

    Reasons: "consent" (the enterprise has not agreed), "sensitivity" (too sensitive for the purpose), "register" (rests
    on a register that the purpose does not name), "field" (the purpose does not name it).
    """

    enterprises: pl.DataFrame
    registers: Mapping[str, pl.DataFrame]
    withheld: Mapping[str, str]


def for_purpose(
    enterprises: pl.DataFrame,
    registers: Mapping[str, pl.DataFrame],
    rulebook: Rulebook,
    purpose: Purpose,
    consented: bool,
) -> Allowed:
    """The record for this purpose. `enterprise_id` is always there; without a consent that is needed no row is.

    `consented`: whether the enterprises in the table have agreed to the purpose; the caller leaves out those that have
    not. Where the purpose names fields but no registers, no rows of registers are carried.
    """
    judged = {name: withheld_from(_plain(name), rulebook, purpose) for name in enterprises.columns if name != OWN[0]}
    withheld = {name: reason for name, reason in judged.items() if reason}
    kept = [name for name in enterprises.columns if name not in withheld]
    rows: dict[str, pl.DataFrame] = {}
    for name, table in registers.items():
        columns = {column: _of_column(rulebook, name, column, purpose) for column in table.columns}
        withheld |= {f"{name}.{column}": reason for column, reason in columns.items() if reason}
        carried = [column for column, reason in columns.items() if not reason]
        if set(carried) - {OWN[0]}:
            rows[name] = table.select(carried)
    if purpose.needs_consent and not consented:
        withheld = dict.fromkeys([*judged, *withheld], "consent")
        return Allowed(enterprises.select(OWN[0]).clear(), {}, withheld)
    return Allowed(enterprises.select(kept), rows, withheld)


def _plain(column: str) -> str:
    """The field that a column of the enterprises' table is or tells of."""
    return next((column.removesuffix(end) for end in SUFFIXES if column.endswith(end)), column)


def _of_column(rulebook: Rulebook, name: str, column: str, purpose: Purpose) -> str:
    """Why a column of a register's rows is withheld."""
    register = rulebook.registers.get(name)
    if register is None or (purpose.registers and name not in purpose.registers):
        return "register"
    if purpose.fields and not purpose.registers:
        return "register"
    if column == OWN[0]:
        return ""
    formulas = {formula.name: formula for formula in rulebook.row_formulas.get(name, ())}
    plain = _plain(column)
    if plain == "row_key":
        levels = [level_of(rulebook, (name, part)) for part in register.row if part != OWN[0]]
        levels = levels or [register.sensitivity]  # a row alone tells that the enterprise stands there
        return "" if all(within(level, purpose) for level in levels) else "sensitivity"
    if plain in formulas:
        return _of_formula(rulebook, register, formulas[plain].value, purpose, {plain})
    if plain not in register.columns:
        return "field"
    return "" if within(level_of(rulebook, (name, plain)), purpose) else "sensitivity"


def _of_formula(rulebook: Rulebook, register: Register, node: Node, purpose: Purpose, seen: set[str]) -> str:
    """Why a formula of a register's rows is withheld: for what it reads of the row, or of the enterprise."""
    own = {formula.name: formula for formula in rulebook.row_formulas.get(register.name, ())}
    for table, column in sorted(fields_of(node)):
        if table == "enterprise":
            unnamed = replace(purpose, fields=())  # the formula is named, not what it reads
            reason = "" if column == OWN[0] else withheld_from(column, rulebook, unnamed)
        elif column in own and column not in seen:
            reason = _of_formula(rulebook, register, own[column].value, purpose, seen | {column})
        else:
            reason = "" if within(level_of(rulebook, (table, column)), purpose) else "sensitivity"
        if reason:
            return reason
    return ""
