"""Feeds, deliveries, gates, settlements and purposes, from TOML to records."""

from collections.abc import Mapping
from types import MappingProxyType

from kerong.rulebook.facts import (
    EVERY,
    EXTENTS,
    SENSITIVITIES,
    Column,
    Delivery,
    Feed,
    Gates,
    Purpose,
    Register,
    Settlement,
)
from kerong.rulebook.parse import nearest
from kerong.rulebook.sheets import Sheet

ENCODINGS = ("utf-8", "gb18030", "utf-16", "big5")
FORMATS = ("sas", "excel_1900", "excel_1904", "minguo", "day_first", "month_first")
FEED_KEYS: tuple[str, ...] = ("name", "title", "register", "files", "legal_basis", "reliability", "encoding")
FEED_KEYS += ("delivery", "gate", "header", "unit", "format", "codes")
PURPOSE_KEYS = ("name", "title", "legal_basis", "needs_consent", "sensitivity", "registers", "fields", "models")
GATE_KEYS = ("rows_bp", "nulls_bp", "keys_bp", "aside_bp", "unit", "totals")
WHOLE_BP = 10_000


def delivery_of(sheet: Sheet, columns: Mapping[str, Column], default: str | None) -> Delivery:
    """`[delivery]` of a register or feed; `default` is the column that dates a row where nothing else is said."""
    table = sheet.table("delivery", None)
    table.only(["of", "every", "extent", "due_days"])
    of = table.text("of", default)
    every = table.choice("every", EVERY, "once")
    extent = table.choice("extent", EXTENTS, "added" if default else "whole")
    due_days = table.whole("due_days", None)
    if of is not None and of not in columns:
        raise table.fail(f"of: {of} is no column", "of", hint=nearest(of, columns))
    if of is not None and columns[of].type not in ("date", "month", "year"):
        raise table.fail(f"of: {of} must be a date, month or year, not {columns[of].type}", "of")
    if of is not None and columns[of].type == "year" and every not in ("year", "once"):
        raise table.fail(f"{of} is a year: nothing says in which {every} a row is", "every")
    if of is not None and columns[of].type == "month" and every == "day":
        raise table.fail(f"{of} is a month: nothing says on which day a row is", "every")
    if extent == "period" and (of is None or every == "once"):
        raise table.fail("extent = period needs `of` and `every`: which column, and how long a period is", "extent")
    if due_days is not None and due_days < 0:
        raise table.fail("due_days must not be negative", "due_days")
    return Delivery(of, every, extent, due_days)


def gates_of(sheet: Sheet, columns: Mapping[str, Column]) -> Gates:
    """`[gate]` of a register or feed."""
    table = sheet.table("gate", None)
    table.only(GATE_KEYS)
    usual = Gates()
    shares = {key: int(table.whole(key, getattr(usual, key))) for key in GATE_KEYS if key.endswith("_bp")}
    for key, share in shares.items():
        if share < 0 or (key != "rows_bp" and share > WHOLE_BP):
            raise table.fail(f"{key} = {share}", key, hint="basis points: 3000 is 30 %")
    totals = table.texts("totals", [])
    for name in totals:
        if name not in columns or columns[name].type not in ("fen", "count"):
            raise table.fail(f"totals: {name} is no amount or count", "totals", hint=nearest(name, columns))
    return Gates(unit=table.flag("unit", default=True), totals=totals, **shares)


def reliability_of(sheet: Sheet, default: int | None) -> int | None:
    """From 1 to 9."""
    found = sheet.whole("reliability", default)
    if found is not None and not 1 <= found <= 9:
        raise sheet.fail(f"reliability = {found}", "reliability", hint="1 (hearsay) to 9 (the office that decides it)")
    return None if found is None else int(found)


def feed_of(sheet: Sheet, registers: Mapping[str, Register]) -> Feed:
    """One `feeds/<name>.toml`."""
    sheet.only(FEED_KEYS)
    named = sheet.text("register")
    register = registers.get(named)
    if register is None:
        raise sheet.fail(f"there is no register {named}", "register", hint=nearest(named, registers))
    name = sheet.name()
    if name in registers:
        raise sheet.fail(f"{name} is a register: a feed needs another name", "name", hint=f"{name}_of_an_office")
    by_column = {key: sheet.table(key, None) for key in ("header", "unit", "format", "codes")}
    for key, table in by_column.items():
        for column in table.data:
            if column not in register.columns:
                raise table.fail(
                    f"{key}: {named} has no column {column}", column, hint=nearest(column, register.columns)
                )
    form = {column: by_column["format"].choice(column, FORMATS) for column in by_column["format"].data}
    codes = {column: by_column["codes"].table(column) for column in by_column["codes"].data}
    for column, table in codes.items():
        for code in table.data:
            if register.columns[column].codes and code not in register.columns[column].codes:
                raise table.fail(
                    f"{column} has no code {code}", code, hint=nearest(code, register.columns[column].codes)
                )
    return Feed(
        name=name,
        title=sheet.title(),
        register=named,
        place=sheet.place(),
        files=sheet.texts("files", []),
        legal_basis=sheet.title("legal_basis", None),
        reliability=reliability_of(sheet, None),
        encoding=sheet.choice("encoding", ENCODINGS, None),
        delivery=delivery_of(sheet, register.columns, register.delivery.of) if "delivery" in sheet.data else None,
        gates=gates_of(sheet, register.columns) if "gate" in sheet.data else None,
        header=MappingProxyType({column: by_column["header"].texts(column) for column in by_column["header"].data}),
        unit=MappingProxyType({column: by_column["unit"].text(column) for column in by_column["unit"].data}),
        format=MappingProxyType(form),
        codes=MappingProxyType(
            {column: MappingProxyType({c: t.texts(c) for c in t.data}) for column, t in codes.items()}
        ),
    )


def settlements_of(sheet: Sheet, provided: Mapping[str, object]) -> dict[str, Settlement]:
    """`[enterprise.settle.<field>]` of region.toml: which source wins where several state one field."""
    found: dict[str, Settlement] = {}
    for field in sheet.data:
        table = sheet.table(field)
        table.only(["by", "stale_months"])
        if field not in provided:
            raise sheet.fail(f"settle: no register provides {field}", field, hint=nearest(field, provided))
        stale = table.whole("stale_months", None)
        if stale is not None and stale < 1:
            raise table.fail("stale_months is at least 1", "stale_months")
        found[field] = Settlement(field, table.choice("by", ("order", "latest", "reliability"), "order"), stale)
    return found


def purpose_of(
    sheet: Sheet,
    registers: Mapping[str, Register],
    known: Mapping[str, object],
    models: Mapping[str, object] = MappingProxyType({}),
) -> Purpose:
    """One `purposes/<name>.toml`; `known` are the enterprise's fields."""
    sheet.only(PURPOSE_KEYS)
    named, fields, read = sheet.texts("registers", []), sheet.texts("fields", []), sheet.texts("models", [])
    for key, names, there in (("registers", named, registers), ("fields", fields, known), ("models", read, models)):
        for name in names:
            if name not in there:
                raise sheet.fail(f"{key}: there is no {name}", key, hint=nearest(name, there))
    return Purpose(
        name=sheet.name(),
        title=sheet.title(),
        legal_basis=sheet.title("legal_basis"),
        needs_consent=sheet.flag("needs_consent", default=True),
        sensitivity=sheet.choice("sensitivity", SENSITIVITIES, "internal"),
        registers=named,
        fields=fields,
        place=sheet.place(),
        models=read,
    )
