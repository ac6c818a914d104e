"""The verdict of a city is the explanation of each of its firms, however the work is cut into pieces."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kerong.engine import entitle
from kerong.engine.entitle import decisions
from kerong.rulebook import coded, compiled
from kerong.rulebook.content import Limit
from kerong.rulebook.parse import parse
from kerong.rulebook.rows import ENTITLED
from kerong.rulebook.tables import Table
from tests.engine.entitle.rules import rule, rulebook_of
from tests.rulebook.generated import ON, SCOPE, conditions, dtypes, facts, fens, in_force, parameters_at

shapes = st.fixed_dictionaries(
    {
        "clauses": st.lists(conditions(1), max_size=3),
        "fen": st.one_of(st.none(), fens(1)),
        "base": st.one_of(st.none(), fens(0)),
        "fingerprint": st.sampled_from([(), ("enterprise.kind", "enterprise.n"), ("enterprise.began_on",)]),
        "payee": st.sampled_from([None, "enterprise.kind"]),
        "how": st.sampled_from(["down", "up", "half_up"]),
    }
)


def city_of(rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    columns = {name: pl.Series(name, [row[name] for row in rows], dtype=kind) for name, kind in dtypes().items()}
    return pl.DataFrame(
        {"enterprise_id": pl.Series([f"{n:03d}" for n in range(len(rows))], dtype=pl.String), **columns}
    )


@contextmanager
def cut(streamed: int, worth: int, together: int, at_once: int, by_machine: bool) -> Iterator[None]:
    """The same work in other pieces, by the machine as far as it goes, or all of it by Polars."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "STREAMED", streamed)
        patch.setattr(decisions, "STREAMED", streamed)
        patch.setattr(coded, "WORTH", worth)
        patch.setattr(decisions, "TOGETHER", together)
        patch.setattr(decisions, "CLAIMED", at_once)
        patch.setattr(decisions, "LINES", at_once)
        patch.setattr(decisions, "MANY", 0)
        if not by_machine:
            patch.setattr(decisions, "_machine", lambda *asked: None)
        yield


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(shapes, st.lists(facts, max_size=5), in_force)
def test_every_stored_verdict_is_the_explanation_of_its_firm(
    shape: dict[str, object], rows: list[dict[str, object]], values: dict[str, int | Table | None]
) -> None:
    found = rule("a", parameters=parameters_at(values), **shape)  # type: ignore[arg-type]
    table, _ = entitle.entitlements(city_of(rows), {}, rulebook_of(found), ON)
    assert table.height == len(rows)
    for row, stored in zip(rows, table.iter_rows(named=True), strict=True):
        said = entitle.explain(found, entitle.facts_of(row), ON)
        assert (stored["outcome"], stored["clause"]) == (said.outcome, said.clause)
        assert (stored["entitled_fen"], stored["base_fen"]) == (said.entitled_fen, said.base_fen)
        assert stored["evidence"] == said.evidence
        if found.amount is not None and found.amount.payee is not None and said.outcome == entitle.MET:
            assert stored["payee"] == (said.payee or "")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(shapes, min_size=1, max_size=4), st.lists(facts, max_size=4), in_force)
def test_pieces_threads_and_rules_together_change_nothing(
    several: list[dict[str, object]], rows: list[dict[str, object]], values: dict[str, int | Table | None]
) -> None:
    rules = [rule(f"r{n}", parameters=parameters_at(values), **shape) for n, shape in enumerate(several)]  # type: ignore[arg-type]
    city = city_of(rows)
    whole, wrong = entitle.entitlements(city, {}, rulebook_of(*rules), ON)
    alone = [entitle.entitlements(city, {}, rulebook_of(one), ON) for one in rules]
    assert_frame_equal(whole, pl.concat(table for table, _ in alone))
    assert_frame_equal(wrong, pl.concat(problems for _, problems in alone))
    for pieces in PIECES:
        with cut(*pieces):
            again, also_wrong = entitle.entitlements(city, {}, rulebook_of(*rules), ON)
        assert_frame_equal(again, whole)
        assert_frame_equal(also_wrong, wrong)


def test_a_long_table_has_the_verdicts_of_its_rows() -> None:
    few = city_of([{**EMPTY, "a_fen": a, "n": n, "kind": k} for a, n, k in SAMPLE])
    many = pl.concat([few] * 40_000).with_columns(
        pl.int_range(pl.len()).cast(pl.String).str.zfill(6).alias("enterprise_id")
    )
    found = rule("a", ["enterprise.n > 0"], "enterprise.a_fen * enterprise.n")
    short, _ = entitle.entitlements(few, {}, rulebook_of(found), ON)
    long, _ = entitle.entitlements(many, {}, rulebook_of(found), ON)
    kept = [name for name in short.columns if name not in ("enterprise_id", "payee")]
    assert_frame_equal(long.select(kept), pl.concat([short.select(kept)] * 40_000))


PIECES = (
    *((0, 0, 64, 8, False), (0, 10**9, 1, 1, False), (10**9, 0, 2, 2, False)),
    *((0, 0, 64, 8, True), (0, 10**9, 1, 1, True), (10**9, 0, 3, 1, True)),
)
EMPTY: dict[str, object] = dict.fromkeys(dtypes())
SAMPLE = [(5, 3, "x"), (None, 2, None), (7, 0, "x"), (4, None, ""), (-4, 2, "y"), (9_200_000_000_000_000_000, 2, "x")]


