"""One case tried by the plain evaluator: its subjects, what the rule says of each, and what the limits leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from kerong.engine import award, entitle
from kerong.engine.entitle.explain import PreparedRule
from kerong.rulebook.compound import compound
from kerong.rulebook.content import Case, Rule, Rulebook
from kerong.rulebook.outcomes import MET, OUTCOME_NAMES
from kerong.rulebook.plain import Fault, Result, evaluate
from kerong.rulebook.rows import ENTITLED
from kerong.rulebook.tree import Node
from kerong.rulebook.types import FEN

FIRM = "the enterprise"


@dataclass(frozen=True, slots=True)
class Said:
    """What an evaluator says of one subject: outcome, deciding clause, whole fen before limits."""

    outcome: int
    clause: int
    fen: int | None


@dataclass(frozen=True, slots=True)
class Paid:
    """What the limits leave of each subject's claim (None: no claim), and the name of what cut it most."""

    awarded: tuple[int | None, ...]
    cut_by: tuple[str, ...]


def subjects_of(case: Case) -> tuple[Mapping[str, object], ...]:
    """The facts of each subject by "table.column"."""
    return tuple({**case.given, **row} for row in case.rows) or (case.given,)


def firms_of(rule: Rule, case: Case) -> list[str]:
    """Whose each subject is: rows of a rule about enterprises are enterprises, other rows belong to one."""
    count = len(subjects_of(case))
    if rule.per == "enterprise" and count > 1:
        return [f"{FIRM} {number:03d}" for number in range(1, count + 1)]
    return [FIRM] * count


class Asked:
    """A rule that is asked about many cases: it is made ready once for each day."""

    __slots__ = ("_days", "rule")

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._days: dict[date, PreparedRule] = {}

    def said(self, case: Case) -> tuple[Said, ...]:
        """The plain evaluator's word on each subject of the case."""
        if case.on not in self._days:
            self._days[case.on] = PreparedRule(self.rule, case.on)
        ready = self._days[case.on]
        found = [ready.explain(entitle.facts_of(subject)) for subject in subjects_of(case)]
        return tuple(Said(one.outcome, one.clause, one.entitled_fen) for one in found)


def said_of(rule: Rule, case: Case) -> tuple[Said, ...]:
    """The plain evaluator's word on each subject."""
    return Asked(rule).said(case)


def wants_award(case: Case) -> bool:
    """Does the case expect what only the limits can tell?"""
    return "awarded" in case.expect or "cut_by" in case.expect


def paid(rule: Rule, case: Case, entitled: pl.DataFrame, rulebook: Rulebook) -> Paid:
    """The limits of the rule alone, with nothing granted before, applied to `entitled` (ENTITLED of entitle)."""
    alone = _as_given(rule, case)
    verdicts, _ = award.awarded(entitled, award.terms_of({rule.name: alone}, {}, case.on), award.nothing_used())
    verdicts = verdicts.sort("enterprise_id", "row_key")
    return Paid(tuple(verdicts["awarded_fen"]), tuple(verdicts["cut_by"]))


def _as_given(rule: Rule, case: Case) -> Rule:
    """A budget is what the case says is left of it; where the case says nothing, no budget is counted."""
    given = Node("literal", FEN, value=case.budget or 0)
    limits = tuple(
        replace(limit, fen=given) if limit.scope.startswith("budget") else limit
        for limit in rule.limits
        if case.budget is not None or not limit.scope.startswith("budget")
    )
    return replace(rule, limits=limits)


def claims_of(rule: Rule, case: Case, said: Sequence[Said], rulebook: Rulebook) -> pl.DataFrame:
    """The plain evaluator's claims as the table that the limits take (ENTITLED of entitle)."""
    wanted = entitle.expressions(rule, rulebook.affiliates)
    values = {name: parameter.at(case.on) for name, parameter in rule.parameters.items()}
    rows = []
    for number, (one, subject, firm) in enumerate(zip(said, subjects_of(case), firms_of(rule, case), strict=True)):
        facts = entitle.facts_of(subject)
        found = {name: _known(evaluate(wanted[name], facts, case.on, values)) for name in wanted if one.outcome == MET}
        keys = {"rule": rule.name, "enterprise_id": firm, "row_key": row_key(number)}
        own = "" if rule.per == "enterprise" else f"{rule.per}|{firm}|{row_key(number)}"
        rows.append(
            keys | _claim(rule, case, one, found) | {"evidence": (_evidence(found) or own) if rule.amount else None}
        )
        if rule.amount and one.outcome == MET and rule.amount.payee is None:
            rows[-1]["payee"] = firm
    return pl.DataFrame(rows, schema=ENTITLED)


def _known(value: Result) -> Result:
    """What limits read of a claim may fail to be worked out: it is then not known, as it is in a city."""
    return None if isinstance(value, Fault) else value


def row_key(number: int) -> str:
    """The key of the subject at a place of the case."""
    return f"{number:06d}"


def _claim(rule: Rule, case: Case, said: Said, found: Mapping[str, Result]) -> dict[str, object]:
    """What the limits read of a claim; of what is no claim, nothing but a day."""
    sequence = found.get("sequence")
    sequence = sequence if isinstance(sequence, date) else case.on
    year = found.get("year", sequence.year)
    return {
        "outcome": said.outcome,
        "clause": said.clause,
        "payee_kind": rule.amount.to if rule.amount else "",
        "payee": found.get("payee", ""),
        "sequence": sequence,
        "year": year,
        "entitled_fen": said.fen,
        "affiliates": found.get("affiliates"),
        "base_fen": found.get("base"),
        "priority": found.get("priority"),
    }


def _evidence(found: Mapping[str, Result]) -> str:
    return compound(str(found[name]) for name in found if name.startswith("evidence_"))


def is_other_outcome(case: Case, said: Sequence[Said]) -> bool:
    """Has the first subject another outcome than the case expects?"""
    return "outcome" in case.expect and case.expect["outcome"] != OUTCOME_NAMES[said[0].outcome]


def differences(case: Case, said: Sequence[Said], paid: Paid | None, why: str = "") -> list[str]:
    """Sentences on what is not as the case expects; outcome, clause and fen are those of its first subject.

    Of another outcome (`why` says what decided it) nothing more is told: its amounts follow from it.
    """
    expect, first = case.expect, said[0]
    if is_other_outcome(case, said):
        why = why or (f"clause {first.clause}" if first.clause else "")
        outcome = OUTCOME_NAMES[first.outcome] + (f" ({why})" if why else "")
        return [f"outcome is {outcome}, expected {expect['outcome']}"]
    found = [
        f"{key} is {getattr(first, key)}, expected {expect[key]}"
        for key in ("clause", "fen")
        if key in expect and expect[key] != getattr(first, key)
    ]
    if paid is not None:
        found += _of_award(expect, paid)
    return found


def _of_award(expect: Mapping[str, object], paid: Paid) -> list[str]:
    found = []
    if "awarded" in expect:
        wanted = expect["awarded"] if isinstance(expect["awarded"], list) else [expect["awarded"]]
        if list(paid.awarded) != wanted:
            found.append(f"awarded is {list(paid.awarded)}, expected {wanted}")
    cut_by = ([name for name in paid.cut_by if name] or [""])[-1]
    if "cut_by" in expect and expect["cut_by"] != cut_by:
        found.append(f"cut by {cut_by or 'nothing'}, expected {expect['cut_by'] or 'nothing'}")
    return found
