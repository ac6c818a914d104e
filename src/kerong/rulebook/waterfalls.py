"""Waterfalls: who bears or receives which part of a loss, a recovery or a distribution (waterfalls/<name>.toml)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from kerong.rulebook.said import Parameter, Place, Source, Text
from kerong.rulebook.tree import Node, Value
from kerong.rulebook.types import Type

WATERFALL_KINDS = ("loss", "recovery", "gain", "distribution", "stake")
WHOLE_BP = 10_000  # the shares of a layer sum to it


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of a waterfall: of what is left it takes up to `fen`, and parts it among parties.

    `fen` None: all that is left. `shares` are basis points by party and sum to 10,000. `caps` are what a party bears or
    receives at most in this layer; what lies above goes to the party `over`, or stays for the layers below. A bound or
    a cap that is a part of an amount (`share_bp`) is rounded down to whole fen.
    """

    title: Text
    fen: Node | None
    shares: Mapping[str, Node]
    caps: Mapping[str, Node]
    over: str | None
    place: Place

    def takes_all(self, amount: Node) -> bool:
        """Does it take whatever comes to it, so that nothing is left? `amount` is what the waterfall parts."""
        return self.fen in (None, amount) and (not self.caps or self.over is not None)


@dataclass(frozen=True, slots=True)
class WaterfallCase:
    """A worked example: the inputs by name (one that is not given is unknown), and what each party takes in fen.

    A party that `expect` does not name is expected to take nothing. `outcome` other than "parted": nothing is parted.
    """

    title: str
    on: date
    given: Mapping[str, Value]
    expect: Mapping[str, int]
    place: Place
    by: str | None = None
    working: tuple[str, ...] = ()
    outcome: Literal["parted", "unknown", "error"] = "parted"


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Who bears or receives which part of a loss, a recovery or a distribution, layer by layer.

    `amount` is what is parted, `inputs` the numbers that its expressions may name, with their types. `per` says in the
    field's words what one split is about (a loan, a guarantee, a fund). `rest` takes what no layer took.
    """

    name: str
    kind: Literal["loss", "recovery", "gain", "distribution", "stake"]
    title: Text
    source: Source
    text: str
    per: str
    inputs: Mapping[str, tuple[Type, Text]]
    amount: Node
    parties: Mapping[str, Text]
    layers: tuple[Layer, ...]
    rest: str
    parameters: Mapping[str, Parameter]  # of its own file
    cases: tuple[WaterfallCase, ...]
    place: Place
    level: str | None = None
    mechanism: str | None = None
    rule: str | None = None  # the rule that says which rows come here; its parameters may be named
    borrowed: Mapping[str, Parameter] = field(default_factory=lambda: MappingProxyType({}))  # those of `rule`
    accepted: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # findings of lint, and why

    @property
    def numbers(self) -> Mapping[str, Parameter]:
        """Every parameter that an expression may name, its own and those of its rule."""
        return {**self.borrowed, **self.parameters}

    @property
    def leaves_a_rest(self) -> bool:
        """Can anything be left to `rest`? Not where a layer takes whatever comes to it."""
        return not any(layer.takes_all(self.amount) for layer in self.layers)

    def nodes(self) -> Iterator[Node]:
        """Every expression: the amount, then bounds, shares and caps from the first layer on."""
        yield self.amount
        for layer in self.layers:
            if layer.fen is not None:
                yield layer.fen
            yield from layer.shares.values()
            yield from layer.caps.values()
