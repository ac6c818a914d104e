"""What a system costs and what it draws: by instrument, level, payee and mechanism; leverage within its basis."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

import polars as pl

from kerong.engine.monitor.words import both
from kerong.lab.systems.city import City
from kerong.lab.systems.side import Side, drawn, in_city
from kerong.rulebook.content import BASES, MECHANISMS, PAYEE_KINDS, POLICY_KINDS, PRODUCT_KINDS, Rule, Rulebook
from kerong.rulebook.outcomes import MET

Line = dict[str, Any]
PUBLIC_INVESTORS = ("fund", "fund_manager", "government")


def paid(side: Side, rules: Sequence[Rule]) -> dict[str, int]:
    """What each rule awards in all, in the city's fen."""
    sums = side.verdicts.group_by("rule").agg(pl.col("awarded_fen").cast(pl.Int128).sum())
    own = {rule: int(fen or 0) for rule, fen in sums.iter_rows()}
    return {rule.name: in_city(own.get(rule.name, 0), side.rate) for rule in rules}


def is_placed(rule: Rule, book: Rulebook) -> bool:
    """Whether a product's money is public: a stake that a fund or an office takes for a level of government.

    A level on a loan, guarantee, insurance, lease or bond says who arranges or backs it; the money itself is a bank's,
    an insurer's or an investor's.
    """
    kinds = {institution.code: institution.kind for institution in book.region.institutions}
    return rule.kind == "equity" and rule.level is not None and kinds.get(rule.provider or "") in PUBLIC_INVESTORS


def instruments(rules: Sequence[Rule], fen: Mapping[str, int], side: Side) -> list[Line]:
    """Per kind of rule what is awarded: public money of policies; of products what is offered at most."""
    lines = []
    for kind in (*POLICY_KINDS, *PRODUCT_KINDS):
        names = [rule.name for rule in rules if rule.kind == kind]
        if names:
            sums = {"firms": _met(side, names), "awarded_fen": sum(fen[name] for name in names)}
            lines.append({"kind": kind, "rules": len(names), **sums, "is_public": kind in POLICY_KINDS})
    return lines


def public(rules: Sequence[Rule], fen: Mapping[str, int], side: Side) -> Line:
    """Public money: `spent` is gone (policies), `placed` may come back (`is_placed`; at most so much is offered).

    `firms` are those on whose claims money is spent, whoever is paid, `placed_firms` those on which it may be placed.
    """
    spent = {rule.name: rule for rule in rules if rule.is_policy}
    placed = {rule.name: rule for rule in rules if is_placed(rule, side.rulebook)}
    titles = {level.code: both(level.title) for level in side.rulebook.region.levels}
    of = {**spent, **placed}
    levels = [code for code in (*titles, None) if any(rule.level == code for rule in of.values())]
    payee = {name: rule.amount.to for name, rule in spent.items() if rule.amount is not None}
    return {
        "firms": _claimants(side, spent),
        "placed_firms": _claimants(side, placed),
        "spent_fen": sum(fen[name] for name in spent),
        "placed_fen": sum(fen[name] for name in placed),
        "by_payee": {to: sum(fen[name] for name, kind in payee.items() if kind == to) for to in PAYEE_KINDS},
        "by_level": [
            {
                "level": code,
                "title": titles.get(code) if code else None,
                "spent_fen": sum(fen[name] for name, rule in spent.items() if rule.level == code),
                "placed_fen": sum(fen[name] for name, rule in placed.items() if rule.level == code),
            }
            for code in levels
        ],
    }


def leverage(rules: Sequence[Rule], fen: Mapping[str, int], side: Side, city: City) -> list[Line]:
    """The money of others for each yuan of public money, apart by what the money of others is counted by."""
    lines = []
    for basis in BASES:
        of = [rule.name for rule in rules if rule.leverage is not None and rule.leverage.basis == basis]
        if of:
            money = sum(fen[name] for name in of)
            others = drawn(side, of, city)
            ratio = float(Fraction(others, money)) if money else None
            lines.append({"basis": basis, "rules": of, "drawn_fen": others, "public_fen": money, "ratio": ratio})
    return lines


def ranked(systems: Sequence[Line], basis: str) -> list[Line]:
    """The systems that have a ratio on this basis, the largest first. Those of other bases are not among them."""
    found = [
        {"system": system["name"], **{key: line[key] for key in ("ratio", "drawn_fen", "public_fen")}}
        for system in systems
        for line in system["leverage"]
        if line["basis"] == basis and line["ratio"] is not None
    ]
    return sorted(found, key=lambda line: (-line["ratio"], line["system"]))


def mechanisms(rules: Sequence[Rule], fen: Mapping[str, int], side: Side) -> list[Line]:
    """What a system leans on: rules, arrangements, firms and money by mechanism; rules that name none come last.

    `spent_fen` is of policies, `offered_fen` of products.
    """
    arranged = side.rulebook.published.arrangements.values()
    lines = []
    for mechanism in (*MECHANISMS, None):
        of = [rule for rule in rules if rule.mechanism == mechanism]
        others = sum(arrangement.mechanism == mechanism for arrangement in arranged)
        if of or others:
            lines.append(
                {
                    "mechanism": mechanism,
                    "rules": len(of),
                    "arrangements": others,
                    "firms": _met(side, [rule.name for rule in of]),
                    "spent_fen": sum(fen[rule.name] for rule in of if rule.is_policy),
                    "offered_fen": sum(fen[rule.name] for rule in of if rule.is_product),
                }
            )
    return lines


def _claimants(side: Side, names: Collection[str]) -> int:
    claims = side.verdicts.filter(pl.col("rule").is_in(list(names)) & (pl.col("awarded_fen") > 0))
    return claims["enterprise_id"].n_unique()


def _met(side: Side, names: Collection[str]) -> int:
    met = side.verdicts.filter(pl.col("rule").is_in(list(names)) & (pl.col("outcome") == MET))
    return met["enterprise_id"].n_unique()
