"""What a case was decided on: taken from a run once, kept, and worked out again whenever money depends on it."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from kerong import rulebook as language
from kerong.engine import award, entitle
from kerong.engine.entitle.explain import facts_of
from kerong.engine.money.ledger.chain import canonical, sm3
from kerong.rulebook import plain
from kerong.rulebook.content import Rulebook
from kerong.rulebook.outcomes import MET
from kerong.rulebook.rows import ENTITLED, subjects
from kerong.store.runs import parquet_bytes
from kerong.web.base.models import Case, PinnedRulebook
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.used import used_in
from kerong.web.base.services.case_refusals import CaseRefused

RULEBOOKS_KEPT = 4
AWARDS_KEPT = 1_000
KEPT = ("payee", "year", "entitled_fen", "affiliates", "evidence", "base_fen", "priority")


@dataclass(frozen=True, slots=True)
class Award:
    """An award of a run with all that it rests on. `facts`: the columns that the rule read, one row, as Parquet."""

    run_id: str
    on: date
    rule: str
    enterprise_id: str
    row_key: str
    payee_kind: str
    payee: str
    payee_names: tuple[str, ...]
    entitled_fen: int
    awarded_fen: int
    facts: bytes
    claim: Mapping[str, Any]


def award_of(published: Published, rule: str, enterprise_id: str, row_key: str) -> Award:
    """The award of one rule to one firm (and row) in the run.

    Raises CaseRefused where the run awards nothing there, or its award does not follow from its own facts and rules.
    """
    found = published.table("verdicts").filter(
        pl.col("rule").cast(pl.String) == rule, pl.col("enterprise_id") == enterprise_id, pl.col("row_key") == row_key
    )
    verdict = next(iter(found.collect().to_dicts()), None)
    if verdict is None or verdict["outcome"] != MET or not verdict["awarded_fen"]:
        raise CaseRefused("case.refused.award.none")
    frame = _facts(published, rule, enterprise_id, row_key)
    claim = _claim(published.rulebook, rule, frame, published.on)
    if claim is None or claim["entitled_fen"] != verdict["entitled_fen"]:
        raise CaseRefused("case.refused.award.differs")
    payee = str(verdict["payee"] or enterprise_id)
    return Award(
        run_id=published.run_id,
        on=published.on,
        rule=rule,
        enterprise_id=enterprise_id,
        row_key=row_key,
        payee_kind=str(verdict["payee_kind"]) or "enterprise",
        payee=payee,
        payee_names=names_of(published, payee),
        entitled_fen=verdict["entitled_fen"],
        awarded_fen=verdict["awarded_fen"],
        facts=parquet_bytes(frame),
        claim=claim,
    )


def pinned(published: Published) -> PinnedRulebook:
    """The run's rulebook, kept whole under its digest."""
    texts = dict(published.rulebook.texts)
    digest = sm3(canonical(texts).encode()).hex()
    return PinnedRulebook.objects.get_or_create(digest=digest, defaults={"texts": texts})[0]


def rulebook_of(case: Case) -> Rulebook:
    """The rulebook that the case was decided under."""
    return pinned_rules(case.rulebook.digest)


def check_award(case: Case) -> None:
    """Works base and amount out again from the stored facts under the pinned rules, by both evaluators.

    Raises CaseRefused ("case.refused.award.differs") where either does not give what the case holds.
    """
    claim, told = _again(bytes(case.decided_on), case.rulebook.digest, case.rule, case.on)
    held = (case.entitled_fen, case.claim.get("base_fen"))
    if claim is None or claim != case.claim or told != held or (claim["entitled_fen"], claim["base_fen"]) != held:
        raise CaseRefused("case.refused.award.differs")


