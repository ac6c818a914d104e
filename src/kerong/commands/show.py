"""`kerong rules show`: the regions, the rules of one, or one rule, group or waterfall with all that it says."""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import tomli
import typer
from rich.table import Table

from kerong.commands.packs import console, open_pack, stop
from kerong.commands.show_pool import pool_lines
from kerong.commands.show_waterfall import waterfall_lines
from kerong.rulebook import Rule, Rulebook
from kerong.rulebook.content import Group, Parameter, Text
from kerong.rulebook.parse import nearest
from kerong.rulebook.pools import Pool
from kerong.rulebook.published_words import MECHANISM_TITLES
from kerong.rulebook.types import FEN
from kerong.rulebook.waterfalls import Waterfall
from kerong.rulebook.words import shown
from kerong.store.packs import region_names

WORDS = {
    "amount": Text("金额", "amount"),
    "base": Text("基数 base", "base"),
    "to": Text("付给", "paid to"),
    "round": Text("取整", "rounded"),
    "evidence": Text("材料", "evidence"),
    "limit": Text("限额", "limit"),
    "sequence": Text("先后", "order of claims"),
    "fingerprint": Text("同一凭证", "fingerprint"),
    "group": Text("所在组", "stands in group"),
    "when": Text("当", "when"),
    "why": Text("说明", "why"),
    "level": Text("支付层级", "paid by"),
    "mechanism": Text("作用机制", "works by"),
    "assumed": Text("非公开数字，为假设", "assumed, not published"),
    "cases": Text("个算例", "cases"),
}
PART = ("scope", "fen", "share", "priority", "year", "years")


def show(
    region: Annotated[str | None, typer.Argument(help="a region's name or folder; default: every region")] = None,
    name: Annotated[
        str | None, typer.Argument(help="one rule, group, waterfall or pool of the region; default: all")
    ] = None,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="as data")] = False,
) -> None:
    """Show the regions, the rules of one, or one rule, group or waterfall with all that it says."""
    if region is None:
        console.print("\n".join(region_names()), markup=False)
        return
    book, _ = open_pack(region)
    if name is None:
        _list(book, lang, as_json)
        return
    one = book.rules.get(name) or book.groups.get(name) or book.waterfalls.get(name) or book.pools.get(name)
    if one is None:
        known = [*book.rules, *book.groups, *book.waterfalls, *book.pools]
        stop(f"kerong: {region} has no rule {name}; {nearest(name, known)}")
    text = book.texts[one.place.file]
    if as_json:
        sys.stdout.write(
            json.dumps({"name": name, "file": one.place.file, "text": text}, ensure_ascii=False, indent=1) + "\n"
        )
        return
    console.print(_head(one, lang), markup=False, style="bold", soft_wrap=True)
    for line in _lines(one, text, book, lang):
        console.print(line, markup=False, soft_wrap=True)


def _lines(one: Rule | Group | Waterfall | Pool, text: str, book: Rulebook, lang: str) -> Iterator[str]:
    if isinstance(one, Pool):
        return pool_lines(one, book, lang)
    if isinstance(one, Waterfall):
        return _waterfall(one, book, lang)
    return _rule(one, tomli.loads(text), book, lang) if isinstance(one, Rule) else _group(one, book, lang)


def _list(book: Rulebook, lang: str, as_json: bool) -> None:
    if as_json:
        rows = [{"name": r.name, "kind": r.kind, "zh": r.title.zh, "en": r.title.en} for r in book.rules.values()]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        return
    table = Table("name", "kind", "title", "per", "cases")
    for rule in sorted(book.rules.values(), key=lambda r: (r.kind, r.name)):
        table.add_row(rule.name, rule.kind, rule.title.in_(lang), rule.per, str(len(rule.cases)))
    for group in sorted(book.groups.values(), key=lambda g: (g.kind, g.name)):
        table.add_row(group.name, group.kind, group.title.in_(lang), group.per, str(len(group.cases)))
    for waterfall in book.waterfalls.values():
        title, cases = waterfall.title.in_(lang), str(len(waterfall.cases))
        table.add_row(waterfall.name, waterfall.kind, title, waterfall.per, cases)
    for pool in book.pools.values():
        table.add_row(pool.name, "pool", pool.title.in_(lang), ", ".join(pool.instruments), str(len(pool.cases)))
    console.print(table)


def _head(one: Rule | Group | Waterfall | Pool, lang: str) -> str:
    if isinstance(one, Pool):
        return f"{one.title.in_(lang)} [{one.name}] pool"
    return f"{one.title.in_(lang)} [{one.name}] {one.kind}, per {one.per}"


def _source(one: Rule | Group | Waterfall, lang: str) -> Iterator[str]:
    """Where it comes from, and the words of the document that it rests on."""
    yield f"{one.source.document} {one.source.clause} ({one.source.status})"
    for quote in one.source.quotes:
        yield f"  “{_one_line(quote)}”"
    if one.source.why:
        yield f"  {_said('why', lang)}: {one.source.why}"


