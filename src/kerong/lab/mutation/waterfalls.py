"""Every small change of a waterfall: a layer, bound, share, cap or number moved or dropped, money sent elsewhere.

Left out is what no case can tell: a bound lifted where the layer takes the whole amount, who takes a rest that is never
left, and whether what lies above a cap goes to the taker of the rest or to the rest itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import permutations
from types import MappingProxyType

from kerong.lab.mutation.expressions import changes
from kerong.lab.mutation.moved import becomes
from kerong.lab.mutation.mutants import changed_values
from kerong.rulebook.content import Place, Text
from kerong.rulebook.parse import built
from kerong.rulebook.tree import Node
from kerong.rulebook.types import BP
from kerong.rulebook.waterfalls import Layer, Waterfall

ONE_BP = Node("literal", BP, value=1)


@dataclass(frozen=True, slots=True)
class WaterfallMutant:
    """A waterfall with one change; `part` names what was changed: "layer_1.caps.pool", "parameter.share_bp"."""

    waterfall: Waterfall
    part: str
    said: Text
    place: Place


def waterfall_mutants(waterfall: Waterfall) -> Iterator[WaterfallMutant]:
    """All of them: the amount, the layers, who takes the rest, the parameters of its file."""
    for node, said in changes(waterfall.amount):
        told = Text(f"金额:{said.zh}", f"amount: {said.en}")
        yield WaterfallMutant(replace(waterfall, amount=node), "amount", told, waterfall.place)
    for at, layer in enumerate(waterfall.layers):
        yield from _layer(waterfall, at, layer)
    if waterfall.leaves_a_rest:
        for party in waterfall.parties:
            if party != waterfall.rest:
                told = becomes("rest", waterfall.rest, party)
                yield WaterfallMutant(replace(waterfall, rest=party), "rest", told, waterfall.place)
    days = [case.on for case in waterfall.cases]
    for name, parameter in waterfall.parameters.items():
        for changed, said in changed_values(parameter, days):
            told = Text(f"参数 {name}:{said.zh}", f"parameter {name}: {said.en}")
            parameters = MappingProxyType({**waterfall.parameters, name: changed})
            changed_one = replace(waterfall, parameters=parameters)
            yield WaterfallMutant(changed_one, f"parameter.{name}", told, waterfall.place)


def _layer(waterfall: Waterfall, at: int, layer: Layer) -> Iterator[WaterfallMutant]:
    before, after = waterfall.layers[:at], waterfall.layers[at + 1 :]
    part = f"layer_{at + 1}"
    dropped = Text(f"第{at + 1}层取消", f"layer {at + 1} is dropped")
    yield WaterfallMutant(replace(waterfall, layers=(*before, *after)), part, dropped, layer.place)
    for other, name, said in _changed(waterfall, at, layer):
        told = Text(f"第{at + 1}层:{said.zh}", f"layer {at + 1}: {said.en}")
        changed = replace(waterfall, layers=(*before, other, *after))
        yield WaterfallMutant(changed, f"{part}.{name}", told, layer.place)


def _changed(waterfall: Waterfall, at: int, layer: Layer) -> Iterator[tuple[Layer, str, Text]]:
    """A layer with one change, the part that was changed, and what was changed in words."""
    if layer.fen is not None:
        if layer.fen != waterfall.amount:
            yield replace(layer, fen=None), "fen", Text("没有上界", "it has no bound")
        for node, said in changes(layer.fen):
            yield replace(layer, fen=node), "fen", said
    for more, less in permutations(layer.shares, 2):
        shares = {
            **layer.shares,
            more: built("add", [layer.shares[more], ONE_BP]),
            less: built("subtract", [layer.shares[less], ONE_BP]),
        }
        said = Text(f"{more} 多一个基点，{less} 少一个", f"a basis point goes from {less} to {more}")
        yield replace(layer, shares=MappingProxyType(shares)), "shares", said
    for party, cap in layer.caps.items():
        yield _with_caps(layer, _without(layer.caps, party)), f"caps.{party}", Text("没有上限", f"no cap of {party}")
        for node, said in changes(cap):
            yield _with_caps(layer, {**layer.caps, party: node}), f"caps.{party}", said
    yield from _elsewhere(waterfall, at, layer)


def _elsewhere(waterfall: Waterfall, at: int, layer: Layer) -> Iterator[tuple[Layer, str, Text]]:
    """What lies above a cap goes to somebody else, or is left."""
    if not layer.caps:
        return
    same = (None, waterfall.rest) if at + 1 == len(waterfall.layers) else ()  # below the last layer is the rest
    for other in (None, *(party for party in waterfall.parties if party not in layer.caps)):
        if other != layer.over and not (other in same and layer.over in same):
            yield replace(layer, over=other), "over", becomes("over", layer.over or "-", other or "-")


def _without(caps: Mapping[str, Node], party: str) -> Mapping[str, Node]:
    return {name: cap for name, cap in caps.items() if name != party}


def _with_caps(layer: Layer, caps: Mapping[str, Node]) -> Layer:
    return replace(layer, caps=MappingProxyType(dict(caps)))
