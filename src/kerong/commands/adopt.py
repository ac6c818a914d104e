"""`kerong region adopt` and `kerong region open`: a rule of one region in another, and what is left to decide."""

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from kerong.commands.packs import console, day, open_pack, stop
from kerong.engine.problems import escaped
from kerong.lab.cases import CaseResult, run_cases, run_group_cases, run_pool_cases, run_waterfall_cases
from kerong.rulebook import Rulebook, RulebookErrors, load
from kerong.rulebook.adoption import Adopted, AdoptError, Pack, Wish, adopted, still_open
from kerong.rulebook.lint import lint
from kerong.store.packs import SHEET, PackError, read_pack, region_names

NOTHING = "kerong: nothing was written"


def adopt(
    rule: Annotated[str, typer.Argument(help="a rule, a group of rules, a waterfall, a pool or an arrangement")],
    donor: Annotated[str, typer.Option("--from", help="the region that has it: a name or a folder")],
    into: Annotated[Path, typer.Option(help="the folder of a region of your own")],
    called: Annotated[str | None, typer.Option("--as", help="its name in your region")] = None,
    provider: Annotated[str | None, typer.Option(help="the institution of yours that offers or pays it")] = None,
    on: Annotated[str | None, typer.Option(help="the day as of which it is taken over; default: the donor's")] = None,
) -> None:
    """Copy a rule with its source and all it needs, and mark what is to be decided locally."""
    folder = _own(into)
    theirs, _ = open_pack(donor)
    ours, texts = open_pack(str(folder.resolve()))
    wish = Wish(rule, day(on, theirs), called, provider)
    taker = Pack(ours.region.name, ours, (folder / SHEET).read_text("utf-8-sig"))
    try:
        made, book = loaded(wish, Pack(theirs.region.name, theirs), taker, texts)
    except AdoptError as error:
        stop(*(f"kerong: {line}" for line in error.lines), NOTHING)
    except RulebookErrors as error:
        stop(*map(str, error.errors), f"{NOTHING}: the region would not load")
    failing = [result for name in made.names for result in worked(book, name) if result.differences]
    if failing:
        told = (f"{r.case.place.file}:{r.case.place.line}: {r.case.title}: {'; '.join(r.differences)}" for r in failing)
        stop(*told, f"{NOTHING}: a case does not hold in this region")
    _write(folder, made, taker.sheet)
    for path in sorted(made.files):
        console.print(f"{folder}/{path}", soft_wrap=True)
    if made.sheet is not None:
        console.print(f"{folder}/{SHEET} has grown", soft_wrap=True)
    cases = sum(len(worked(book, name)) for name in made.names)
    left = len(still_open(_told(made)))
    console.print(f"{cases} cases hold; {left} marks to decide: kerong region open {folder}", soft_wrap=True)


def open_(
    region: Annotated[str, typer.Argument(help="a region's name or folder")],
    as_json: Annotated[bool, typer.Option("--json", help="as data")] = False,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language")] = "zh",
) -> None:
    """List what adopted rules leave to be decided, by file and line."""
    try:
        found = still_open(read_pack(region))
    except PackError as error:
        stop(f"kerong: {error}")
    if as_json:
        sys.stdout.write(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1) + "\n")
        return
    for one in found:
        console.print(escaped(f"{one.file}:{one.line}: {one.what}: {one.said}"), soft_wrap=True)
    files = len({one.file for one in found})
    said = f"{len(found)} 处待定，见 {files} 个文件" if lang == "zh" else f"{len(found)} to decide in {files} files"
    console.print(said)


def _own(into: Path) -> Path:
    """The folder of a region that is the user's to write to."""
    if str(into) in region_names() or into.resolve().is_relative_to(_shipped()):
        stop(f"kerong: {into} is shipped with the program; kerong region new lays out a region of your own")
    try:
        is_region = (into / SHEET).is_file()
    except OSError:  # a name that no folder can have
        is_region = False
    if not is_region:
        stop(f"kerong: {into} is no folder of a region: it has no {SHEET}; kerong region new lays one out")
    return into


def _shipped() -> Path:
    return Path(__file__).resolve().parents[1] / "regions"


def loaded(wish: Wish, donor: Pack, taker: Pack, texts: Mapping[str, str]) -> tuple[Adopted, Rulebook]:
    """What is new, and the region with it; reasons in [accepted] that explain nothing there are left out."""
    made = adopted(wish, donor, taker)
    book = load({**texts, **_told(made)})
    reasons = {name: rule.accepted for name, rule in book.rules.items()}
    reasons |= {name: waterfall.accepted for name, waterfall in book.waterfalls.items()}
    reasons |= {name: pool.accepted for name, pool in book.pools.items()}
    idle = [(name, key) for name in made.names for key in _idle(book, name, reasons.get(name, {}))]
    if idle:
        made = adopted(replace(wish, idle=tuple(idle)), donor, taker)
        book = load({**texts, **_told(made)})
    return made, book


def _idle(book: Rulebook, name: str, accepted: Mapping[str, str]) -> list[str]:
    keys = [key for key in accepted if not key.startswith("mutation")]
    found = {finding.check for finding in lint(book) if finding.rule == name} if keys else set()
    return [key for key in keys if key not in found]


def _told(made: Adopted) -> dict[str, str]:
    return made.files | ({SHEET: made.sheet} if made.sheet is not None else {})


def worked(book: Rulebook, name: str) -> list[CaseResult]:
    if name in book.rules:
        return run_cases(book.rules[name], book)
    if name in book.groups:
        return run_group_cases(book.groups[name], book)
    if name in book.waterfalls:
        return run_waterfall_cases(book.waterfalls[name])
    return run_pool_cases(book.pools[name], book) if name in book.pools else []


def _write(folder: Path, made: Adopted, sheet: str) -> None:
    """All files or none; what is there is never written over, nor is anything written through a link."""
    new: list[Path] = []
    beside = folder / f".{SHEET}.new"
    try:
        for path, text in made.files.items():
            place = folder / path
            new += _folders(place.parent)
            if place.parent.resolve().parent != folder.resolve():
                raise OSError(f"{place.parent} is a link to elsewhere")
            with place.open("x", encoding="utf-8") as file:
                new.append(place)
                file.write(text)
        if made.sheet is not None:
            with beside.open("x", encoding="utf-8") as file:
                new.append(beside)
                file.write(made.sheet)
            if (folder / SHEET).is_symlink() or (folder / SHEET).read_text("utf-8-sig") != sheet:
                raise OSError(f"{folder / SHEET} is a link, or was changed meanwhile")
            shutil.copymode(folder / SHEET, beside)
            os.replace(beside, folder / SHEET)
    except OSError as error:
        for place in reversed(new):
            _gone(place)
        stop(f"kerong: {error.filename or folder}: {error.strerror or error}", NOTHING)


def _folders(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        folder.mkdir()
        yield folder


def _gone(place: Path) -> None:
    if place.is_dir():
        place.rmdir()
    else:
        place.unlink(missing_ok=True)
