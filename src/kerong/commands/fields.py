"""`kerong rules fields`: what a rule of a region may name, with type, unit and origin."""

import json
import sys
from collections.abc import Iterator
from typing import Annotated, Literal

import typer
from rich.table import Column, Table

from kerong.commands.packs import console, open_pack, stop
from kerong.rulebook import Rulebook, Text
from kerong.rulebook.content import Register
from kerong.rulebook.load_columns import row_types
from kerong.rulebook.load_registers import provided_type
from kerong.rulebook.parse import nearest
from kerong.rulebook.types import Type

Field = tuple[str, Type, Text, Text]  # name, type, title, where it comes from


def fields(
    region: Annotated[str, typer.Argument(help="a region's name or folder")],
    word: Annotated[str | None, typer.Argument(help="only fields with this word in name or title")] = None,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language of the titles")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="as data")] = False,
) -> None:
    """List the fields that rules may name: enterprise.<name>, and <register>.<name> in a rule per register."""
    book, _ = open_pack(region)
    known = list(_fields(book))
    found = [field for field in known if word is None or _has(field, word.lower())]
    if not found and word is not None:
        stop(f"kerong: no field of {region} has {word!r}; {nearest(word, [name for name, *_ in known])}")
    if as_json:
        told = [{"name": n, "type": str(t), "zh": title.zh, "en": title.en, "from": o.en} for n, t, title, o in found]
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        return
    table = Table(Column("field", no_wrap=True, overflow="ignore"), "type", "title", "from")
    for name, kind, title, origin in found:
        table.add_row(name, _shown(kind), title.in_(lang), origin.in_(lang))
    console.print(table)


def _has(field: Field, word: str) -> bool:
    name, _, title, _ = field
    return any(word in text.lower() for text in (name, title.zh, title.en))


def _shown(kind: Type) -> str:
    return f"code: {', '.join(kind.codes)}" if kind.codes else str(kind)


def _origin(register: Register) -> Text:
    """The register's title, and what no row in it means."""
    absent = (
        Text("无记录即为无", "no row: none") if register.absence == "none" else Text("无记录为未知", "no row: unknown")
    )
    return Text(f"{register.title.zh}（{absent.zh}）", f"{register.title.en} ({absent.en})")


def _fields(book: Rulebook) -> Iterator[Field]:
    """All fields, enterprises first, each group by name; a register says what it means to have no row there."""
    origins = {register.name: _origin(register) for register in book.registers.values()}
    for name, pairs in sorted(book.region.provides.items()):
        if pairs:
            register = book.registers[pairs[0][0]]
            title = register.columns[pairs[0][1]].title
            yield f"enterprise.{name}", provided_type(pairs, book.registers), title, origins[register.name]
    for name, measure in sorted(book.measures.items()):
        yield f"enterprise.{name}", measure.type, measure.title, origins[measure.over]
    for network in book.networks.values():
        for name, given in sorted(network.fields.items()):
            origin = Text(f"关系网：{network.title.zh}", f"network: {network.title.en}")
            yield f"enterprise.{name}", given.type, given.title, origin
    for name, formula in sorted(book.formulas.items()):
        yield f"enterprise.{name}", formula.type, formula.title, Text("公式", "formula")
    for register in book.registers.values():
        types = row_types(register)
        for column in register.columns.values():
            yield f"{register.name}.{column.name}", types[column.name], column.title, origins[register.name]
        for formula in book.row_formulas.get(register.name, ()):
            yield f"{register.name}.{formula.name}", formula.type, formula.title, Text("公式", "formula")
