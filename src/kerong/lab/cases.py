"""The cases of rule files, worked by both evaluators: a case proves its rule, and the evaluators each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from kerong.engine import award, entitle, money
from kerong.engine.deal.calendar import working_days
from kerong.engine.money.pool import pool_case
from kerong.lab.trial import (
    Paid,
    Said,
    differences,
    firms_of,
    is_other_outcome,
    paid,
    row_key,
    said_of,
    subjects_of,
)
from kerong.lab.undecided import why
from kerong.rulebook.compiled import column_of
from kerong.rulebook.content import Case, Group, GroupCase, Rule, Rulebook
from kerong.rulebook.forms import dtype_of
from kerong.rulebook.outcomes import ERROR, MET, UNKNOWN
from kerong.rulebook.plain import rounded
from kerong.rulebook.pools import Pool, PoolCase
from kerong.rulebook.tree import walk
from kerong.rulebook.types import Type
from kerong.rulebook.waterfalls import Waterfall, WaterfallCase
from kerong.rulebook.working import NotArithmetic, worked

OUTCOMES = {MET: "parted", UNKNOWN: "unknown", ERROR: "error"}  # of a waterfall


@dataclass(frozen=True, slots=True)
class CaseResult:
    """`differences` are sentences; none: the case holds. `rule` is the name of the rule, group, waterfall or pool."""

    rule: str
    case: Case | GroupCase | WaterfallCase | PoolCase
    differences: tuple[str, ...]


def run_cases(rule: Rule, rulebook: Rulebook) -> list[CaseResult]:
    """Every case of a rule, in the order of its file."""
    return [CaseResult(rule.name, case, tuple(_differences(rule, case, rulebook))) for case in rule.cases]


def _differences(rule: Rule, case: Case, rulebook: Rulebook) -> Iterator[str]:
    entitled = compiled_claims(rule, case, rulebook)
    columns = ("outcome", "clause", "entitled_fen")
    compiled = [Said(*line) for line in entitled.select(columns).iter_rows()]
    for number, (ours, theirs) in enumerate(zip(said_of(rule, case), compiled, strict=True), 1):
        if ours != theirs:
            yield f"row {number}: the evaluators differ: plain {ours}, compiled {theirs}"
    left = paid(rule, case, entitled, rulebook)
    if is_other_outcome(case, compiled):
        yield from differences(case, compiled, left, why(rule, case))
        return
    yield from differences(case, compiled, left)
    yield from _working(rule, case, compiled, left)


def compiled_claims(rule: Rule, case: Case, rulebook: Rulebook) -> pl.DataFrame:
    """The subjects by the city's own path, the compiled rule, in their order."""
    subjects, types = subjects_of(case), _types(rule, rulebook)
    frame = pl.DataFrame(
        {name: pl.Series(name, [s.get(name) for s in subjects], dtype=dtype_of(kind)) for name, kind in types.items()}
        | {"enterprise_id": firms_of(rule, case), "row_key": [row_key(number) for number in range(len(subjects))]}
    )
    plain_names = {name: column_of(*name.split(".", 1)) for name in types if name.startswith("enterprise.")}
    return entitle.decided_rule(rule, frame.rename(plain_names), case.on, rulebook.affiliates)[0]


def _types(rule: Rule, rulebook: Rulebook) -> dict[str, Type]:
    return {
        ".".join(leaf.field): leaf.type
        for node in entitle.expressions(rule, rulebook.affiliates).values()
        for leaf in walk(node)
        if leaf.kind == "field" and leaf.field[0]
    }


def run_group_cases(group: Group, rulebook: Rulebook) -> list[CaseResult]:
    """Every case of a group of rules, in the order of its file."""
    return [CaseResult(group.name, case, tuple(_of_group(group, case, rulebook))) for case in group.cases]


def _of_group(group: Group, case: GroupCase, rulebook: Rulebook) -> Iterator[str]:
    yield from award.group_case(group, case, rulebook)
    awarded = case.expect.get("awarded")
    if case.working and isinstance(awarded, list):
        yield from _worked(case.working, awarded, "down", "expected")


def run_waterfall_cases(waterfall: Waterfall) -> list[CaseResult]:
    """Every case of a waterfall, in the order of its file: the plain and the columnar form, and the working."""
    return [CaseResult(waterfall.name, case, tuple(_of_waterfall(waterfall, case))) for case in waterfall.cases]


def _of_waterfall(waterfall: Waterfall, case: WaterfallCase) -> Iterator[str]:
    plainly = money.split(waterfall, case.given, case.on)
    types = {name: dtype_of(kind) for name, (kind, _) in waterfall.inputs.items()}
    given = pl.DataFrame({name: [case.given.get(name)] for name in types}, schema=types)
    columns = money.split_table(waterfall, given, case.on).frame.row(0, named=True)
    outcome = OUTCOMES[columns["outcome"]]
    parts = {party: columns[f"total.{party}"] for party in waterfall.parties}
    ours = plainly.parts if isinstance(plainly, money.Split) else None
    if outcome != money.outcome_of(plainly) or (ours is not None and ours != parts):
        yield f"the evaluators differ: plain {money.outcome_of(plainly)} {ours}, columnar {outcome} {parts}"
    yield from money.waterfall_case(waterfall, case)
    if case.working:
        yield from _worked(case.working, tuple(case.expect.values()), "down", "expected")


def run_pool_cases(pool: Pool, rulebook: Rulebook) -> list[CaseResult]:
    """Every case of a pool, in the order of its file, and the working of what it expects at the end."""
    days = working_days(rulebook.calendars).days
    return [CaseResult(pool.name, case, tuple(_of_pool(pool, case, days))) for case in pool.cases]


def _of_pool(pool: Pool, case: PoolCase, days: Sequence[date]) -> Iterator[str]:
    yield from pool_case(pool, case, days)
    if case.working:
        amounts = tuple(fen for name, fen in case.expect.items() if name != "is_open")
        yield from _worked(case.working, amounts, "down", "expected")


def _working(rule: Rule, case: Case, said: list[Said], left: Paid) -> Iterator[str]:
    """The arithmetic that stands beside an amount gives that amount, after the rule's own rounding."""
    amounts = left.awarded if "awarded" in case.expect else (said[0].fen,)
    if case.working and rule.amount is not None:
        yield from _worked(case.working, amounts, rule.amount.round, "the rule")


def _worked(working: Sequence[str], amounts: Sequence[int | None], how: str, whose: str) -> Iterator[str]:
    if len(working) != len(amounts):
        yield f"working has {len(working)} lines for {len(amounts)} amounts"
        return
    for text, fen in zip(working, amounts, strict=True):
        try:
            exact = worked(text)
        except NotArithmetic as error:
            yield f"working {text!r} {error}"
            continue
        value = rounded(exact.numerator, exact.denominator, how)
        if value != fen:
            yield f"working {text!r} gives {value}, {whose} {fen}"
