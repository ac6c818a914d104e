"""Every source of a pack in one row: what it is of, where it stands, which words it quotes."""

from collections.abc import Iterator
from dataclasses import dataclass

from kerong.rulebook.content import Rulebook
from kerong.rulebook.published import Published
from kerong.rulebook.said import Place, Source


@dataclass(frozen=True, slots=True)
class Sourced:
    """Something that has a source; `place` is where it stands, `source.place` where its quotes do."""

    kind: str
    name: str
    source: Source
    place: Place


def sources_of(book: Rulebook, published: Published) -> Iterator[Sourced]:
    """The sources of rules, groups, waterfalls, institutions and of everything published."""
    for kind, content in (("rule", book.rules), ("group", book.groups), ("waterfall", book.waterfalls)):
        for rule in content.values():
            yield Sourced(kind, rule.name, rule.source, rule.place)
    for institution in book.region.institutions:
        if institution.source is not None:
            yield Sourced("institution", institution.code, institution.source, Place("region.toml", 1))
    for kind, held in (
        ("figure", published.figures),
        ("error", published.errors),
        ("list", published.lists),
        ("arrangement", published.arrangements),
        ("not_expressed", published.not_expressed),
    ):
        for item in held.values():
            yield Sourced(kind, item.name, item.source, item.place)
