"""Waterfalls and amounts drawn at random, for the laws of splitting: every number is an input, each row has its own."""

from datetime import date
from types import MappingProxyType

from hypothesis import strategies as st

from kerong.rulebook.content import Place, Source, Text
from kerong.rulebook.tree import Node
from kerong.rulebook.types import BP, FEN, Type
from kerong.rulebook.waterfalls import Layer, Waterfall

ON = date(2025, 6, 30)
TITLE = Text("标题", "title")
PLACE = Place("waterfalls/x.toml", 1)
PARTIES = ("bank", "pool", "guarantor", "insurer")
MOST = 9_200_000_000_000_000_000
MOST_PARTED = 2_700_000_000_000_000  # of more, 3,333 basis points are too large to hold
Row = dict[str, int | None]


def number(name: str, kind: Type = FEN) -> Node:
    return Node("field", kind, value=("", name))


def part(name: str) -> Node:
    """A third of an input, exact before it is rounded."""
    third = Node("literal", BP, value=3_333)
    return Node("share_bp", Type("int", "fen", 10_000), (number(name), third))


@st.composite
def layers(draw: st.DrawFn, at: int, parties: tuple[str, ...]) -> Layer:
    sharing = [p for p in parties if draw(st.booleans())] or [draw(st.sampled_from(parties))]
    capped = [p for p in sharing if draw(st.booleans())]
    free = [p for p in parties if p not in capped]
    over = draw(st.sampled_from([None, *free])) if capped else None
    cap = draw(st.sampled_from([number, part]))
    return Layer(
        title=TITLE,
        fen=draw(st.sampled_from([None, number(f"fen_{at}"), part(f"fen_{at}")])),
        shares=MappingProxyType({p: number(f"share_{at}_{p}", BP) for p in sharing}),
        caps=MappingProxyType({p: cap(f"cap_{at}_{p}") for p in capped}),
        over=over,
        place=PLACE,
    )


def waterfall_of(parts: tuple[Layer, ...], parties: tuple[str, ...], rest: str) -> Waterfall:
    names: dict[str, Type] = {"amount_fen": FEN}
    for at, layer in enumerate(parts):
        names |= {f"fen_{at}": FEN} if layer.fen is not None else {}
        names |= {f"share_{at}_{p}": BP for p in layer.shares} | {f"cap_{at}_{p}": FEN for p in layer.caps}
    return Waterfall(
        name="x",
        kind="loss",
        title=TITLE,
        source=Source("d", "c", "published"),
        text="",
        per="loan",
        inputs=MappingProxyType({name: (kind, TITLE) for name, kind in names.items()}),
        amount=number("amount_fen"),
        parties=MappingProxyType(dict.fromkeys(parties, TITLE)),
        layers=parts,
        rest=rest,
        parameters=MappingProxyType({}),
        cases=(),
        place=PLACE,
    )


@st.composite
def waterfalls(draw: st.DrawFn, most_parties: int = 4) -> Waterfall:
    parties = tuple(draw(st.permutations(PARTIES))[: draw(st.integers(2, most_parties))])
    count = draw(st.integers(1, 4))
    parts = tuple(draw(layers(at, parties)) for at in range(count))
    return waterfall_of(parts, parties, draw(st.sampled_from(parties)))


FEN_VALUES = st.one_of(st.integers(0, 50), st.integers(0, 1_000_000), st.integers(0, MOST))


@st.composite
def whole_shares(draw: st.DrawFn, count: int) -> list[int]:
    """Basis points that sum to 10,000."""
    bounds = sorted(draw(st.lists(st.integers(0, 10_000), min_size=count - 1, max_size=count - 1)))
    return [high - low for low, high in zip([0, *bounds], [*bounds, 10_000], strict=True)]


@st.composite
def rows(draw: st.DrawFn, waterfall: Waterfall) -> Row:
    """Inputs with which the amount can be parted."""
    bounds = st.integers(0, 50) | st.integers(0, 1_000_000) | st.integers(0, MOST_PARTED)
    row: Row = {name: draw(bounds) for name, (kind, _) in waterfall.inputs.items() if kind == FEN}
    row["amount_fen"] = draw(FEN_VALUES)
    for at, layer in enumerate(waterfall.layers):
        shares = draw(whole_shares(len(layer.shares)))
        row |= {f"share_{at}_{p}": share for p, share in zip(layer.shares, shares, strict=True)}
    return row


@st.composite
def blemished(draw: st.DrawFn, waterfall: Waterfall) -> Row:
    """Inputs of which some may be unknown, negative or anything else that fits."""
    row = draw(rows(waterfall))
    for name in draw(st.lists(st.sampled_from(sorted(row)), max_size=2)):
        row[name] = draw(st.one_of(st.none(), st.integers(-MOST, MOST), st.sampled_from([0, 10_000, -1])))
    return row