def _standing(rule: Rule | Waterfall, book: Rulebook, lang: str) -> Iterator[str]:
    """Which level of government pays, and what the rule works by."""
    for level in book.region.levels:
        if level.code == rule.level:
            yield f"  {_said('level', lang)}: {level.title.in_(lang)}"
    if rule.mechanism is not None:
        yield f"  {_said('mechanism', lang)}: {MECHANISM_TITLES[rule.mechanism].in_(lang)}"


def _said(key: str, lang: str) -> str:
    return WORDS[key].in_(lang)


def _rule(rule: Rule, written: Mapping[str, Any], book: Rulebook, lang: str) -> Iterator[str]:
    """A rule line by line; expressions stand as they are written in its file."""
    yield rule.text
    yield from _source(rule, lang)
    yield from _standing(rule, book, lang)
    for number, (clause, given) in enumerate(zip(rule.clauses, written["when"], strict=True), 1):
        yield f"  {number}. {clause.title.in_(lang)}"
        yield f"     {_one_line(given['is'])}"
        yield from _exceptions(given, "is", lang)
        if clause.evidence is not None:
            yield f"     {_said('evidence', lang)}: {clause.evidence.in_(lang)}"
    if rule.amount is not None:
        yield from _amount(written["amount"], lang)
    for key in ("sequence", "fingerprint"):
        if key in written:
            held = written[key]
            yield f"  {_said(key, lang)}: {_one_line(held) if isinstance(held, str) else ', '.join(held)}"
    yield from _parameters(rule.parameters, book, lang)
    for given in written.get("limit", []):
        yield f"  {_limit(given, book, lang)}"
    for group in book.groups.values():
        if rule.name in group.rules:
            yield f"  {_said('group', lang)}: {group.title.in_(lang)} [{group.name}] {group.kind}, per {group.per}"
    yield f"  {len(rule.cases)} {_said('cases', lang)}"


def _amount(written: Mapping[str, Any], lang: str) -> Iterator[str]:
    if "base" in written:
        yield f"  {_said('base', lang)}: {_one_line(written['base'])}"
    yield f"  {_said('amount', lang)}: {_one_line(written['fen'])} ({_said('round', lang)}: {written['round']})"
    yield from _exceptions(written, "fen", lang)
    payee = f" {_one_line(written['payee'])}" if "payee" in written else ""
    yield f"     {_said('to', lang)}: {written.get('to', 'enterprise')}{payee}"


def _exceptions(written: Mapping[str, Any], key: str, lang: str) -> Iterator[str]:
    for one in written.get("exception", []):
        over = f" over {', '.join(one['over'])}" if one.get("over") else ""
        source = f" ({one['source']})" if "source" in one else ""
        when = f"{_said('when', lang)} {_one_line(one['when'])}"
        yield f"     - {one['label']}{over}: {_one_line(one[key])} {when}{source}"


def _limit(written: Mapping[str, Any], book: Rulebook, lang: str) -> str:
    """A limit by its name with everything that it says of itself."""
    name = written.get("name", written["scope"])
    parts = [f"{key} {_held(key, written[key], book, lang)}" for key in PART if key in written]
    return f"{_said('limit', lang)} {name}: {', '.join(parts)}"


def _held(key: str, value: object, book: Rulebook, lang: str) -> str:
    if key == "fen" and isinstance(value, int):
        return shown(value, FEN, book.region.currency, lang)
    if isinstance(value, list):
        return "–".join(map(str, value))
    return _one_line(str(value))


def _parameters(parameters: Mapping[str, Parameter], book: Rulebook, lang: str) -> Iterator[str]:
    """Numbers and tables with every dated value."""
    for parameter in parameters.values():
        title = parameter.title.in_(lang) if parameter.title else parameter.name
        for start, value, source in parameter.values:
            held = shown(value, parameter.type, book.region.currency, lang)
            yield f"  {title} [{parameter.name}] = {held} ({start}, {source})"
            if start in parameter.assumed:
                yield f"     {_said('assumed', lang)}: {parameter.assumed[start]}"


def _group(group: Group, book: Rulebook, lang: str) -> Iterator[str]:
    """A group of limits/: what it counts, over which rules, with its values."""
    if group.text:
        yield group.text
    yield from _source(group, lang)
    written = tomli.loads(book.texts[group.place.file])
    for key in ("per", "period", "choice", "base", "fen", "years"):
        if key in written:
            yield f"  {key}: {_held(key, written[key], book, lang)}"
    for name in group.rules:
        yield f"  - {book.rules[name].title.in_(lang)} [{name}]"
    yield from _parameters(group.parameters, book, lang)
    yield f"  {len(group.cases)} {_said('cases', lang)}"


def _waterfall(waterfall: Waterfall, book: Rulebook, lang: str) -> Iterator[str]:
    """A waterfall: what is parted, layer by layer, with its values."""
    yield waterfall.text
    yield from _source(waterfall, lang)
    yield from _standing(waterfall, book, lang)
    yield from waterfall_lines(waterfall, book, lang)
    yield from _parameters(waterfall.parameters, book, lang)
    yield f"  {len(waterfall.cases)} {_said('cases', lang)}"


def _one_line(text: object) -> str:
    return " ".join(str(text).split())
