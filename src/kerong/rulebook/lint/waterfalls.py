"""Layers of a waterfall that take nothing, and parties that can never get anything."""

from collections.abc import Iterator, Mapping
from datetime import date

from kerong.rulebook.content import Parameter, Rulebook
from kerong.rulebook.lint.finding import Finding
from kerong.rulebook.plain import evaluate
from kerong.rulebook.tree import Node, parameters_of
from kerong.rulebook.waterfalls import Layer, Waterfall


def parts_never_taken(rulebook: Rulebook) -> Iterator[Finding]:
    """Findings "waterfall": a layer whose bound is nothing on every day, a party that nothing can come to."""
    for waterfall in rulebook.waterfalls.values():
        numbers = waterfall.numbers
        for number, layer in enumerate(waterfall.layers, 1):
            if layer.fen is not None and _is_nothing(layer.fen, numbers):
                zh, en = f"第{number}层永远取不到任何金额", f"layer {number} never takes anything"
                yield Finding("waterfall", waterfall.name, layer.place, zh, en)
        for party in waterfall.parties:
            if not _gets(party, waterfall, numbers):
                zh, en = f"{party} 永远分不到任何金额", f"{party} can never get anything"
                yield Finding("waterfall", waterfall.name, waterfall.place, zh, en)


def _gets(party: str, waterfall: Waterfall, numbers: Mapping[str, Parameter]) -> bool:
    if party == waterfall.rest and waterfall.leaves_a_rest:
        return True
    return any(_takes(party, layer, numbers) for layer in waterfall.layers)


def _takes(party: str, layer: Layer, numbers: Mapping[str, Parameter]) -> bool:
    if layer.fen is not None and _is_nothing(layer.fen, numbers):
        return False
    if party == layer.over:
        return True
    if party not in layer.shares or _is_nothing(layer.shares[party], numbers):
        return False
    return party not in layer.caps or not _is_nothing(layer.caps[party], numbers)


def _is_nothing(node: Node, numbers: Mapping[str, Parameter]) -> bool:
    """Is it 0 on every day on which it has a value?"""
    used = [numbers[name] for name in sorted(parameters_of(node))]
    days = sorted({start for number in used for start, _, _ in number.values}) or [date.min]
    found = [evaluate(node, {}, day, {number.name: number.at(day) for number in used}) for day in days]
    known = [value for value in found if value is not None]
    return bool(known) and all(value == 0 and not isinstance(value, bool) for value in known)
