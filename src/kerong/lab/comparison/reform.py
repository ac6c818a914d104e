"""The sheet of a reform: reform.toml names it, and the files beside it say what becomes otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass

from kerong.rulebook.content import Rulebook, Text
from kerong.rulebook.load import load
from kerong.rulebook.parse import nearest
from kerong.rulebook.sheets import RulebookError, RulebookErrors, Sheet, Stop, sheet

SHEET = "reform.toml"
KEYS = ("name", "title", "source", "why")


@dataclass(frozen=True, slots=True)
class Reform:
    """What is proposed, by whom and why; `rulebook` is the pack after the reform, `files` are the files it touches."""

    name: str
    title: Text
    source: Text
    why: Text
    rulebook: Rulebook
    files: tuple[str, ...]


def reform_of(base: Rulebook, texts: Mapping[str, str], folder: str = "reform") -> Reform:
    """A reform from its files (relative path -> text) over a pack; `folder` is how errors name it.

    Raises RulebookErrors: no readable reform.toml, nothing beside it, a file or a name that the pack does not know,
    anything that makes the pack wrong, another currency.
    """
    errors: list[RulebookError] = []
    found = _sheet(texts, folder, errors)
    overrides = {file: text for file, text in texts.items() if file != SHEET}
    if found is not None and not overrides:
        errors.append(RulebookError(f"{folder}/{SHEET}", 1, "no file stands beside it: the reform changes nothing"))
    if errors or found is None:
        raise RulebookErrors(errors)
    name, title, source, why = found
    try:
        book = load(base.texts, overrides, folder)
    except RulebookErrors as error:
        raise RulebookErrors([_hinted(one, base.texts, overrides, folder) for one in error.errors]) from None
    if book.region.currency != base.region.currency:
        said = (
            f"the currency becomes {book.region.currency}: amounts in it cannot be compared with {base.region.currency}"
        )
        raise RulebookErrors([RulebookError(f"{folder}/region.toml", 1, said)])
    return Reform(name, title, source, why, book, tuple(sorted(overrides)))


def _sheet(texts: Mapping[str, str], folder: str, errors: list[RulebookError]) -> tuple[str, Text, Text, Text] | None:
    if SHEET not in texts:
        said = "a reform needs this sheet"
        errors.append(RulebookError(f"{folder}/{SHEET}", 1, said, "with name, title, source and why"))
        return None
    head = sheet(SHEET, texts[SHEET], errors, called=f"{folder}/{SHEET}")
    if head is None:
        return None
    head.only(KEYS)
    try:
        return head.name(), head.title(), _told(head, "source"), _told(head, "why")
    except Stop:
        return None


def _told(head: Sheet, key: str) -> Text:
    """A sentence in both languages, or one text for both."""
    if isinstance(head.data.get(key), dict):
        title: Text = head.title(key)
        return title
    text = str(head.text(key))
    return Text(text, text)


def _hinted(error: RulebookError, base: Mapping[str, str], overrides: Mapping[str, str], folder: str) -> RulebookError:
    """A file that the pack has not is a new file; where it is none in itself, its name may be a slip of the pen."""
    file = error.file.removeprefix(f"{folder}/")
    if file in overrides and file not in base and "remove" not in error.message:
        hint = f"the base has no {file}; {nearest(file, base)}"
        return RulebookError(error.file, error.line, error.message, f"{error.hint}; {hint}" if error.hint else hint)
    return error
