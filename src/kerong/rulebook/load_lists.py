"""lists/<name>.toml: tables of a source as they stand there; their numbers are figures."""

import re
from collections.abc import Iterator
from decimal import Decimal

from kerong.rulebook.load_source import source_of
from kerong.rulebook.parse import nearest
from kerong.rulebook.published import Figure, ListColumn, PublishedList
from kerong.rulebook.said import Text
from kerong.rulebook.sheets import Sheet
from kerong.rulebook.units import known_units, unit_of

NUMBER = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,12})?")
PERIOD = re.compile(r"([0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-[0-9]{2})?)?)年?")
COLUMNS = 'columns = [{ name = "year", title = { zh = "年份", en = "Year" } }, …]'


def number_of(text: str) -> Decimal | None:
    """A published number with all its digits; None where the text is none."""
    return Decimal(text) if NUMBER.fullmatch(text) else None


def list_of(sheet: Sheet) -> PublishedList:
    """One file of lists/."""
    sheet.only(["name", "title", "columns", "rows", "source"])
    columns = _columns(sheet)
    source = source_of(sheet.table("source"))
    if not source.quotes:
        raise sheet.fail("quote is missing", "source", hint='quote = ["…"], the words of the document')
    return PublishedList(
        name=sheet.name(),
        title=sheet.title(),
        columns=columns,
        rows=tuple(_row(sheet, number, row, columns) for number, row in enumerate(_rows(sheet), 1)),
        source=source,
        place=sheet.place(),
    )


def _columns(sheet: Sheet) -> tuple[ListColumn, ...]:
    found: list[ListColumn] = []
    if not isinstance(sheet.data.get("columns"), list):
        raise sheet.fail("columns is missing or no list", "columns", hint=COLUMNS)
    for item in sheet.tables("columns"):
        item.only(["name", "title", "unit"])
        unit = item.text("unit", None)
        if unit is not None and unit_of(unit) is None:
            raise item.fail(f"unit: there is no unit {unit}", "unit", hint=nearest(unit, known_units()))
        column = ListColumn(item.name(), item.title(), unit)
        if column.name in [other.name for other in found]:
            raise item.fail(f"column {column.name} is defined twice", "name")
        found.append(column)
    if not found:
        raise sheet.fail("a list needs columns", "columns", hint=COLUMNS)
    return tuple(found)


def _rows(sheet: Sheet) -> list[list[str]]:
    rows = sheet.get("rows", list, "a list of rows, each a list of texts")
    if not rows:
        raise sheet.fail("a list needs rows", "rows")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, list) or not all(isinstance(cell, str) for cell in row):
            raise sheet.fail(f"row {number} is no list of texts", "rows", hint='["2006", "83.33", ""]')
    return list(rows)


def _row(
    sheet: Sheet, number: int, row: list[str], columns: tuple[ListColumn, ...]
) -> tuple[str | Decimal | None, ...]:
    """The cells of a row: texts, numbers where the column has a unit, None where nothing stands."""
    if len(row) != len(columns):
        raise sheet.fail(
            f"row {number} ({row[0] if row else ''}) has {len(row)} cells for {len(columns)} columns",
            "rows",
            hint='an empty cell is ""',
        )
    if not row[0]:
        raise sheet.fail(f"row {number} has no key", "rows", hint="the first column tells rows apart")
    cells: list[str | Decimal | None] = []
    for column, cell in zip(columns, row, strict=True):
        value = number_of(cell) if column.unit else cell
        if cell and value is None:
            raise sheet.fail(
                f"row {number} ({row[0]}), {column.name}: {cell!r} is no number",
                "rows",
                hint="a column with a unit holds numbers as published",
            )
        cells.append(value or None if isinstance(value, str) else value)
    return tuple(cells)


def keys_of(one: PublishedList) -> tuple[str, ...]:
    """The keys of its rows: the first cells, a repeated one with its number behind it (`key#2`); none stands twice."""
    cells = [str(row[0]) for row in one.rows]
    taken = set(cells)
    seen: dict[str, int] = {}
    keys = []
    for cell in cells:
        seen[cell] = seen.get(cell, 0) + 1
        key = cell if seen[cell] == 1 else f"{cell}#{seen[cell]}"
        while seen[cell] > 1 and key in taken:  # a source that writes `key#2` itself
            seen[cell] += 1
            key = f"{cell}#{seen[cell]}"
        taken.add(key)
        keys.append(key)
    return tuple(keys)


def cells_of(one: PublishedList) -> Iterator[Figure]:
    """The numbers of a list as figures by the name `list.column.key`."""
    for key, row in zip(keys_of(one), one.rows, strict=True):
        period = PERIOD.fullmatch(str(row[0]))
        for column, cell in zip(one.columns, row, strict=True):
            if column.unit is not None and isinstance(cell, Decimal):
                yield Figure(
                    name=f"{one.name}.{column.name}.{key}",
                    title=Text(f"{column.title.zh} {key}", f"{column.title.en} {key}"),
                    value=cell,
                    unit=column.unit,
                    as_of=period[1] if period else "undated",
                    qualifier="exact",
                    subject="",
                    source=one.source,
                    place=one.place,
                )