def test_an_amount_may_be_a_part_of_its_base() -> None:
    found = rule("a", [], "share_bp(base, 5000)", base="enterprise.a_fen - enterprise.b_fen")
    rows = [{**EMPTY, "a_fen": a, "b_fen": b} for a, b in [(100, 1), (1, 2), (None, 1), (101, 0)]]
    table, wrong = entitle.entitlements(city_of(rows), {}, rulebook_of(found), ON)
    assert table["base_fen"].to_list() == [99, None, None, 101]
    assert table["entitled_fen"].to_list() == [49, None, None, 50]
    assert table["outcome"].to_list() == [entitle.MET, entitle.ERROR, entitle.UNKNOWN, entitle.MET]
    assert wrong["column"].to_list() == ["amount (the base is below nothing)"]


def test_a_claim_whose_evidence_is_not_known_is_unknown() -> None:
    found = rule("a", ["enterprise.n > 0"], "enterprise.a_fen", fingerprint=("enterprise.kind", "enterprise.n"))
    rows = [{**EMPTY, "a_fen": 1, "n": n, "kind": k} for n, k in [(2, "x"), (2, None), (0, None)]]
    table, _ = entitle.entitlements(city_of(rows), {}, rulebook_of(found), ON)
    assert table["evidence"].to_list() == ["x|2", None, None]
    assert table.select("outcome", "clause").rows() == [(entitle.MET, 0), (entitle.UNKNOWN, 2), (entitle.FAILED, 1)]


def test_an_error_says_why() -> None:
    found = rule("a", ["enterprise.n / enterprise.m > 0.5"], "enterprise.a_fen")
    rows = [{**EMPTY, "a_fen": 1, "n": 1, "m": 0}, {**EMPTY, "a_fen": -1, "n": 1, "m": 1}]
    table, wrong = entitle.entitlements(city_of(rows), {}, rulebook_of(found), ON)
    assert table["outcome"].to_list() == [entitle.ERROR, entitle.ERROR]
    assert wrong.select("enterprise_id", "column").rows() == [
        ("000", "clause 1 (division by zero)"),
        ("001", "amount (the amount is below nothing)"),
    ]


def test_affiliates_and_priority_are_said_of_claims_and_an_unknown_affiliate_stands_alone() -> None:
    by_count = Limit("budget", "budget", parse("1", SCOPE), "priority", None, priority=parse("enterprise.n", SCOPE))
    found = rule("a", ["enterprise.is_new"], "enterprise.a_fen", limits=(by_count,))
    rows = [
        {**EMPTY, "a_fen": 1, "is_new": new, "n": n, "kind": k}
        for new, n, k in [(True, 7, "g"), (True, None, None), (False, 7, "g")]
    ]
    book = rulebook_of(found, affiliates=parse("enterprise.kind", SCOPE))
    table, _ = entitle.entitlements(city_of(rows), {}, book, ON)
    assert table["affiliates"].to_list() == ["g", None, None]
    assert table["priority"].to_list() == [7.0, None, None]
    assert table["payee"].to_list() == ["000", "001", ""]
    assert table["year"].to_list() == [2025, 2025, None]


LOANS = pl.DataFrame(
    {"enterprise_id": ["001", "001", "002"], "row_key": ["a", "b", "c"], "paid_fen": [100, 300, None]},
    schema_overrides={"paid_fen": pl.Int64},
)


@pytest.mark.parametrize(("absence", "nothing"), [("none", entitle.FAILED), ("unknown", entitle.UNKNOWN)])
def test_rows_of_a_register_are_claims_of_their_own_and_firms_without_a_row_are_told_apart(
    absence: str, nothing: int
) -> None:
    found = rule("a", ["enterprise.is_new", "loan.paid_fen > 50"], "share_bp(loan.paid_fen, 5000)", per="loan")
    rows = [{**EMPTY, "is_new": new} for new in (True, True, True, False)]
    book = rulebook_of(found, absence=absence)
    table, _ = entitle.entitlements(city_of(rows), {"loan": LOANS}, book, ON)
    assert table.select("enterprise_id", "row_key", "outcome", "clause", "entitled_fen", "evidence").rows() == [
        ("000", "", nothing, -1, None, None),
        ("001", "a", entitle.MET, 0, 50, "loan|001|a"),
        ("001", "b", entitle.MET, 0, 150, "loan|001|b"),
        ("002", "c", entitle.UNKNOWN, 2, None, None),
        ("003", "", entitle.FAILED, 1, None, None),
    ]
    without, _ = entitle.entitlements(city_of(rows), {}, book, ON)
    assert without["outcome"].to_list() == [entitle.UNKNOWN] * 3 + [entitle.FAILED]


def test_amounts_on_another_base_come_in_the_order_of_the_claims() -> None:
    found = rule("a", [], "least(share_bp(base, 5000), loan.paid_fen)", base="loan.paid_fen", per="loan")
    at = entitle.amounts_at(rulebook_of(found), city_of([EMPTY] * 3), {"loan": LOANS}, ON)
    claimed = pl.DataFrame(
        {"enterprise_id": ["002", "001", "001"], "row_key": ["c", "b", "a"], "base_fen": [10, 21, 0]}
    )
    assert at("a", claimed).to_list() == [0, 10, 0]
    assert at("a", claimed.clear()).to_list() == []


def test_a_city_without_firms_and_a_region_without_rules_have_no_verdicts() -> None:
    found = rule("a", ["enterprise.is_new"], "enterprise.a_fen")
    for table, wrong in (
        entitle.entitlements(city_of([]), {}, rulebook_of(found), ON),
        entitle.entitlements(city_of([EMPTY]), {}, rulebook_of(), ON),
        entitle.entitlements(city_of([]), {"loan": LOANS.clear()}, rulebook_of(rule("b", per="loan")), ON),
    ):
        assert table.schema == ENTITLED
        assert table.is_empty()
        assert wrong.is_empty()
