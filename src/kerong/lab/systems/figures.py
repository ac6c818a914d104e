"""The figures of a comparison of systems, ready for JSON; keys: docs/algorithms/systems.md.

All money is in fen of the city's currency. Rules of the nation, which every system has, are left out: they tell the
systems not apart. A status that is recognised or a warning reaches nobody with money, and is left out too.
"""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

import polars as pl

from kerong.engine.monitor.words import both
from kerong.lab.systems.city import City
from kerong.lab.systems.side import Side, drawn, in_city
from kerong.rulebook.content import (
    ALERT_KINDS,
    BASES,
    MECHANISMS,
    PAYEE_KINDS,
    POLICY_KINDS,
    PRODUCT_KINDS,
    Rule,
    Rulebook,
)
from kerong.rulebook.outcomes import ERROR, FAILED, MET, UNKNOWN

Line = dict[str, Any]
VERSION = 1
SILENT = ("recognition", *ALERT_KINDS)  # kinds of rules that bring a firm nothing by themselves
GROUPS = {"stage": "stage", "size": "size_class", "district": "district", "industry": "industry_section"}
GAPS = 12  # clauses that are named of each system
REACH = ("certain", "possible", "nothing")


def rules_of(book: Rulebook, common: Collection[str]) -> list[Rule]:
    """The rules by which a system is told apart from another; `common` are those of the nation."""
    return [rule for rule in book.rules.values() if rule.kind not in SILENT and rule.name not in common]


def figures(city: City, sides: Sequence[Side], common: Collection[str]) -> Line:
    """Every system's reach, money, leverage, mechanisms and gaps on the same city."""
    firms = _groups(city)
    region = city.home.region
    systems = [_system(city, one, common, firms) for one in sides]
    return {
        "version": VERSION,
        "on": city.on.isoformat(),
        "city": {"name": region.name, "title": both(region.title), "firms": firms.height},
        "currency": region.currency,
        "groups": {name: _counted(firms, name, city) for name in GROUPS if name in firms.columns},
        "systems": systems,
        "ranked": {basis: found for basis in BASES if (found := _ranked(systems, basis))},
    }


def reached(side: Side, names: Collection[str], ids: pl.Series) -> pl.DataFrame:
    """`enterprise_id` and `reach` of every firm: certain where it meets one of the rules, possible where one is open.

    `names`: the rules that are asked; `ids`: the firms, in whose order the answer stands.
    """
    told = side.verdicts.filter(pl.col("rule").is_in(list(names)) & pl.col("outcome").is_in([MET, UNKNOWN]))
    best = told.group_by("enterprise_id").agg((pl.col("outcome") == MET).any().alias("met"))
    reach = pl.when(pl.col("met")).then(pl.lit("certain")).when(~pl.col("met")).then(pl.lit("possible"))
    found = ids.to_frame("enterprise_id").join(best, on="enterprise_id", how="left", maintain_order="left")
    return found.select("enterprise_id", reach.otherwise(pl.lit("nothing")).alias("reach"))


def held(city: City, sides: Sequence[Side], common: Collection[str]) -> pl.DataFrame:
    """What each firm has under each system: `enterprise_id`, `system`, `rule`, `outcome`, `clause`, `awarded_fen`.

    One line for each system, firm and rule that is met or open, the best of its rows; money in the city's fen.
    """
    parts = []
    for one in sides:
        names = [rule.name for rule in rules_of(one.rulebook, common)]
        rows = one.verdicts.filter(pl.col("rule").is_in(names) & pl.col("outcome").is_in([MET, UNKNOWN]))
        best = rows.with_columns(is_open=pl.col("outcome") != MET).sort("is_open", "clause")
        firms = best.group_by("enterprise_id", "rule").agg(
            pl.col("outcome", "clause").first(), pl.col("awarded_fen").sum().alias("own")
        )
        fen = pl.Series("awarded_fen", [in_city(own, one.rate) for own in firms["own"].fill_null(0)], dtype=pl.Int64)
        parts.append(firms.drop("own").with_columns(pl.lit(one.rulebook.region.name).alias("system"), fen))
    columns = ["enterprise_id", "system", "rule", "outcome", "clause", "awarded_fen"]
    return pl.concat([part.select(columns) for part in parts]).sort("enterprise_id", "system", "rule")


