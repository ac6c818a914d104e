"""Networks as declared content: which rows of a register tie whom to whom, and which fields of a firm that gives."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from kerong.rulebook.said import Parameter, Place, Text
from kerong.rulebook.tree import Node
from kerong.rulebook.types import BOOL, BP, COUNT, FEN, TEXT, Type


class Gives(NamedTuple):
    """What a kind of field yields (None: the type of `of`), and which keys of the network and of the field it needs."""

    type: Type | None
    network: str | None = None
    own: tuple[str, ...] = ()


PARTS = ("group", "circle", "control")  # how a network parts firms: weak, strong components; chains of majorities
_OF_PARTS = {
    "": Gives(TEXT),
    "_size": Gives(COUNT),
    "_others": Gives(COUNT),
    "_sum": Gives(None, None, ("of",)),
    "_troubled": Gives(COUNT, "trouble"),
    "_troubled_bp": Gives(BP, "trouble"),
}
GIVES: Mapping[str, Gives] = MappingProxyType(
    {
        **{
            f"{part}{what}": gives._replace(network="share") if part == "control" else gives
            for part in PARTS
            for what, gives in _OF_PARTS.items()
        },
        "in_circle": Gives(BOOL),
        "circle_length": Gives(COUNT),
        "degree": Gives(COUNT),
        "in_degree": Gives(COUNT),
        "out_degree": Gives(COUNT),
        "in_amount": Gives(FEN, "amount"),
        "out_amount": Gives(FEN, "amount"),
        "trouble_distance": Gives(COUNT, "trouble"),
        "near_trouble": Gives(BOOL, "trouble", ("within",)),
        "holder": Gives(TEXT, "share"),
        "holder_bp": Gives(BP, "share"),
        "holders": Gives(COUNT, "share", ("above",)),
        "controller": Gives(TEXT, "share"),
        "is_controlled": Gives(BOOL, "share"),
    }
)


@dataclass(frozen=True, slots=True)
class NetworkField:
    """One field of an enterprise that a network gives; `gives` is a key of GIVES.

    `of` is what a sum adds up over the members, `above` the basis points from which on a holder counts, `within` the
    steps within which a firm in trouble is near.
    """

    name: str
    title: Text
    gives: str
    type: Type
    place: Place
    of: Node | None = None
    above: Node | None = None
    within: int | None = None
    unit: str | None = None
    better: str | None = None
    meaning: Text | None = None


@dataclass(frozen=True, slots=True)
class Network:
    """Ties between firms, and between firms and others: an edge for each row of `over` that `where` takes.

    `begin` and `end` are the ids at both ends (who holds or guarantees, and whom), `share` basis points, `amount` fen;
    `kind` and `called` say what the beginning is and what it is called. `ultimate`: kinds at which a chain of holders
    ends; none: it ends at whoever has no holder. `slack_bp`: how far shares may miss the whole through rounding.
    `trouble` is a condition on an enterprise.
    """

    name: str
    title: Text
    over: str
    begin: Node
    end: Node
    place: Place
    fields: Mapping[str, NetworkField]
    share: Node | None = None
    amount: Node | None = None
    where: Node | None = None
    kind: Node | None = None
    called: Node | None = None
    ultimate: tuple[str, ...] = ()
    slack_bp: int = 0
    trouble: Node | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def columns(self) -> dict[str, Node]:
        """What a row of the register says of its edge, by name."""
        said = {"begin": self.begin, "end": self.end, "share": self.share, "amount": self.amount}
        said |= {"kind": self.kind, "called": self.called, "where": self.where}
        return {name: node for name, node in said.items() if node is not None}

    def nodes(self) -> Iterator[Node]:
        """Every expression of the network."""
        yield from self.columns.values()
        yield from self.of_firms().values()
        yield from (given.above for given in self.fields.values() if given.above is not None)

    def of_firms(self) -> dict[str, Node]:
        """What is asked of enterprises before the network is looked at: `trouble`, and what each sum adds up."""
        said = {given.name: given.of for given in self.fields.values() if given.of is not None}
        return said | ({} if self.trouble is None else {"#trouble": self.trouble})
