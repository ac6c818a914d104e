"""Kinds of warning by their names: of rules, watches and cards, and of cards that were made for grading alone."""

from kerong.rulebook.content import Rulebook
from kerong.rulebook.said import Text

FITTED = "_fitted"  # after the name of a model: a card made for grading, on the city's own earlier months


def title_of_kind(book: Rulebook, kind: str) -> Text:
    """What a kind of warning is called, no two alike; one that the rulebook no longer has is shown by its name."""
    said = book.rules.get(kind) or book.watches.get(kind)
    if said is not None:
        return said.title
    fitted = book.models.get(kind.removesuffix(FITTED)) if kind.endswith(FITTED) else None
    if fitted is not None:
        return _with(fitted.title, "用本市以往月份重新拟合", "fitted anew on the city's own months")
    if kind in book.cards:
        title = book.models[book.cards[kind].model].title
        alike = [name for name, rules in book.cards.items() if book.models[rules.model].title == title]
        return title if len(alike) == 1 else _with(title, kind, kind)
    return Text(kind.replace("_", " "), kind.replace("_", " "))


def _with(title: Text, zh: str, en: str) -> Text:
    return Text(f"{title.zh}（{zh}）", f"{title.en} ({en})")
