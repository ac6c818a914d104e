"""What is wrong with a network: ties of a firm to itself, unknown ends, shares beyond the whole, closed loops."""

import numpy as np
import polars as pl

from kerong.engine.problems import problems
from kerong.engine.record.network.looked import Looked

SHOWN = 6  # firms of a loop that a problem names
KNOWN = {"stage": "record", "severity": "noted"}


def told(looked: Looked, failed: int) -> pl.DataFrame:
    """Problems of one network; `failed` rows could not be worked out."""
    known = {**KNOWN, "register": looked.network.over, "column": looked.network.name}
    edges = looked.subject.edges
    counts = {
        "network_row_error": failed,
        "network_end_unknown": edges.filter(pl.col("begin").is_null() | pl.col("end").is_null()).height,
        "network_self_tie": edges.filter(pl.col("begin") == pl.col("end")).height,
    }
    found: list[dict[str, object]] = [
        {**known, "kind": kind, "value": str(count)} for kind, count in counts.items() if count
    ]
    if looked.network.share is not None:
        found += [{**known, **item} for item in _of_shares(looked)]
    return problems(found)


def _of_shares(looked: Looked) -> list[dict[str, object]]:
    nodes, holdings = looked.subject.nodes, looked.holdings
    _, tangled = holdings.accounted
    beyond = np.flatnonzero(holdings.excess)
    said = np.bincount(looked.sure.end, looked.sure.share, minlength=len(nodes))
    found: list[dict[str, object]] = [
        {"kind": "network_shares_beyond_whole", "enterprise_id": nodes[int(node)], "value": str(int(said[node]))}
        for node in beyond
    ]
    for kind, flags in (("network_loop_closed", holdings.closed), ("network_loop_too_large", tangled)):
        members = np.flatnonzero(flags)
        loops = pl.DataFrame({"loop": holdings.loops[2][members], "id": nodes.gather(members)})
        listed = (
            loops.group_by("loop").agg(pl.col("id").sort(), pl.len().alias("count")).sort(pl.col("id").list.first())
        )
        for row in listed.iter_rows(named=True):
            more = "、…" if row["count"] > SHOWN else ""
            value = f"{row['count']}: {'、'.join(row['id'][:SHOWN])}{more}"
            found.append({"kind": kind, "enterprise_id": row["id"][0], "value": value[:80]})
    return found
