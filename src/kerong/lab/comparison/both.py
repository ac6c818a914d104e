"""Both sides of a comparison: the record is made once, and of the reform only what it touches is calculated again."""

from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeVar

import polars as pl

from kerong.engine import award, entitle, record
from kerong.engine.problems import joined
from kerong.lab.comparison.meaning import Differences, differences, reads, shared
from kerong.rulebook.content import Rulebook

Watch = Callable[[str], None]  # told the name of each stage when it begins
# why a rule's money may differ: its own words, facts that it reads, or a limit that it shares
Cause = Literal["rule", "facts", "shared"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Side:
    """One side calculated: tables as in ARCHITECTURE.md; `entitled` is what limits were applied to."""

    rulebook: Rulebook
    enterprises: pl.DataFrame
    registers: Mapping[str, pl.DataFrame]
    entitled: pl.DataFrame
    verdicts: pl.DataFrame
    cuts: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is in force and the reform on one day, over the same registers and the same earlier grants.

    `causes` names every rule that was calculated again; all other rules are the same on both sides to the fen.
    """

    on: date
    before: Side
    after: Side
    used: pl.DataFrame
    differences: Differences
    causes: Mapping[str, Cause]
    problems: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Facts:
    """Enterprises with every column that one side's rules read, and the registers beside them."""

    enterprises: pl.DataFrame
    registers: Mapping[str, pl.DataFrame]
    problems: pl.DataFrame


def compared(
    facts: Mapping[str, record.RawTable],
    base: Rulebook,
    reform: Rulebook,
    used: pl.DataFrame,
    on: date,
    watch: Watch = lambda stage: None,
) -> Comparison:
    """The reform beside `base`; every table equals that of a whole run of its side. Arguments as of `flow.assess`."""
    found = differences(base, reform, on)
    watch("record")
    old, new = _recorded(facts, base, reform, found, on)
    watch("entitle")
    again = _again(base, reform, found, _changed(old, new))
    before, wrong = entitle.entitlements(old.enterprises, old.registers, base, on)
    fresh, _ = entitle.entitlements(new.enterprises, new.registers, only(reform, again.keys()), on)
    kept = [name for name in reform.rules if name not in again]
    after = _by_rule([*_rules_of(before, kept), *_rules_of(fresh, again)], fresh)
    watch("award")
    dropped = base.rules.keys() - reform.rules.keys()
    grouped = {
        rule
        for book in (base, reform)
        for name in found.groups & book.groups.keys()
        for rule in book.groups[name].rules
    }
    touched = shared(frozenset(again) | dropped | grouped, base.groups, reform.groups)
    verdicts, cuts = awarded(before, old, base, used, on)
    one = Side(base, old.enterprises, old.registers, before, verdicts, cuts)
    verdicts, cuts = awarded(after.filter(pl.col("rule").is_in(sorted(touched))), new, only(reform, touched), used, on)
    rest = [name for name in reform.rules if name not in touched]
    other = Side(
        reform,
        new.enterprises,
        new.registers,
        after,
        _by_rule([*_rules_of(one.verdicts, rest), *_rules_of(verdicts, touched)], verdicts),
        _by_rule([*_rules_of(one.cuts, rest), *_rules_of(cuts, touched)], cuts),
    )
    causes: dict[str, Cause] = {
        name: again.get(name, "rule" if name in dropped else "shared") for name in sorted(touched)
    }
    return Comparison(on, one, other, used, found, causes, joined([old.problems, wrong]))


def awarded(
    entitled: pl.DataFrame, side: _Facts | Side, rulebook: Rulebook, used: pl.DataFrame, on: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(verdicts, cuts) of entitlements under the limits of a side's rulebook, or of a part of it."""
    amounts_at = entitle.amounts_at(rulebook, side.enterprises, side.registers, on)
    return award.awarded(entitled, award.terms_on(rulebook, on), used, amounts_at)


def _recorded(
    facts: Mapping[str, record.RawTable], base: Rulebook, reform: Rulebook, found: Differences, on: date
) -> tuple[_Facts, _Facts]:
    """The record of both sides: one where registers are read alike, with the columns that either side reads."""
    apart = bool(found.registers)
    raw = record.recorded(facts, base if apart else _joint(base, reform), on)
    pers = {rule.per for book in (base, reform) for rule in book.rules.values()}
    old = _featured(raw, base, pers, on)
    if not apart and not found.features:
        return old, old
    raw = record.recorded(facts, reform, on) if apart else raw
    return old, _featured(raw, reform, pers, on)


def _joint(base: Rulebook, reform: Rulebook) -> Rulebook:
    """A rulebook that reads what either side reads; nothing but the record is made with it."""
    rows = {
        name: (*base.row_formulas.get(name, ()), *reform.row_formulas.get(name, ()))
        for name in (*base.row_formulas, *reform.row_formulas)
    }
    return replace(
        base,
        rules=_of_both(base.rules, reform.rules),
        measures=_of_both(base.measures, reform.measures),
        networks=_of_both(base.networks, reform.networks),
        formulas=_of_both(base.formulas, reform.formulas),
        row_formulas=rows,
    )


def _of_both(base: Mapping[str, T], reform: Mapping[str, T]) -> dict[str, T]:
    return {**base, **{f"{name} of the reform": thing for name, thing in reform.items()}}


def _featured(raw: record.Record, rulebook: Rulebook, pers: Set[str], on: date) -> _Facts:
    """The recorded facts with measures and formulas; registers that no rule is `per` are let go."""
    enterprises, registers, failed = record.features(raw.enterprises, raw.registers, rulebook, on)
    return _Facts(
        enterprises, {name: registers[name] for name in registers if name in pers}, joined([raw.problems, failed])
    )


def _changed(old: _Facts, new: _Facts) -> frozenset[tuple[str, str]] | None:
    """The (table, column) pairs whose values differ; ("loan", "") where its rows do; None where the enterprises do."""
    if old is new:
        return frozenset()
    if not old.enterprises["enterprise_id"].equals(new.enterprises["enterprise_id"]):
        return None
    found = {("enterprise", name) for name in _unequal(old.enterprises, new.enterprises)}
    for name in {*old.registers, *new.registers}:
        one, other = old.registers.get(name), new.registers.get(name)
        if one is None or other is None or one.height != other.height:
            found.add((name, ""))
        else:
            columns = _unequal(one, other)
            found |= {(name, "")} if columns & {"enterprise_id", "row_key"} else {(name, column) for column in columns}
    return frozenset(found)


def _unequal(one: pl.DataFrame, other: pl.DataFrame) -> set[str]:
    return {
        name
        for name in (*one.columns, *other.columns)
        if name not in one.columns or name not in other.columns or not _same(one[name], other[name])
    }


def _same(one: pl.Series, other: pl.Series) -> bool:
    return one.dtype == other.dtype and one.equals(other, null_equal=True)


def _again(
    base: Rulebook, reform: Rulebook, found: Differences, changed: frozenset[tuple[str, str]] | None
) -> dict[str, Cause]:
    """The rules of the reform whose entitlements may differ, and why."""
    everywhere = changed is None or bool(found.registers) or "affiliates" in found.features
    touched = changed or frozenset()
    again: dict[str, Cause] = {}
    for name, rule in reform.rules.items():
        if name in found.rules:
            again[name] = "rule"
        elif everywhere or (rule.per, "") in touched or reads(rule) & touched:
            again[name] = "facts"
    return again


def only(rulebook: Rulebook, names: Collection[str]) -> Rulebook:
    """The rulebook with these of its rules, and the groups that lie among them."""
    rules = {name: rule for name, rule in rulebook.rules.items() if name in names}
    return replace(
        rulebook, rules=rules, groups={k: g for k, g in rulebook.groups.items() if rules.keys() & set(g.rules)}
    )


def _rules_of(table: pl.DataFrame, names: Collection[str]) -> list[tuple[str, pl.DataFrame]]:
    parts = table.partition_by("rule", as_dict=True, maintain_order=True)
    return [(name, parts[(name,)]) for name in names if (name,) in parts]


def _by_rule(parts: list[tuple[str, pl.DataFrame]], like: pl.DataFrame) -> pl.DataFrame:
    """The parts in the order of their rules' names, as a run holds them."""
    return pl.concat([like.clear(), *(part for _, part in sorted(parts, key=lambda item: item[0]))])
