"""The figures of a comparison, ready for JSON; keys: docs/algorithms/compare.md."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from kerong.engine.monitor.words import both
from kerong.lab.comparison.both import Comparison, Side
from kerong.lab.comparison.budgets import budgets
from kerong.lab.comparison.groups import by_group
from kerong.lab.comparison.lines import crossings, matrix, outcomes
from kerong.lab.comparison.moves import counted, counted_by, distribution, largest
from kerong.lab.comparison.pairs import differing, own, paid, pairs, policies
from kerong.lab.comparison.reform import Reform
from kerong.lab.comparison.unknown import cost, missing
from kerong.lab.comparison.words import headline
from kerong.rulebook.outcomes import MET, UNKNOWN

Line = dict[str, Any]
VERSION = 1
GROUPS = ("district", "stage", "industry", "size")
MOVES = ("more", "less", "first_paid", "no_longer_paid")


def figures(found: Comparison, reform: Reform, firms: bool = False) -> dict[str, Any]:
    """Budget, winners and losers, crossed lines and what cannot be told. Money is exact fen, as Python integers.

    Only rules whose words or results differ have lines of their own; `money` counts all policies. No firm is named
    but in `largest`, where `firms` asks for it.
    """
    table, money = pairs(found), paid(found)
    names = differing(found, table)
    table = table.filter(pl.col("rule").is_in(names))
    moved = own(money)
    groups = by_group(moved, money, _enterprises(found), found.before.rulebook)
    region = found.before.rulebook.region
    told = {
        "version": VERSION,
        "region": {"name": region.name, "title": both(region.title)},
        "currency": region.currency,
        "on": found.on.isoformat(),
        "reform": {
            "name": reform.name,
            "title": both(reform.title),
            "source": both(reform.source),
            "why": both(reform.why),
            "files": list(reform.files),
        },
        "enterprises": found.before.enterprises.height,
        "money": counted(money),
        "firms": {**counted(moved), **_eligible(table, found)},
        "payees": _payees(money),
        "rules": _rules(found, names, table, money),
        "unchanged": sum(name not in names for name in policies(found.before)),
        "budgets": budgets(found, names),
        "outcomes": matrix(table),
        "crossings": crossings(table, found),
        "groups": groups,
        "left_out": [name for name in GROUPS if name not in groups],
        "distribution": distribution(moved),
        "largest": largest(moved, firms),
        "unknown": {"before": _unknown(names, table, found, "before"), "after": _unknown(names, table, found, "after")},
        "missing_registers": _absent(found),
    }
    return {**told, "headline": headline(told)}


def _enterprises(found: Comparison) -> pl.DataFrame:
    """What is said of the firms as of now; of those that only the reform knows, as it says."""
    before, after = found.before.enterprises, found.after.enterprises
    if after is before:
        return before
    more = after.join(before, on="enterprise_id", how="anti")
    return pl.concat(
        [before, more.select(name for name in more.columns if name in before.columns)], how="diagonal_relaxed"
    )


def _eligible(table: pl.DataFrame, found: Comparison) -> dict[str, int]:
    """Firms that meet some policy which they did not meet; that no longer meet one, or cannot be told any more."""
    rules = sorted({*policies(found.before), *policies(found.after)})
    was, now = pl.col("outcome_before") == MET, pl.col("outcome_after") == MET
    doubt = pl.col("outcome_after") == UNKNOWN
    held = table.filter(pl.col("rule").is_in(rules))
    return {
        "newly_met": held.filter(~was & now)["enterprise_id"].n_unique(),
        "no_longer_met": held.filter(was & ~now & ~doubt)["enterprise_id"].n_unique(),
        "no_longer_certain": held.filter(was & doubt)["enterprise_id"].n_unique(),
    }


def _payees(money: pl.DataFrame) -> list[Line]:
    """Per kind of payee the sums, and how many of them are paid more or less."""
    each = money.group_by("payee_kind", "payee").agg(pl.col("before_fen", "after_fen").sum())
    return [{"kind": kind, **line} for kind, line in sorted(counted_by(each, "payee_kind").items(), key=str)]


def _rules(found: Comparison, names: Sequence[str], table: pl.DataFrame, money: pl.DataFrame) -> list[Line]:
    paid_to = money.group_by("rule", "enterprise_id").agg(pl.col("before_fen", "after_fen").sum())
    moved = counted_by(paid_to, "rule")
    counts = {when: outcomes(table, when) for when in ("before", "after")}
    sums = {row["rule"]: row for row in _sums(table).iter_rows(named=True)}
    lines = []
    for name in names:
        cause = found.causes[name]
        rule = found.after.rulebook.rules.get(name) or found.before.rulebook.rules[name]
        line: Line = {
            "name": name,
            "title": both(rule.title),
            "kind": rule.kind,
            "cause": cause,
            "pays": rule.is_policy,
        }
        line["is_new"], line["is_dropped"] = (
            name not in found.before.rulebook.rules,
            name not in found.after.rulebook.rules,
        )
        for when in ("before", "after"):
            line[when] = {
                "enterprises": counts[when].get(name, {}),
                **{key: int(sums.get(name, {}).get(f"{key}_{when}", 0)) for key in ("entitled_fen", "awarded_fen")},
            }
        line["moved"] = {key: moved.get(name, {}).get(key, 0) for key in MOVES}
        lines.append(line)
    return sorted(
        lines, key=lambda line: (-abs(line["after"]["awarded_fen"] - line["before"]["awarded_fen"]), line["name"])
    )


def _sums(table: pl.DataFrame) -> pl.DataFrame:
    names = [f"{key}_{when}" for key in ("entitled_fen", "awarded_fen") for when in ("before", "after")]
    return table.group_by("rule").agg(pl.col(names).sum())


def _unknown(names: Sequence[str], table: pl.DataFrame, found: Comparison, when: str) -> Line:
    """Firms that cannot be told under these rules, what is missing, and the range of the cost."""
    side: Side = found.before if when == "before" else found.after
    pays = policies(side)
    rules = {name: rule.is_policy for name, rule in side.rulebook.rules.items()}
    open_ones = table.filter((pl.col(f"outcome_{when}") == UNKNOWN) & pl.col("rule").is_in(pays))
    return {
        "firms": open_ones["enterprise_id"].n_unique(),
        "documents": [line for line in missing(table, side, when) if rules[str(line["rule"])]],
        **asdict(cost(found, side, names)),
    }


def _absent(found: Comparison) -> list[Mapping[str, object]]:
    """Registers that have no file: what needs them is unknown on both sides."""
    names = found.problems.filter(pl.col("kind") == "register_absent")["register"].unique().sort()
    registers = {**found.before.rulebook.registers, **found.after.rulebook.registers}
    return [{"name": name, "title": both(registers[name].title)} for name in names]
