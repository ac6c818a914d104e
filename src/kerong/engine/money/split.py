"""A waterfall over one amount, in Python's whole numbers: it explains, proves cases and checks the columnar form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from kerong.rulebook import plain
from kerong.rulebook.plain import Fault
from kerong.rulebook.tree import Node, Value
from kerong.rulebook.waterfalls import WHOLE_BP, Layer, Waterfall


@dataclass(frozen=True, slots=True)
class Cut:
    """What a cap took from a party in a layer (from 1), in fen; it went to `over`, or was left (None)."""

    layer: int
    party: str
    fen: int
    over: str | None


@dataclass(frozen=True, slots=True)
class Split:
    """An amount parted, in fen: what each party takes in each layer, the rest, and which cap cut what."""

    amount: int
    parties: tuple[str, ...]
    layers: tuple[Mapping[str, int], ...]
    rest: int
    rest_to: str
    cuts: tuple[Cut, ...]

    @property
    def parts(self) -> dict[str, int]:
        """What each party takes in all; it sums to the amount."""
        found = {party: sum(layer[party] for layer in self.layers) for party in self.parties}
        found[self.rest_to] += self.rest
        return found


def expressions(waterfall: Waterfall) -> dict[str, Node]:
    """Every expression by a name that says where it stands: `amount`, `1.fen`, `1.share.pool`, `1.cap.pool`."""
    found = {"amount": waterfall.amount}
    for number, layer in enumerate(waterfall.layers, 1):
        if layer.fen is not None:
            found[f"{number}.fen"] = layer.fen
        found |= {f"{number}.share.{party}": node for party, node in layer.shares.items()}
        found |= {f"{number}.cap.{party}": node for party, node in layer.caps.items()}
    return found


def split(waterfall: Waterfall, inputs: Mapping[str, Value | None], on: date) -> Split | Fault | None:
    """Part the amount by the numbers in force on `on`.

    None: an input that is needed is not known. Fault: an amount, bound, share or cap is negative or cannot be worked
    out, or shares do not sum to 10,000; an error goes before the unknown.
    """
    facts = {("", name): value for name, value in inputs.items()}
    in_force = {name: number.at(on) for name, number in waterfall.numbers.items()}
    nodes = expressions(waterfall)
    exact = {name: plain.evaluate(node, facts, on, in_force) for name, node in nodes.items()}
    for fault in _faults(waterfall, exact):
        return fault
    values = {
        name: plain.rounded(value, nodes[name].type.divisor, "down")
        for name, value in exact.items()
        if isinstance(value, int)
    }
    return _parted(waterfall, values) if len(values) == len(exact) else None


def _faults(waterfall: Waterfall, values: Mapping[str, plain.Result]) -> Iterator[Fault]:
    """What is wrong with the values, in their order; the unknown is not."""
    for name, value in values.items():
        if isinstance(value, Fault):
            yield Fault(f"{name}: {value.reason}")
        elif isinstance(value, int) and value < 0:
            yield Fault(f"{name}: {value} is negative")
    for number, layer in enumerate(waterfall.layers, 1):
        shares = [values[f"{number}.share.{party}"] for party in layer.shares]
        known = [share for share in shares if isinstance(share, int)]
        if len(known) == len(shares) and sum(known) != WHOLE_BP:
            yield Fault(f"{number}.share: shares sum to {sum(known)}, not to {WHOLE_BP}")


def _parted(waterfall: Waterfall, values: Mapping[str, int]) -> Split:
    left = values["amount"]
    layers: list[Mapping[str, int]] = []
    cuts: list[Cut] = []
    for number, layer in enumerate(waterfall.layers, 1):
        take = min(left, values.get(f"{number}.fen", left))
        shares = {party: values.get(f"{number}.share.{party}", 0) for party in waterfall.parties}
        parts = largest_remainder(take, shares)
        for cut in _cuts(number, layer, parts, values):
            cuts.append(cut)
            parts[cut.party] -= cut.fen
            if cut.over is not None:
                parts[cut.over] += cut.fen
        layers.append(parts)
        left -= sum(parts.values())
    return Split(values["amount"], tuple(waterfall.parties), tuple(layers), left, waterfall.rest, tuple(cuts))


def _cuts(number: int, layer: Layer, parts: Mapping[str, int], values: Mapping[str, int]) -> list[Cut]:
    above = {party: parts[party] - values[f"{number}.cap.{party}"] for party in layer.caps}
    return [Cut(number, party, fen, layer.over) for party, fen in above.items() if fen > 0]


def largest_remainder(fen: int, shares: Mapping[str, int], whole: int = WHOLE_BP) -> dict[str, int]:
    """`fen` by shares that sum to `whole` > 0: whole parts, then a fen to each of the largest remainders.

    Ties go by the order of `shares`. The parts sum to `fen`.
    """
    parts = {party: fen * share // whole for party, share in shares.items()}
    odd = fen - sum(parts.values())
    for party in sorted(shares, key=lambda party: -(fen * shares[party] % whole))[:odd]:
        parts[party] += 1
    return parts
