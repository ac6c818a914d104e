"""A register as one of its feeds sends it."""

from dataclasses import replace
from types import MappingProxyType

from kerong.rulebook.content import Rulebook
from kerong.rulebook.facts import Feed, Register


def feeds_of(rulebook: Rulebook) -> dict[str, str]:
    """Every feed and its register; a register that no feed file names is its own feed."""
    found = {name: feed.register for name, feed in rulebook.feeds.items()}
    named = set(found.values())
    return found | {name: name for name in rulebook.registers if name not in named}


def mapping_of(rulebook: Rulebook, feed: str) -> Register:
    """The mapping by which a feed's files are read; a register is its own feed where no file names it.

    Raises:
        KeyError: there is neither a feed nor a register of that name.
    """
    sent = rulebook.feeds.get(feed)
    return as_sent(rulebook.registers[sent.register if sent else feed], sent)


def patterns_of(rulebook: Rulebook) -> tuple[dict[str, tuple[str, ...]], dict[str, dict[str, tuple[str, ...]]]]:
    """By register the name patterns of its files, of all its feeds together, and of each of them."""
    feeds: dict[str, dict[str, tuple[str, ...]]] = {}
    for feed in rulebook.feeds.values():
        feeds.setdefault(feed.register, {})[feed.name] = mapping_of(rulebook, feed.name).files
    together = {
        name: tuple(dict.fromkeys((*register.files, *(one for own in feeds.get(name, {}).values() for one in own))))
        for name, register in rulebook.registers.items()
    }
    return together, feeds


def as_sent(register: Register, feed: Feed | None) -> Register:
    """The register's mapping with the feed's own headers, units, forms and code lists laid over it."""
    if feed is None:
        return register
    columns = dict(register.columns)
    for name, column in columns.items():
        columns[name] = replace(
            column,
            header=feed.header.get(name, column.header),
            unit=feed.unit.get(name, column.unit),
            format=feed.format.get(name, column.format),
            codes=feed.codes.get(name, column.codes),
        )
    return replace(
        register,
        columns=MappingProxyType(columns),
        files=feed.files or register.files,
        legal_basis=feed.legal_basis or register.legal_basis,
        reliability=feed.reliability or register.reliability,
        encoding=feed.encoding or register.encoding,
        delivery=feed.delivery or register.delivery,
        gates=feed.gates or register.gates,
    )
