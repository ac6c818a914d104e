"""The cases of a rule, from TOML to records: what is given, what is expected, and by which clause."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from kerong.rulebook.content import Amount, Case, Limit
from kerong.rulebook.outcomes import OUTCOME_NAMES
from kerong.rulebook.parse import nearest
from kerong.rulebook.sheets import Sheet
from kerong.rulebook.tables import Spell
from kerong.rulebook.types import Type

CASE_KEYS = ("title", "on", "given", "rows", "expect", "budget", "by", "working")
EXPECTED = ("outcome", "fen", "clause", "awarded", "cut_by")


def case_of(
    sheet: Sheet, fields: Mapping[str, Mapping[str, Type]], amount: Amount | None, limits: Sequence[Limit]
) -> Case:
    """One [[case]] of a rule; `fields` are the types of what may be given, by table and column."""
    sheet.only(CASE_KEYS)
    given = _given(sheet, sheet.get("given", dict, "a table of fields", {}), fields, "given")
    rows = sheet.get("rows", list, "a list of rows", [])
    expect = _expected(sheet.table("expect"), amount, limits)
    return Case(
        title=sheet.text("title"),
        on=sheet.day("on"),
        given=MappingProxyType(given),
        rows=tuple(MappingProxyType(_given(sheet, row, fields, "rows")) for row in rows),
        expect=MappingProxyType(dict(expect.data)),
        budget=sheet.whole("budget", None),
        place=sheet.place(),
        by=sheet.text("by", None),
        working=_working(sheet, expect),
    )


def _expected(expect: Sheet, amount: Amount | None, limits: Sequence[Limit]) -> Sheet:
    expect.only(EXPECTED)
    expect.choice("outcome", OUTCOME_NAMES, None)
    _check_cut_by(expect, [limit.name for limit in limits])
    for key in ("fen", "awarded"):
        if key in expect.data and amount is None:
            expect.fail(f"the rule has no amount: {key} cannot be expected", key)
    return expect


def _check_cut_by(expect: Sheet, names: Sequence[str]) -> None:
    """The limit that is expected to cut is one of the rule's; a reform may have taken it from under the base's case."""
    value = expect.text("cut_by", None)
    if value is None or value in ("", *names):
        return
    hint = "one of " + ", ".join([*names, '"" (nothing cut)'])
    of_case, of_limits = (expect.lines.of(path)[0] for path in (expect.path, ("limit",)))
    if of_case != of_limits:
        hint += f"; the case is the base's, the limits stand in {of_limits}: the reform may replace [[case]] too"
    raise expect.fail(f"cut_by = {value!r}", "cut_by", hint=hint)


def _working(sheet: Sheet, expect: Sheet) -> tuple[str, ...]:
    """The arithmetic of what is expected: one line, or one for each of several awards."""
    value = sheet.get("working", (str, list), "arithmetic in fen, such as 100 * 50 / 100, or a list of it", [])
    lines = (value,) if isinstance(value, str) else sheet.texts("working", [])
    if any(not line.strip() for line in lines):
        raise sheet.fail("working is empty", "working")
    if not lines:
        return ()
    if not {"fen", "awarded"} & set(expect.data):
        raise sheet.fail("working needs an amount that it gives", "working", hint="expect = { …, fen = … }")
    awarded = expect.data.get("awarded")
    wanted = len(awarded) if isinstance(awarded, list) else 1
    if len(lines) != wanted:
        raise sheet.fail(f"working has {len(lines)} lines for {wanted} expected amounts", "working")
    return lines


_PYTHON: dict[str, tuple[type, ...]] = {"int": (int,), "float": (float, int), "text": (str,)}


def _given(sheet: Sheet, data: Any, fields: Mapping[str, Mapping[str, Type]], key: str) -> dict[str, object]:
    """The facts of a case by "table.column", each checked against the field's type."""
    if not isinstance(data, dict):
        raise sheet.fail(f"{key} holds fields", key)
    result: dict[str, object] = {}
    for table, columns in data.items():
        if not isinstance(columns, dict) or table not in fields:
            raise sheet.fail(f"{key}: {table} is not known here", key, hint=nearest(table, list(fields)))
        for column, value in columns.items():
            wanted = fields[table].get(column)
            if wanted is None:
                raise sheet.fail(f"{key}: {table}.{column} is not known", key, hint=nearest(column, fields[table]))
            result[f"{table}.{column}"] = _value(sheet, value, wanted, f"{table}.{column}", key)
    return result


def _value(sheet: Sheet, value: object, wanted: Type, name: str, key: str) -> object:
    if wanted.kind == "spells":
        return _spells(sheet, value, name, key)
    if wanted.kind in ("bool", "date"):
        ok = isinstance(value, bool if wanted.kind == "bool" else date) and not isinstance(value, datetime)
    else:
        ok = isinstance(value, _PYTHON[wanted.kind]) and not isinstance(value, bool)
    if not ok:
        raise sheet.fail(f"{key}: {name} is a {wanted}, not {value!r}", key)
    if wanted.codes and value not in wanted.codes:
        raise sheet.fail(f"{key}: {name} has no code {value!r}", key, hint=nearest(str(value), wanted.codes))
    return float(value) if wanted.kind == "float" and isinstance(value, int) else value


def _spells(sheet: Sheet, value: object, name: str, key: str) -> tuple[Spell, ...]:
    """Spells as a case writes them: [{ begins = …, ends = … }], an end that is not given is not known."""
    hint = "[{ begins = 2024-01-01, ends = 2024-12-31 }]"
    found = []
    for item in value if isinstance(value, list) else [value]:
        spell: Mapping[str, Any] = item if isinstance(item, dict) else {"begins": item}
        if any(
            not isinstance(day, date) or isinstance(day, datetime) for day in spell.values()
        ) or not spell.keys() <= {"begins", "ends"}:
            raise sheet.fail(f"{key}: {name} is spells, not {value!r}", key, hint=hint)
        found.append(Spell(spell.get("begins"), spell.get("ends")))
    return tuple(sorted(found, key=lambda spell: (spell.begins or date.min, spell.ends or date.min)))
