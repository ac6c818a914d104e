"""`kerong record`: what a run says of one enterprise, as far as a purpose may know it."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import typer

from kerong.commands.explain import firm_of
from kerong.commands.packs import console, stop
from kerong.engine.record.purpose import Allowed, for_purpose
from kerong.rulebook import Rulebook, RulebookErrors, load
from kerong.rulebook.content import Purpose, Text
from kerong.rulebook.load_registers import provided_type
from kerong.rulebook.parse import nearest
from kerong.rulebook.types import TEXT, Type
from kerong.rulebook.words import shown
from kerong.store.runs import NotARun, Run, read_run

REASONS = {
    "consent": Text("企业未授权", "the enterprise has not agreed"),
    "sensitivity": Text("敏感级别过高", "too sensitive for the purpose"),
    "register": Text("依赖用途之外的登记册", "rests on a register that the purpose does not name"),
    "field": Text("不在用途列明的字段内", "the purpose does not name it"),
}


def record(
    run: Annotated[Path, typer.Argument(help="folder of a run")],
    enterprise: Annotated[str, typer.Argument(help="the enterprise's id, or its exact name")],
    purpose: Annotated[str, typer.Option(help="what the record is for: a name of purposes/")],
    consented: Annotated[bool, typer.Option("--consented", help="the enterprise has agreed to this purpose")] = False,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="as data")] = False,
) -> None:
    """Show an enterprise's record with the fields that legal basis, consent and sensitivity allow for a purpose."""
    try:
        made = read_run(run)
        book = load(made.rulebook())
    except (NotARun, RulebookErrors) as error:
        stop(f"kerong: {error}")
    wanted = book.purposes.get(purpose)
    if wanted is None:
        stop(f"kerong: {book.region.name} has no purpose {purpose}; {nearest(purpose, book.purposes)}")
    found = _allowed(made, book, str(firm_of(made, enterprise)["enterprise_id"]), wanted, consented)
    if as_json:
        sys.stdout.write(json.dumps(_data(found, wanted), ensure_ascii=False, indent=1, default=str) + "\n")
        return
    _print(found, wanted, book, lang)


def _allowed(made: Run, book: Rulebook, enterprise_id: str, purpose: Purpose, consented: bool) -> Allowed:
    own = pl.col("enterprise_id") == enterprise_id
    registers = {
        name.removeprefix("rows/"): made.scan(name).filter(own).collect()
        for name in made.tables
        if name.startswith("rows/") and "enterprise_id" in made.scan(name).collect_schema()
    }
    return for_purpose(made.scan("enterprises").filter(own).collect(), registers, book, purpose, consented)


def _data(found: Allowed, purpose: Purpose) -> dict[str, object]:
    basis = purpose.legal_basis
    return {
        "purpose": purpose.name,
        "legal_basis": {"zh": basis.zh, "en": basis.en},
        "enterprise": next(found.enterprises.iter_rows(named=True), None),
        "registers": {name: table.to_dicts() for name, table in found.registers.items()},
        "withheld": dict(sorted(found.withheld.items())),
    }


def _print(found: Allowed, purpose: Purpose, book: Rulebook, lang: str) -> None:
    console.print(f"{purpose.title.in_(lang)}: {purpose.legal_basis.in_(lang)}", style="bold", soft_wrap=True)
    for row in found.enterprises.iter_rows(named=True):
        for name, value in row.items():
            title, kind = _field(name, book)
            said = shown(value, kind, book.region.currency, lang)
            console.print(f"  {title.in_(lang)} [{name}]: {said}", soft_wrap=True)
    for name, table in found.registers.items():
        told = f"{table.height} 行" if lang == "zh" else f"{table.height} rows"
        console.print(f"  {book.registers[name].title.in_(lang)} [{name}]: {told}", soft_wrap=True)
    for reason, count in sorted(Counter(found.withheld.values()).items()):
        console.print(f"  - {REASONS[reason].in_(lang)}: {count}", soft_wrap=True)


def _field(name: str, book: Rulebook) -> tuple[Text, Type]:
    """Title and type of a field of an enterprise."""
    given = {field: one for net in book.networks.values() for field, one in net.fields.items()}
    made = book.measures.get(name) or book.formulas.get(name) or given.get(name)
    if made is not None:
        return made.title, made.type
    pairs = book.region.provides.get(name, ())
    if pairs:
        register, column = pairs[0]
        return book.registers[register].columns[column].title, provided_type(pairs, book.registers)
    return Text(name, name), TEXT
