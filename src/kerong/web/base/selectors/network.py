"""The ties around one enterprise as a graph and as a table, for one reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kerong.engine.record.network import Around, around
from kerong.engine.record.network.around import FIRM, Edge, Node
from kerong.rulebook.content import Text
from kerong.rulebook.networks import Network
from kerong.web.base import figures
from kerong.web.base.selectors.carried import Carried
from kerong.web.base.selectors.objections import Disputed
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.rules import kind_of
from kerong.web.base.selectors.values import ValueLine
from kerong.web.base.words import WORDS, word

PERSON = "person"
SHAPES = {FIRM: "circle", PERSON: "triangle", "fund": "diamond", "state": "rect", "foreign": "roundRect"}


@dataclass(frozen=True, slots=True)
class End:
    """One end of a tie as it is shown; `id` only for a firm whose page the reader may open."""

    number: int
    title: str
    kind: str
    id: str
    in_trouble: bool | None
    steps: int


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie between two ends."""

    begin: End
    end: End
    share_bp: int | None
    amount_fen: int | None
    sure: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """One network around the firm: figures, ties, the data of the graph, how many there was no room for."""

    name: str
    title: Text
    facts: tuple[ValueLine, ...]
    ties: tuple[Tie, ...]
    ends: tuple[End, ...]
    left_out: int
    graph: Mapping[str, Any]


def pictures(
    published: Published, enterprise: Mapping[str, Any], held: Carried, marks: Disputed, own: bool, lang: str
) -> list[Picture]:
    """Every network that the run kept. For the firm itself (`own`) its direct ties alone, and nobody's troubles."""
    found = []
    firm = str(enterprise["enterprise_id"])
    for network in published.rulebook.networks.values():
        table = f"networks/{network.name}"
        if table not in published.tables:
            continue
        edges = published.table(table).collect()
        if own:
            edges = edges.filter((edges["begin"] == firm) | (edges["end"] == firm))
        seen = around(network, edges, published.enterprises, firm, published.on)
        found.append(_picture(published, network, seen, enterprise, held, marks, own, lang))
    return found


def _picture(
    published: Published,
    network: Network,
    seen: Around,
    enterprise: Mapping[str, Any],
    held: Carried,
    marks: Disputed,
    own: bool,
    lang: str,
) -> Picture:
    known = set(
        published.enterprises["enterprise_id"].filter(
            published.enterprises["enterprise_id"].is_in([node.id for node in seen.nodes])
        )
    )
    direct = {edge.begin for edge in seen.edges if edge.end == seen.firm}
    ends = {
        node.id: _end(number, node, node.id in known and not own, own, node.id in direct)
        for number, node in enumerate(seen.nodes)
    }
    ties = tuple(_tie(edge, ends) for edge in seen.edges)
    return Picture(
        name=network.name,
        title=network.title,
        facts=tuple(_facts(network, enterprise, held, marks, published.on)),
        ties=ties,
        ends=tuple(ends.values()),
        left_out=seen.left_out,
        graph=_graph(ends, ties, lang, published.rulebook.region.currency),
    )


def _facts(
    network: Network, enterprise: Mapping[str, Any], held: Carried, marks: Disputed, on: date
) -> list[ValueLine]:
    """The figures that the network gives of the firm, as far as the reader may see them, without names of groups."""
    shown = [item for item in network.fields.values() if item.name in enterprise and held.has(item.name)]
    return [
        ValueLine(
            item.name,
            item.title,
            kind_of(item.type),
            enterprise[item.name],
            item.unit,
            item.better,
            item.meaning,
            None,
            None,
            marks.of(item.name),
        )
        for item in shown
        if item.type.kind != "text"
    ]


def _end(number: int, node: Node, opens: bool, own: bool, direct: bool) -> End:
    """A firm by its name; a person tied to another firm alone has none for the firm that asks."""
    masked = own and node.kind != FIRM and not direct and node.steps
    kind = node.kind or PERSON
    title = masked_name(node.title) if masked or (kind == PERSON and node.title == node.id) else node.title
    return End(
        number, title, kind, node.id if opens else "", None if own and node.steps else node.in_trouble, node.steps
    )


def masked_name(name: str) -> str:
    """The first character and stars: 朱**; a pseudonym is no name and becomes stars alone."""
    return "***" if name[:1].isascii() else f"{name[:1]}**"


def _tie(edge: Edge, ends: Mapping[str, End]) -> Tie:
    return Tie(ends[edge.begin], ends[edge.end], edge.share_bp, edge.amount_fen, edge.sure)


def _graph(ends: Mapping[str, End], ties: tuple[Tie, ...], lang: str, currency: str) -> dict[str, Any]:
    """Nodes, links and categories for the chart; numbers instead of ids."""
    kinds = list(dict.fromkeys(end.kind for end in ends.values()))
    return {
        "kinds": [{"name": kind_title(kind, lang), "shape": SHAPES.get(kind, "pin"), "key": kind} for kind in kinds],
        "trouble": word("network.trouble", lang),
        "nodes": [
            {"name": end.title, "kind": kinds.index(end.kind), "trouble": bool(end.in_trouble), "first": end.steps == 0}
            for end in ends.values()
        ],
        "links": [
            {"from": tie.begin.number, "to": tie.end.number, "label": _label(tie, lang, currency), "sure": tie.sure}
            for tie in ties
        ],
    }


def _label(tie: Tie, lang: str, currency: str) -> str:
    share = figures.rate(tie.share_bp) if tie.share_bp is not None else ""
    amount = figures.money(tie.amount_fen, currency, lang) if tie.amount_fen is not None else ""
    return " · ".join(text for text in (share, amount) if text)


def kind_title(kind: str, lang: str) -> str:
    """What a node is; a kind that we have no words for as it is."""
    pair = WORDS.get(f"network.kind.{kind}")
    return kind.replace("_", " ") if pair is None else pair[0 if lang == "zh" else 1]
