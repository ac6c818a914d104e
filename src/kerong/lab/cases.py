"""The cases of rule files, worked by both evaluators: a case proves its rule, and the evaluators each other."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from kerong.engine import award, entitle
from kerong.rulebook.compiled import column_of
from kerong.rulebook.content import Case, Rule, Rulebook
from kerong.rulebook.forms import dtype_of
from kerong.rulebook.outcomes import OUTCOME_NAMES
from kerong.rulebook.tree import walk
from kerong.rulebook.types import Type

FIRM = "the enterprise"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """`differences` are sentences; none means that the case holds."""

    rule: str
    case: Case
    differences: tuple[str, ...]


def run_cases(rule: Rule, rulebook: Rulebook) -> list[CaseResult]:
    """Every case of a rule, in the order of its file."""
    return [CaseResult(rule.name, case, tuple(_differences(rule, case, rulebook))) for case in rule.cases]


def _differences(rule: Rule, case: Case, rulebook: Rulebook) -> list[str]:
    subjects = [{**case.given, **row} for row in case.rows] or [dict(case.given)]
    plain = [entitle.explain(rule, _facts(subject), case.on) for subject in subjects]
    found = []
    verdicts = _compiled(rule, case, subjects, rulebook)
    for number, (one, other) in enumerate(zip(plain, verdicts.iter_rows(named=True), strict=True), 1):
        ours = (one.outcome, one.clause, one.entitled_fen)
        theirs = (other["outcome"], other["clause"], other["entitled_fen"])
        if ours != theirs:
            found.append(f"row {number}: the evaluators differ: plain {ours}, compiled {theirs}")
    return found + _against(case, verdicts)


def _against(case: Case, verdicts: pl.DataFrame) -> list[str]:
    expect, first = case.expect, verdicts.row(0, named=True)
    found = []
    names = OUTCOME_NAMES
    if "outcome" in expect and expect["outcome"] != names[first["outcome"]]:
        found.append(f"outcome is {names[first['outcome']]} (clause {first['clause']}), expected {expect['outcome']}")
    for key, column in (("clause", "clause"), ("fen", "entitled_fen")):
        if key in expect and expect[key] != first[column]:
            found.append(f"{key} is {first[column]}, expected {expect[key]}")
    if "awarded" in expect:
        wanted = expect["awarded"] if isinstance(expect["awarded"], list) else [expect["awarded"]]
        awarded = verdicts["awarded_fen"].to_list()
        if awarded != wanted:
            found.append(f"awarded is {awarded}, expected {wanted}")
    return found


def _facts(given: Mapping[str, object]) -> dict[tuple[str, str], entitle.Result]:
    return entitle.facts_of(given)


def _compiled(rule: Rule, case: Case, subjects: list[dict[str, object]], rulebook: Rulebook) -> pl.DataFrame:
    """The same subjects through the city's own path: compiled rule, then award."""
    types = _types(rule)
    frame = pl.DataFrame(
        {name: pl.Series(name, [s.get(name) for s in subjects], dtype=dtype_of(kind)) for name, kind in types.items()}
        | {"enterprise_id": [FIRM] * len(subjects), "row_key": [f"{n:06d}" for n in range(len(subjects))]}
    )
    plain_names = {name: column_of(*name.split(".", 1)) for name in types if name.startswith("enterprise.")}
    entitled, _ = entitle.decided_rule(rule, frame.rename(plain_names), case.on)
    budget = None if case.budget is None else case.budget
    limits = award.limits_on({rule.name: rule}, case.on)
    keep = pl.col("scope") != "budget"
    if budget is not None:
        keep = pl.lit(True)
        limits = limits.with_columns(
            pl.when(pl.col("scope") == "budget").then(pl.lit(budget)).otherwise(pl.col("limit_fen")).alias("limit_fen")
        )
    verdicts, _ = award.awarded(entitled, limits.filter(keep), award.nothing_used())
    return verdicts


def _types(rule: Rule) -> dict[str, Type]:
    return {
        ".".join(leaf.field): leaf.type
        for node in entitle.expressions(rule).values()
        for leaf in walk(node)
        if leaf.kind == "field" and leaf.field[0]
    }
