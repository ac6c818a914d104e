"""`kerong region figures`: what a region's sources say, whether it adds up, and whether its words are really there."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.box import SIMPLE
from rich.table import Table

from kerong.commands.packs import console, folder, open_pack, stop
from kerong.engine.problems import escaped
from kerong.rulebook import Rulebook
from kerong.rulebook.counts import counted
from kerong.rulebook.coverage import Covered, covered
from kerong.rulebook.published import Figure, Published
from kerong.rulebook.published_checks import Checked, all_checked
from kerong.rulebook.published_words import date_in_words, figure_in_words, outcome_in_words
from kerong.rulebook.quotes import Missing, missing_quotes, quotes_of
from kerong.rulebook.said import Source, Text

WORDS = {
    "figure": Text("数字", "figure"),
    "value": Text("原文数值", "as published"),
    "as_of": Text("时点", "as of"),
    "source": Text("出处", "source"),
    "checks": Text("核算", "Checks"),
    "outcome": Text("结果", "outcome"),
    "basis": Text("口径", "basis"),
    "errors": Text("原文差错", "Errors of the sources"),
    "lists": Text("原文表格", "Lists"),
    "rows": Text("行", "rows"),
    "not_expressed": Text("规则无法表达的原文", "What the rulebook cannot say"),
    "parts": Text("部分数据本身为约数", "parts are not exact themselves"),
}
Row = dict[str, Any]


def figures(
    region: Annotated[str, typer.Argument(help="a region's name or folder")],
    texts: Annotated[Path | None, typer.Option(help="folder of the documents' texts: every quote is looked up")] = None,
    coverage: Annotated[bool, typer.Option("--coverage", help="with --texts: sentences that no quote touches")] = False,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="as data")] = False,
) -> None:
    """Show the published figures of a region, its checks and errors of its sources; look up its quotes."""
    if coverage and texts is None:
        stop("kerong: --coverage reads the documents: name their folder with --texts")
    book, _ = open_pack(region)
    held = _texts(texts, book) if texts is not None else {}
    missing = missing_quotes(book, held) if texts is not None else []
    untouched = covered(book, held) if coverage else []
    if as_json:
        sys.stdout.write(json.dumps(_data(book, missing, untouched), ensure_ascii=False, indent=1) + "\n")
    else:
        if not coverage:
            _show(book, lang)
        if texts is not None:
            _show_quotes(book, missing)
        for one in untouched:
            _show_coverage(one)
    if missing:
        sys.exit(1)


def _texts(where: Path, book: Rulebook) -> dict[str, str]:
    """The texts of the region's documents that are in a folder, by the file's name."""
    folder(where, "--texts is where the documents' texts are")
    found = {}
    for document in book.published.documents.values():
        path = where / document.text
        if path.is_file():
            try:
                found[document.text] = path.read_text("utf-8-sig")
            except UnicodeDecodeError as error:
                stop(f"kerong: {path}: no UTF-8 at byte {error.start}")
    return found


def _show(book: Rulebook, lang: str) -> None:
    published = book.published
    for file, found in published.by_topic().items():
        topic = published.topics[file].in_(lang) if file in published.topics else Path(file).stem
        _table(topic, ("figure", "value", "as_of", "source"), (_figure(one, lang) for one in found), lang)
    checks = list(all_checked(published))
    if checks:
        rows = (_check(one, lang) for one in checks)
        _table(WORDS["checks"].in_(lang), ("figure", "value", "outcome", "basis"), rows, lang)
    if published.errors:
        errors = ((one.title.in_(lang), _place(one.source)) for one in published.errors.values())
        _table(WORDS["errors"].in_(lang), ("figure", "source"), errors, lang)
    if published.lists:
        lists = ((one.title.in_(lang), str(len(one.rows)), _place(one.source)) for one in published.lists.values())
        _table(WORDS["lists"].in_(lang), ("figure", "rows", "source"), lists, lang)
    if published.not_expressed:
        left = ((one.why.in_(lang), "；".join(one.source.quotes)) for one in published.not_expressed.values())
        _table(WORDS["not_expressed"].in_(lang), ("figure", "source"), left, lang)
    counts = counted(book, book.texts)
    console.print(
        f"{counts.figures} figures, {counts.cells} numbers in {len(published.lists)} lists; "
        f"checks: {counts.agrees} agree, {counts.differs} differ, "
        f"{counts.cannot_be_derived} cannot be derived; {counts.errors} errors of sources; "
        f"{counts.arrangements} arrangements; {counts.not_expressed} sentences not expressed",
        soft_wrap=True,
    )


def _table(title: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]], lang: str) -> None:
    table = Table(*(WORDS[name].in_(lang) for name in columns), title=title, box=SIMPLE, title_justify="left")
    for row in rows:
        table.add_row(*map(escaped, row))
    console.print(table)


def _figure(figure: Figure, lang: str) -> tuple[str, ...]:
    as_of = date_in_words(figure.as_of, lang)
    return figure.title.in_(lang), figure_in_words(figure, lang), as_of, _place(figure.source)


def _check(one: Checked, lang: str) -> tuple[str, ...]:
    said = outcome_in_words(one, lang)
    if one.check.why:
        said += f"（{one.check.why}）" if lang == "zh" else f" ({one.check.why})"
    if one.inexact:
        said += f" [{WORDS['parts'].in_(lang)}]"
    return one.check.title.in_(lang), figure_in_words(one.published, lang), said, one.check.basis


def _place(source: Source) -> str:
    return f"{source.document} {source.clause}"


def _show_quotes(book: Rulebook, missing: list[Missing]) -> None:
    for one in missing:
        why = f"the text of its document, {one.file}, is not in the folder" if one.unread else f"not in {one.file}"
        console.print(f"{one.place.file}:{one.place.line}: {escaped(one.words)}: {why}", style="red", soft_wrap=True)
    total = sum(1 for _ in quotes_of(book))
    console.print(f"{total} quotes, {len(missing)} not found")


def _show_coverage(one: Covered) -> None:
    share = one.touched / one.count if one.count else 1.0
    said = f"{one.document.code} {one.document.text}: {one.touched} of {one.count} sentences touched ({share:.0%})"
    console.print(said, style="bold", soft_wrap=True)
    for sentence in one.untouched:
        console.print(f"  {sentence.line}: {escaped(sentence.words)}", soft_wrap=True)


def _data(book: Rulebook, missing: list[Missing], untouched: list[Covered]) -> Row:
    """All of it as data; exact results are texts of fractions."""
    published = book.published
    return {
        "region": book.region.name,
        "figures": [_figure_data(one) for one in published.numbers.values()],
        "checks": [_check_data(one) for one in all_checked(published)],
        "errors": [
            {"name": one.name, **_titles(one.title), "figures": list(one.figures), **_source_data(one.source)}
            for one in published.errors.values()
        ],
        "not_expressed": [
            {"name": one.name, **_titles(one.why), **_source_data(one.source)}
            for one in published.not_expressed.values()
        ],
        "missing_quotes": [
            {"file": one.place.file, "line": one.place.line, "words": one.words, "text": one.file} for one in missing
        ],
        "coverage": [
            {
                "document": one.document.code,
                "sentences": one.count,
                "touched": one.touched,
                "untouched": [{"line": sentence.line, "words": sentence.words} for sentence in one.untouched],
            }
            for one in untouched
        ],
        "counts": _counts(published, book),
    }


def _counts(published: Published, book: Rulebook) -> Row:
    counts = counted(book, book.texts)
    return {
        "figures": counts.figures,
        "cells": counts.cells,
        "lists": len(published.lists),
        "agrees": counts.agrees,
        "differs": counts.differs,
        "cannot_be_derived": counts.cannot_be_derived,
        "errors": counts.errors,
        "arrangements": counts.arrangements,
        "not_expressed": counts.not_expressed,
    }


def _figure_data(one: Figure) -> Row:
    return {
        "name": one.name,
        **_titles(one.title),
        "value": f"{one.value:f}",
        "unit": one.unit,
        "as_of": one.as_of,
        "qualifier": one.qualifier,
        **_source_data(one.source),
        "file": one.place.file,
        "line": one.place.line,
    }


def _check_data(one: Checked) -> Row:
    return {
        "name": one.check.name,
        **_titles(one.check.title),
        "of": one.check.of,
        "formula": one.check.formula,
        "basis": one.check.basis,
        "outcome": one.outcome,
        "result": None if one.result is None else str(one.result),
        "by": None if one.by is None else str(one.by),
        "inexact_parts": list(one.inexact),
        "why": one.check.why,
    }


def _titles(title: Text) -> Row:
    return {"zh": title.zh, "en": title.en}


def _source_data(source: Source) -> Row:
    return {"document": source.document, "clause": source.clause, "quotes": list(source.quotes)}
