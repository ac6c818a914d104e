"""Firms and persons behind loans of firms: persons in charge, other firms, and circles that stand for one another."""

import numpy as np
import polars as pl

from kerong.lab.registers.credit import Loans, draw_loans
from kerong.lab.streams import stream
from kerong.lab.ties import draw_ties
from kerong.lab.window import Whole
from kerong.lab.world import World, table

_BY_PERSON = 0.3  # of the loans with a guarantor by trade


def surety(world: World, _rng: np.random.Generator) -> pl.DataFrame:
    """Rows by loan and guarantor: the bonds among firms, then persons in charge."""
    return pl.concat([_by_bonds(world).drop("circle"), _by_persons(world)]).unique(
        ["loan_id", "guarantor"], keep="first", maintain_order=True
    )


def circles(world: World) -> pl.DataFrame:
    """The truth: kind (guarantee_circle), number and firms of each circle whose every member has such a loan."""
    bonds = world.bonds
    shown = np.isin(bonds.debtor, _by_bonds(world)["firm"].to_numpy())
    rows = table({"structure": bonds.circle, "firm": bonds.debtor, "shown": shown}).filter(pl.col("structure") >= 0)
    rows = rows.filter(pl.col("shown").all().over("structure"))
    return rows.select(pl.lit("guarantee_circle").alias("kind"), "structure", "firm").sort("structure", "firm")


def _by_bonds(world: World) -> pl.DataFrame:
    """Every loan with a guarantor that a bound firm drew while the other firm was there and paid its own debts."""
    loans, bonds, firms = draw_loans(world), world.bonds, world.firms
    behind = np.full(len(firms), -1)
    behind[bonds.debtor] = np.arange(len(bonds.debtor))
    row = np.flatnonzero((loans.security == "guaranteed") & (behind[loans.firm] >= 0))
    bond = behind[loans.firm[row]]
    other, drawn = bonds.guarantor[bond], loans.drawn[row]
    fits = (firms.established[other] < drawn) & ~(firms.closed[other] <= drawn) & ~(firms.defaulted[other] <= drawn)
    rows = _rows(loans, row[fits], firms.code[other[fits]], "enterprise")
    return rows.with_columns(circle=pl.Series(bonds.circle[bond[fits]]))


def _by_persons(world: World) -> pl.DataFrame:
    """Loans with a guarantor by trade are often backed by the person in charge as well."""
    rng, loans, ties = stream(world.seed, "sureties"), draw_loans(world), draw_ties(world)
    row = np.flatnonzero((loans.security == "guaranteed") & (rng.random(len(loans.firm)) < _BY_PERSON))
    return _rows(loans, row, ties.person[ties.founder[loans.firm[row]]], "person")


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
