"""Firms and persons behind loans of firms: persons in charge, and circles in which firms stand for one another."""

import numpy as np
import polars as pl

from kerong.lab.registers.credit import Loans, draw_loans
from kerong.lab.streams import stream
from kerong.lab.ties import draw_ties
from kerong.lab.window import Whole
from kerong.lab.world import World, table

CIRCLES = 0.05  # per loan that a guarantor stands behind and that is still open
_BACKED, _BY_PERSON = 0.5, 0.6  # of those loans, and of these by the person in charge


def surety(world: World, _rng: np.random.Generator) -> pl.DataFrame:
    """Rows by loan and guarantor: the circles, and what stands behind other loans."""
    return pl.concat([_circles(world).drop("structure"), _others(world)]).unique(
        ["loan_id", "guarantor"], keep="first", maintain_order=True
    )


def circles(world: World) -> pl.DataFrame:
    """The truth: kind (guarantee_circle), number and firms of each circle."""
    rows = _circles(world)
    return rows.select(pl.lit("guarantee_circle").alias("kind"), "structure", "firm").unique().sort("structure", "firm")


def _circles(world: World) -> pl.DataFrame:
    """Rings of three to five borrowers, from stream "circles": each stands for the next one's open loan."""
    rng, loans, today = stream(world.seed, "circles"), draw_loans(world), world.window.day
    is_open = (loans.security == "guaranteed") & (loans.due > today) & (loans.drawn <= today)
    row = np.flatnonzero(is_open)
    _, first = np.unique(loans.firm[row], return_index=True)
    row = rng.permutation(row[np.sort(first)])
    parts, taken = [], 0
    for number in range(int(np.ceil(CIRCLES * len(row)))):
        size = int(rng.integers(3, 6))
        ring = row[taken : taken + size]
        taken += size
        if len(ring) == size:
            behind = np.roll(loans.firm[ring], 1)
            rows = _rows(loans, ring, world.firms.code[behind], "enterprise")
            parts.append(rows.with_columns(structure=pl.lit(number, pl.Int64)))
    none = _rows(loans, row[:0], np.array([], dtype="U18"), "enterprise")
    return pl.concat([none.with_columns(structure=pl.lit(0, pl.Int64)), *parts])


def _others(world: World) -> pl.DataFrame:
    """Loans with a guarantor by trade are often backed by the person in charge as well, some by another firm."""
    rng, loans, ties = stream(world.seed, "sureties"), draw_loans(world), draw_ties(world)
    row = np.flatnonzero((loans.security == "guaranteed") & (rng.random(len(loans.firm)) < _BACKED))
    personal = rng.random(len(row)) < _BY_PERSON
    persons = _rows(loans, row[personal], ties.person[ties.founder[loans.firm[row[personal]]]], "person")
    rest = row[~personal]
    other = rng.integers(0, len(world.firms), len(rest))
    # an older firm stands for a younger one only, so that no ring arises by chance
    older = world.firms.established[other] < world.firms.established[loans.firm[rest]]
    return pl.concat([persons, _rows(loans, rest[older], world.firms.code[other[older]], "enterprise")])


def _rows(loans: Loans, row: Whole, guarantor: np.ndarray, kind: str) -> pl.DataFrame:
    return table(
        {
            "firm": loans.firm[row].astype(np.int64),
            "loan_id": loans.loan_id.gather(row),
            "guarantor": guarantor,
            "guarantor_kind": np.full(len(row), kind),
            "amount_fen": loans.amount_fen[row],
            "from_on": loans.drawn[row],
            "until_on": loans.due[row],
            "joint": np.full(len(row), kind == "enterprise"),
        }
    )
