"""The fields that one network gives enterprises: rows to edges to a graph, and one column per field."""

from datetime import date

import numpy as np
import polars as pl

from kerong.engine.problems import joined, problems
from kerong.engine.record.network.edges import edges_of, places_of
from kerong.engine.record.network.found import told
from kerong.engine.record.network.looked import Looked, Subject
from kerong.engine.record.network.parts import Firms
from kerong.engine.record.network.values import value_of
from kerong.rulebook.compiled import evaluate
from kerong.rulebook.content import Register
from kerong.rulebook.forms import dtype_of
from kerong.rulebook.networks import Network
from kerong.rulebook.rows import with_errors
from kerong.rulebook.tree import error_of, fields_of

TROUBLE = "#trouble"


def networked(
    network: Network, enterprises: pl.DataFrame, rows: pl.DataFrame | None, register: Register, on: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(enterprises with one column per field of the network, problems). `rows`: the register's; None: no file.

    A field is unknown where the register does not speak of the firm, where a row that may count would change it, and
    where a share or an amount that it needs is unknown. A sum that is too large has the column that tells so beside it.
    """
    if rows is None or (register.covers_from is not None and on < register.covers_from):
        nothing = [pl.lit(None, dtype_of(given.type)).alias(name) for name, given in network.fields.items()]
        return enterprises.with_columns(nothing), problems()
    edges, failed = edges_of(network, rows, on)
    subject = Subject(network, edges, _own(rows, enterprises), register.absence == "none")
    looked = Looked(subject, _firms(network, enterprises, subject, on))
    columns: list[pl.Series] = []
    wrong: list[dict[str, object]] = []
    for name, given in network.fields.items():
        values, too_large = value_of(given, looked, on)
        columns.append(values.cast(dtype_of(given.type)).alias(name))
        if len(too_large):
            flags = np.zeros(enterprises.height, np.bool_)
            flags[too_large.to_numpy()] = True
            columns.append(pl.Series(error_of(name), flags))
            known = {"stage": "record", "kind": "measure_error", "severity": "noted", "register": network.over}
            firms = enterprises["enterprise_id"].gather(too_large)
            wrong += [{**known, "column": name, "enterprise_id": firm} for firm in firms]
    return enterprises.with_columns(columns), joined([problems(wrong), told(looked, failed)])


def _own(rows: pl.DataFrame, enterprises: pl.DataFrame) -> pl.Series:
    """Whether the register has a row that is about the firm."""
    if "enterprise_id" not in rows.columns:
        return pl.repeat(False, enterprises.height, dtype=pl.Boolean, eager=True)
    return enterprises["enterprise_id"].is_in(rows["enterprise_id"].unique().implode())


def _firms(network: Network, enterprises: pl.DataFrame, subject: Subject, on: date) -> Firms:
    """What the network asks of the enterprises, and where they stand in it."""
    wanted = network.of_firms()
    read = {column for node in wanted.values() for _, column in fields_of(node)} - {"enterprise_id"}
    frame = enterprises.select("enterprise_id", *with_errors(read, enterprises))
    found = evaluate(frame, wanted, on, network.parameters).frame if wanted else pl.DataFrame()
    nodes = places_of(enterprises["enterprise_id"], subject.nodes).fill_null(-1).to_numpy()
    covered = np.full(enterprises.height, subject.is_complete) | subject.own.to_numpy() | (nodes >= 0)
    return Firms(
        ids=enterprises["enterprise_id"],
        nodes=nodes,
        covered=covered,
        trouble=found[TROUBLE] if TROUBLE in wanted else None,
        sums={name: found[name] for name in wanted if name != TROUBLE},
    )
