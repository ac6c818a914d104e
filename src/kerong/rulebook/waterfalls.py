"""Waterfalls: who bears or receives which part of a loss, a recovery or a distribution (waterfalls/<name>.toml)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from kerong.rulebook.said import Parameter, Place, Source, Text
from kerong.rulebook.tree import Node
from kerong.rulebook.types import Type


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of a waterfall: of what is left it takes up to `fen`, and parts it among parties.

    `fen` None: all that is left. `shares` are basis points by party and sum to 10,000. `caps` are what a party bears or
    receives at most in this layer; what lies above goes to the party `over`, or stays for the layers below.
    """

    title: Text
    fen: Node | None
    shares: Mapping[str, Node]
    caps: Mapping[str, Node]
    over: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class WaterfallCase:
    """A worked example: the inputs, and what each party bears or receives in fen."""

    title: str
    on: date
    given: Mapping[str, object]
    expect: Mapping[str, int]
    place: Place
    by: str | None = None
    working: tuple[str, ...] = ()


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
    parameters: Mapping[str, Parameter]
    cases: tuple[WaterfallCase, ...]
    place: Place
    level: str | None = None
    mechanism: str | None = None
    rule: str | None = None  # the rule that says which rows come here; its parameters may be named
    accepted: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