def _groups(city: City) -> pl.DataFrame:
    """The city's firms with the groups that it has itself, so that every system is asked of the same ones."""
    known = {name: column for name, column in GROUPS.items() if column in city.enterprises.columns}
    return city.enterprises.select("enterprise_id", **{name: pl.col(column) for name, column in known.items()})


def _counted(firms: pl.DataFrame, group: str, city: City) -> list[Line]:
    counts = dict(firms[group].alias("code").value_counts(sort=False).iter_rows())
    order = {"stage": list(city.home.region.weights), "district": [d.code for d in city.home.region.districts]}
    first = [code for code in order.get(group, []) if code in counts]
    others = sorted(code for code in counts if code is not None and code not in first)
    return [{"code": code, "firms": counts[code]} for code in [*first, *others, *([None] if None in counts else [])]]


def _system(city: City, side: Side, common: Collection[str], firms: pl.DataFrame) -> Line:
    book = side.rulebook
    rules = rules_of(book, common)
    reach = reached(side, [rule.name for rule in rules], firms["enterprise_id"])
    paid = _paid(side, rules)
    table = firms.with_columns(reach["reach"])
    return {
        "name": book.region.name,
        "title": both(book.region.title),
        "currency": book.region.currency,
        "rate": str(side.rate),
        "rules": len(rules),
        "waterfalls": len(book.waterfalls),
        "figures": len(book.published.figures),
        "laid": dict(side.laid),
        "reached": {name: int((reach["reach"] == name).sum()) for name in REACH},
        "by": {name: _by(table, name) for name in GROUPS if name in table.columns},
        "instruments": _instruments(rules, paid, side),
        "public": _public(rules, paid),
        "leverage": _leverage(rules, paid, side, city),
        "mechanisms": _mechanisms(rules, paid, side),
        "gaps": _gaps(side, rules, reach),
    }


def _paid(side: Side, rules: Sequence[Rule]) -> dict[str, int]:
    """What each rule awards in all, in the city's fen."""
    sums = side.verdicts.group_by("rule").agg(pl.col("awarded_fen").cast(pl.Int128).sum())
    own = {rule: int(fen or 0) for rule, fen in sums.iter_rows()}
    return {rule.name: in_city(own.get(rule.name, 0), side.rate) for rule in rules}


def _by(table: pl.DataFrame, group: str) -> list[Line]:
    counts = {(code, reach): n for code, reach, n in table.group_by(group, "reach").len().iter_rows()}
    codes = sorted({code for code, _ in counts}, key=lambda code: (code is None, code))
    return [{"code": code, **{name: counts.get((code, name), 0) for name in REACH}} for code in codes]


def _firms(side: Side, names: Collection[str]) -> int:
    met = side.verdicts.filter(pl.col("rule").is_in(list(names)) & (pl.col("outcome") == MET))
    return met["enterprise_id"].n_unique()


def _instruments(rules: Sequence[Rule], paid: Mapping[str, int], side: Side) -> list[Line]:
    """Per kind of rule what is awarded: public money of policies, finance that products offer at most."""
    lines = []
    for kind in (*PRODUCT_KINDS, *POLICY_KINDS):
        names = [rule.name for rule in rules if rule.kind == kind]
        if names:
            fen = sum(paid[name] for name in names)
            line = {"kind": kind, "rules": len(names), "firms": _firms(side, names), "awarded_fen": fen}
            lines.append({**line, "is_public": kind in POLICY_KINDS})
    return lines


