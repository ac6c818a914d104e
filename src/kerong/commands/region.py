"""`kerong region`: a new region as a folder that loads and runs."""

import re
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from kerong.commands.adopt import adopt, open_
from kerong.commands.count import count
from kerong.commands.figures import figures
from kerong.commands.packs import console, stop
from kerong.commands.systems import compare
from kerong.rulebook import RulebookErrors, load
from kerong.rulebook.start import LEVELS, AnswerError, Answers, checked, district_of, starting_pack
from kerong.store.packs import PackError, read_pack, region_names

app = typer.Typer(help="Begin a region of your own; see what the sources of one say.", no_args_is_help=True)
app.command("figures")(figures)
app.command("count")(count)
app.command("compare")(compare)
app.command("adopt")(adopt)
app.command("open")(open_)
CURRENCIES = {"china": "CNY", "usa": "USD"}


@app.callback()
def region() -> None:
    """Begin a region of your own; see what the sources of one say."""


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="its name: lower-case letters, digits and _")],
    zh: Annotated[str | None, typer.Option(help="title in Chinese; asked for when left out")] = None,
    en: Annotated[str | None, typer.Option(help="title in English")] = None,
    district: Annotated[list[str] | None, typer.Option(help="a district as 330106=西湖区/Xihu; once for each")] = None,
    level: Annotated[
        list[str] | None, typer.Option(help=f"a level of government that pays, of {', '.join(LEVELS)}; once for each")
    ] = None,
    currency: Annotated[str | None, typer.Option(help="currency of the amounts, three letters")] = None,
    base: Annotated[str, typer.Option(help="pack whose registers, measures and rules it starts with")] = "china",
    into: Annotated[Path, typer.Option(help="folder in which the region's folder is made")] = Path(),
) -> None:
    """Lay out a folder NAME: districts, levels, institutions, a first policy; national rules come from the base."""
    folder = into / name
    try:
        base_texts = read_pack(base)
    except PackError as error:
        stop(f"kerong: {error}")
    if name in (*region_names(), base):
        stop(f"kerong: a region {name} is shipped already; choose another name")
    if folder.exists():
        stop(f"kerong: {folder} exists already; choose another name, or --into another folder")
    try:
        answers = checked(
            Answers(
                name=name,
                zh=_asked("title in Chinese", zh, name),
                en=_asked("title in English", en, name.replace("_", " ").title()),
                currency=_asked("currency", currency, CURRENCIES.get(base, "CNY")),
                base=base,
                districts=tuple(district_of(text) for text in (district or _asked_districts())),
                levels=tuple(level or _asked("levels that pay", None, "city,county").replace(" ", "").split(",")),
                on=_last_year_end(base_texts),
            )
        )
    except AnswerError as error:
        stop(f"kerong: {error}")
    _written(folder, starting_pack(answers), base_texts)
    console.print(f"{folder}: {len(answers.districts)} districts, levels {', '.join(answers.levels)}, base {base}")
    console.print(f"next: kerong rules check {folder}; the folder's README.md says what to decide", markup=False)


def _asked(what: str, given: str | None, default: str) -> str:
    """The answer: given, typed by a person at a terminal, or the default."""
    if given is not None or not sys.stdin.isatty():
        return given if given is not None else default
    return str(typer.prompt(what, default=default))


def _asked_districts() -> list[str]:
    """Districts typed one a line; an empty line ends. Where nobody can be asked there are none."""
    found: list[str] = []
    while sys.stdin.isatty():
        text = str(typer.prompt("district as 330106=西湖区/Xihu (empty: no more)", default="", show_default=False))
        if not text.strip():
            break
        try:
            district_of(text)
        except AnswerError as error:
            console.print(str(error), markup=False, style="red")
        else:
            found.append(text)
    return found


def _last_year_end(texts: dict[str, str]) -> date:
    """The base's own day: its national rules and a synthetic city are in force on it."""
    found = re.search(r"^default_on\s*=\s*(\d{4}-\d{2}-\d{2})", texts["region.toml"], re.MULTILINE)
    return date.fromisoformat(found.group(1)) if found else date(2025, 6, 30)


def _written(folder: Path, files: dict[str, str], base_texts: dict[str, str]) -> None:
    """Write the folder, after the whole pack has been loaded: a folder that does not load is not left behind."""
    try:
        load({**base_texts, **{path: text for path, text in files.items() if path.endswith(".toml")}})
    except RulebookErrors as error:
        stop(*map(str, error.errors), "kerong: nothing was written: the region would not load")
    try:
        for path, text in files.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
    except OSError as error:
        stop(f"kerong: {folder}: {error.strerror or error}")
