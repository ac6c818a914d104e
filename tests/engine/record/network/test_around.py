"""The picture around a firm: the nearest first, bounded, with what is known of each."""

import polars as pl

from kerong.engine.record.network import Around, around, network_edges
from tests.engine.record.network.packs import ON, book, firms, holdings


def pictured(rows: pl.DataFrame, firm: str, most: int = 60, bad: dict[str, bool | None] | None = None) -> Around:
    rulebook = book()
    edges = network_edges(rulebook, {"hold": rows}, ON)["ownership"]
    return around(rulebook.networks["ownership"], edges, firms("ABCDE", bad), firm, ON, most)


def test_nodes_come_by_steps_with_their_kind_and_trouble() -> None:
    rows = holdings(("p", "A", 6000), ("A", "B", 7000), ("B", "C", 1), kinds={"p": "person"})
    seen = pictured(rows, "A", bad={"B": True, "C": None})
    nodes = [(node.id, node.kind, node.steps, node.in_trouble) for node in seen.nodes]
    assert nodes == [
        ("A", "enterprise", 0, False),
        ("B", "enterprise", 1, True),
        ("p", "person", 1, None),
        ("C", "enterprise", 2, None),
    ]


def test_at_most_so_many_nodes_are_shown_and_the_rest_is_counted() -> None:
    seen = pictured(holdings(("A", "B", 1), ("A", "C", 1), ("A", "D", 1), ("D", "E", 1)), "A", most=3)
    assert [node.id for node in seen.nodes] == ["A", "B", "C"]
    assert seen.left_out == 1
    assert {edge.end for edge in seen.edges} == {"B", "C"}


def test_rows_between_two_are_one_edge_and_an_unknown_share_is_none() -> None:
    rows = pl.concat([holdings(("A", "B", 10), ("A", "C", None), amount=5), holdings(("A", "B", 20), amount=7)])
    edges = pictured(rows, "B").edges
    assert [(edge.end, edge.share_bp, edge.amount_fen) for edge in edges] == [("B", 30, 12), ("C", None, 5)]


def test_a_firm_that_no_edge_names_stands_alone() -> None:
    seen = pictured(holdings(("A", "B", 1)), "E")
    assert [node.id for node in seen.nodes] == ["E"]
    assert seen.edges == ()