def left_under_caps(case: Case) -> int:
    """What all limits leave of the case's entitlement, counting what other cases hold or were paid.

    The caller holds the lock of the region's caps.
    """
    book = rulebook_of(case)
    terms = award.terms_on(book, case.on)
    frame = pl.read_parquet(io.BytesIO(bytes(case.decided_on)))

    def at(name: str, claims: pl.DataFrame) -> pl.Series:
        amount = book.rules[name].amount
        values = {key: parameter.at(case.on) for key, parameter in book.rules[name].parameters.items()}
        facts, found = plain_facts(book, name, frame), []
        for base in claims["base_fen"]:
            exact = plain.evaluate(amount.fen, {**facts, ("", "base"): base}, case.on, values) if amount else None
            is_known = amount is not None and isinstance(exact, int)
            found.append(plain.rounded(exact, amount.fen.type.divisor, amount.round) if is_known else 0)  # type: ignore[union-attr, arg-type]
        return pl.Series(found, dtype=pl.Int64)

    verdicts, _ = award.awarded(pl.DataFrame([claim_row(case)], ENTITLED), terms, used_in(case.region, case.pk), at)
    return int(verdicts["awarded_fen"][0] or 0)


def claim_row(case: Case) -> dict[str, Any]:
    """The case's claim as limits take it: a row of ENTITLED."""
    row = {"rule": case.rule, "enterprise_id": case.enterprise_id, "row_key": case.row_key, "outcome": MET, "clause": 0}
    return row | {"payee_kind": case.payee_kind, "sequence": case.on, **{name: case.claim.get(name) for name in KEPT}}


@lru_cache(maxsize=AWARDS_KEPT)
def _again(facts: bytes, digest: str, rule: str, on: date) -> tuple[dict[str, Any] | None, tuple[int | None, ...]]:
    """What both evaluators make of the facts: the claim in columns, and (amount, base) plainly. Pure, so kept."""
    book, frame = pinned_rules(digest), pl.read_parquet(io.BytesIO(facts))
    told = entitle.explain(book.rules[rule], plain_facts(book, rule, frame), on)
    plainly = (told.entitled_fen, told.base_fen) if told.outcome == MET else (None, None)
    return _claim(book, rule, frame, on), plainly


@lru_cache(maxsize=RULEBOOKS_KEPT)
def pinned_rules(digest: str) -> Rulebook:
    """A pinned rulebook, by its digest."""
    return language.load(PinnedRulebook.objects.get(digest=digest).texts)


def _facts(published: Published, rule: str, enterprise_id: str, row_key: str) -> pl.DataFrame:
    """The one row of columns that the rule reads."""
    book, own = published.rulebook, pl.col("enterprise_id") == enterprise_id
    found = book.rules[rule]
    nodes = list(entitle.expressions(found, book.affiliates).values())
    tables = {}
    if found.per != "enterprise":
        key = language.rows.row_key(book.registers[found.per])
        rows = published.table(f"rows/{found.per}").filter(own, key == row_key).collect()
        tables[found.per] = rows.with_columns(key.alias("row_key")).head(1)
    frame = subjects(found.per, nodes, published.enterprises.filter(own), tables)
    if frame.height != 1:
        raise CaseRefused("case.refused.award.none")
    return frame


def _claim(book: Rulebook, rule: str, frame: pl.DataFrame, on: date) -> dict[str, Any] | None:
    """What the rule makes of the facts, as JSON holds it; None where it is not met."""
    found, _ = entitle.decided_rule(book.rules[rule], frame, on, book.affiliates)
    row = found.row(0, named=True)
    if row["outcome"] != MET or row["entitled_fen"] is None:
        return None
    return {name: row[name] for name in (*KEPT, "enterprise_id", "row_key")}


def plain_facts(book: Rulebook, rule: str, frame: pl.DataFrame) -> dict[tuple[str, str], Any]:
    """The kept row of a case as the plain evaluator takes it."""
    row = frame.row(0, named=True)
    per, key = book.rules[rule].per, row.pop("row_key")
    return facts_of(row) | {(per, "row_key"): key}


def names_of(published: Published, payee: str) -> tuple[str, ...]:
    """Under which names the code is known: a firm's names of the record, an institution's titles, else the code."""
    firm = published.enterprise(payee)
    if firm is not None:
        return tuple(name for name in (firm.get("name"), *str(firm.get("other_names") or "").split("、")) if name)
    for item in published.rulebook.region.institutions:
        if item.code == payee:
            return (item.title.zh, item.title.en)
    return (payee,)
