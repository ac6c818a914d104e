"""What a reader may see of one enterprise, field by field and column by column: by role, consent and purpose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

import polars as pl

from kerong.engine.record.purpose import for_purpose
from kerong.rulebook.content import Purpose, Rulebook, Text
from kerong.rulebook.pruning import INDICATOR, reach
from kerong.rulebook.tree import Node, fields_of
from kerong.web.base.permissions import Reach
from kerong.web.base.selectors.published import Published

# what a network tells a firm of other firms: their loans, their troubles
OF_OTHERS = ("_sum", "_troubled", "_troubled_bp", "near_trouble", "trouble_distance")
NO_PURPOSE = Text(
    "本地区没有写明这一用途可以读取什么，只提供公开信息。",
    "The region does not say what this purpose may read: public facts alone.",
)


@dataclass(frozen=True)
class Carried:
    """What may be shown: `fields` of the enterprise and `columns` of its rows; `withheld` says why others are not.

    Reasons: those of `engine.record.purpose`, and "others" (tells a firm of other firms). `purpose` is None where none
    is asked for: public duty, or a firm's own data.
    """

    fields: frozenset[str]
    columns: Mapping[str, frozenset[str]]
    withheld: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    purpose: Purpose | None = None

    def has(self, name: str) -> bool:
        """May this field be shown?"""
        return name in self.fields

    def has_all(self, *nodes: Node | None) -> bool:
        """May everything be shown that these expressions read?"""
        read = {pair for node in nodes if node is not None for pair in fields_of(node)}
        return all(self.has_pair(table, column) for table, column in read)

    def has_pair(self, table: str, column: str) -> bool:
        """May a field of the enterprise, or a column of a register, be shown? What a rule names itself may."""
        if table == "enterprise":
            return column == "enterprise_id" or self.has(column)
        return not table or column in self.columns.get(table, frozenset())

    def why_not(self, name: str) -> str:
        """Why a field is withheld."""
        return self.withheld.get(name, "field")


def carried(published: Published, granted: Reach) -> Carried:
    """What the reader may see. A consent opens what its purpose may carry in this region, and nothing else."""
    if granted.consent is not None:
        return _for_consent(published, granted.consent.purpose)
    return _for_itself(published) if granted.own else _whole(published)


def carried_unasked(published: Published, purpose: str) -> Carried:
    """What a purpose may carry of firms that nobody has asked: nothing where the region wants their consent for it."""
    wanted = published.rulebook.purposes.get(purpose)
    if wanted is not None and wanted.needs_consent:
        return Carried(frozenset(), {}, purpose=wanted)
    return _for_consent(published, purpose)


@lru_cache(maxsize=8)
def _whole(published: Published) -> Carried:
    fields, columns = _everything(published)
    return Carried(frozenset(fields), {name: frozenset(held) for name, held in columns.items()})


@lru_cache(maxsize=8)
def _for_itself(published: Published) -> Carried:
    """All of its own; not what would tell it of the loans and troubles of other firms."""
    book, whole = published.rulebook, _whole(published)
    given = {name: item for net in book.networks.values() for name, item in net.fields.items()}
    hidden = {name for name, item in given.items() if item.gives.endswith(OF_OTHERS)}
    withheld = {name: "others" for name in whole.fields if _behind(book, name) & hidden}
    return Carried(whole.fields - withheld.keys(), whole.columns, withheld)


@lru_cache(maxsize=32)
def _for_consent(published: Published, purpose: str) -> Carried:
    book = published.rulebook
    wanted = book.purposes.get(purpose) or _public_alone(purpose, book)
    fields, columns = _everything(published)
    enterprises = pl.DataFrame(schema=dict.fromkeys(sorted(fields), pl.String))
    rows = {name: pl.DataFrame(schema=dict.fromkeys(held, pl.String)) for name, held in columns.items()}
    found = for_purpose(enterprises, rows, book, wanted, consented=True)
    kept = {name: frozenset(table.columns) for name, table in found.registers.items()}
    return Carried(frozenset(found.enterprises.columns), kept, found.withheld, wanted)


def _public_alone(name: str, book: Rulebook) -> Purpose:
    """Where the region declares nothing for a purpose, what anybody may know."""
    return Purpose(
        name, Text(name, name), NO_PURPOSE, True, "public", (), (), next(iter(book.registers.values())).place
    )


def _everything(published: Published) -> tuple[set[str], dict[str, list[str]]]:
    """All fields of an enterprise, indicators included, and all columns of its rows by register."""
    book = published.rulebook
    fields = {name for name in published.enterprises.columns if not name.endswith("!error")}
    fields |= {INDICATOR + name for name in book.indicators}
    columns = {
        name: ["enterprise_id", *register.columns, *(one.name for one in book.row_formulas.get(name, ()))]
        for name, register in book.registers.items()
    }
    return fields, {name: list(dict.fromkeys(held)) for name, held in columns.items()}


def _behind(book: Rulebook, name: str) -> frozenset[str]:
    """The fields of networks that a field rests on."""
    try:
        return reach(book, [name]).network_fields
    except KeyError:
        return frozenset()