def _public(rules: Sequence[Rule], paid: Mapping[str, int]) -> Line:
    """Public money: `spent` is gone (policies), `placed` may come back (products that a level of government pays)."""
    spent = [rule for rule in rules if rule.is_policy]
    placed = [rule for rule in rules if rule.is_product and rule.level is not None]
    payee = {rule.name: rule.amount.to for rule in spent if rule.amount is not None}
    return {
        "spent_fen": sum(paid[rule.name] for rule in spent),
        "placed_fen": sum(paid[rule.name] for rule in placed),
        "by_payee": {to: sum(paid[name] for name, of in payee.items() if of == to) for to in PAYEE_KINDS},
        "by_level": {
            level or "": sum(paid[rule.name] for rule in spent if rule.level == level)
            for level in sorted({rule.level for rule in spent}, key=str)
        },
    }


def _leverage(rules: Sequence[Rule], paid: Mapping[str, int], side: Side, city: City) -> list[Line]:
    """The money of others for each yuan of public money, apart by what the money of others is counted by."""
    lines = []
    for basis in BASES:
        of = [rule for rule in rules if rule.leverage is not None and rule.leverage.basis == basis]
        public = sum(paid[rule.name] for rule in of)
        if of:
            others = drawn(side, [rule.name for rule in of], city)
            ratio = float(Fraction(others, public)) if public else None
            lines.append(
                {
                    "basis": basis,
                    "rules": [rule.name for rule in of],
                    "drawn_fen": others,
                    "public_fen": public,
                    "ratio": ratio,
                }
            )
    return lines


def _ranked(systems: Sequence[Line], basis: str) -> list[Line]:
    """The systems that have a ratio on this basis, the largest first. Those of other bases are not among them."""
    found = [
        {"system": system["name"], "ratio": line["ratio"]}
        for system in systems
        for line in system["leverage"]
        if line["basis"] == basis and line["ratio"] is not None
    ]
    return sorted(found, key=lambda line: (-line["ratio"], line["system"]))


def _mechanisms(rules: Sequence[Rule], paid: Mapping[str, int], side: Side) -> list[Line]:
    """What a system leans on: rules, firms reached and public money by mechanism; rules that name none are last."""
    arranged = side.rulebook.published.arrangements.values()
    lines = []
    for mechanism in (*MECHANISMS, None):
        names = [rule.name for rule in rules if rule.mechanism == mechanism]
        others = sum(arrangement.mechanism == mechanism for arrangement in arranged)
        if names or others:
            lines.append(
                {
                    "mechanism": mechanism,
                    "rules": len(names),
                    "arrangements": others,
                    "firms": _firms(side, names),
                    "awarded_fen": sum(paid[name] for name in names),
                }
            )
    return lines


def _gaps(side: Side, rules: Sequence[Rule], reach: pl.DataFrame) -> list[Line]:
    """Of the firms that have nothing: which clause of which rule stops most of them, each at its furthest clause."""
    nothing = reach.filter(pl.col("reach") == "nothing").select("enterprise_id")
    stopped = side.verdicts.filter(
        pl.col("rule").is_in([rule.name for rule in rules])
        & pl.col("outcome").is_in([FAILED, ERROR])
        & (pl.col("clause") > 0)
    ).join(nothing, on="enterprise_id", how="semi")
    furthest = stopped.group_by("rule", "enterprise_id").agg(pl.col("clause").max())
    counts = furthest.group_by("rule", "clause").len("firms")
    by_rule = {rule.name: rule for rule in rules}
    lines = []
    for name, number, count in counts.sort(["firms", "rule", "clause"], descending=[True, False, False]).iter_rows():
        rule = by_rule[name]
        clause = rule.clauses[number - 1] if number <= len(rule.clauses) else None
        line = {"rule": name, "title": both(rule.title), "clause": number, "firms": count}
        lines.append({**line, "clause_title": both(clause.title) if clause else None})
    return lines[:GAPS]
