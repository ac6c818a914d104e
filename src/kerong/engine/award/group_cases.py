"""Worked examples of groups of rules: claims as the file gives them, and whether they are awarded what it expects."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import polars as pl

from kerong.engine.award.counters import USED
from kerong.engine.award.layered import AmountsAt
from kerong.engine.award.limits import awarded
from kerong.engine.award.terms import terms_of
from kerong.rulebook import plain
from kerong.rulebook.content import Group, GroupCase, Rule, Rulebook
from kerong.rulebook.outcomes import MET
from kerong.rulebook.rows import ENTITLED


def group_case(group: Group, case: GroupCase, rulebook: Rulebook) -> tuple[str, ...]:
    """What is not as a case of a group expects, in sentences; none means that the case holds.

    Beside the group, the limits of its rules count, save budgets: what is left of them is not the group's to say.
    """
    rules = {name: rulebook.rules[name] for name in group.rules}
    terms = terms_of({name: _without_budgets(rule) for name, rule in rules.items()}, {group.name: group}, case.on)
    claims = pl.DataFrame([_claim(claim, case, rules) for claim in case.claims], ENTITLED)
    used = pl.DataFrame([_used(grant, case) for grant in case.used], USED)
    unknown: set[str] = set()
    verdicts, _ = awarded(claims, terms, used, _amounts_on(rules, case.on, unknown))
    found = [f"the base alone does not tell what {name} entitles to" for name in sorted(unknown)]
    got = verdicts["awarded_fen"].to_list()
    if got != case.expect["awarded"]:
        found.append(f"awarded is {got}, expected {case.expect['awarded']}")
    if "cut_by" in case.expect:
        last = next((name for name in reversed(verdicts["cut_by"].to_list()) if name), "")
        if last != case.expect["cut_by"]:
            found.append(f"cut_by is {last or 'nothing'}, expected {case.expect['cut_by']}")
    return tuple(found)


def _without_budgets(rule: Rule) -> Rule:
    return replace(rule, limits=tuple(limit for limit in rule.limits if not limit.scope.startswith("budget")))


def _claim(claim: Mapping[str, object], case: GroupCase, rules: Mapping[str, Rule]) -> dict[str, object]:
    """A claim of a case; what the file leaves out is the firm itself, its one row, and the day of the case."""
    rule, firm, row = str(claim["rule"]), str(claim["enterprise"]), str(claim.get("row", ""))
    day = claim.get("on", case.on)
    own = f"{rules[rule].per}|{firm}|{row}"
    return {
        "rule": rule,
        "enterprise_id": firm,
        "row_key": row,
        "outcome": MET,
        "clause": 0,
        "payee_kind": "",
        "payee": claim.get("payee", firm),
        "sequence": day,
        "year": claim.get("year", day.year if isinstance(day, date) else None),
        "entitled_fen": claim["fen"],
        "affiliates": claim.get("affiliates"),
        "evidence": claim.get("evidence", own),
        "base_fen": claim.get("base"),
        "priority": claim.get("priority"),
    }


def _used(grant: Mapping[str, object], case: GroupCase) -> dict[str, object]:
    return {
        "rule": grant["rule"],
        "enterprise_id": grant["enterprise"],
        "payee": grant.get("payee", grant["enterprise"]),
        "affiliates": grant.get("affiliates"),
        "evidence": grant.get("evidence"),
        "year": grant.get("year", case.on.year),
        "fen": grant["fen"],
    }


def _amounts_on(rules: Mapping[str, Rule], on: date, unknown: set[str]) -> AmountsAt:
    """What rules entitle to on a base, as far as the base alone tells; a rule that reads more is put into `unknown`."""

    def at(name: str, claims: pl.DataFrame) -> pl.Series:
        amount = rules[name].amount
        values = {key: parameter.at(on) for key, parameter in rules[name].parameters.items()}
        found: list[int] = []
        for base in claims["base_fen"]:
            exact = plain.evaluate(amount.fen, {("", "base"): base}, on, values) if amount else None
            if amount is None or exact is None or not isinstance(exact, int):
                unknown.add(name)
                found.append(0)
            else:
                found.append(plain.rounded(exact, amount.fen.type.divisor, amount.round))
        return pl.Series(found, dtype=pl.Int64)

    return at
