"""What was granted is not awarded again: a run, its awards as what was used, and a second run."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.award import Cap, awarded, nothing_used
from tests.engine.award.book import RULES, Claim, cap, claims_of_a_town, granted, paid, table, terms
from tests.engine.award.test_limits import caps_of_a_town


def used(claims: list[Claim], amounts: pl.DataFrame) -> pl.DataFrame:
    """Awards as what was granted."""
    before = granted(claims).with_columns(pl.Series("row_key", [claim.row for claim in claims], pl.String))
    fen = amounts.select("rule", "enterprise_id", "row_key", "awarded_fen")
    return (
        before.drop("fen")
        .join(fen, on=["rule", "enterprise_id", "row_key"], maintain_order="left")
        .rename({"awarded_fen": "fen"})
        .filter(pl.col("fen") > 0)
        .select(*nothing_used().columns, "row_key")
    )


@settings(max_examples=40, deadline=None)
@given(claims_of_a_town(), caps_of_a_town())
def test_a_second_run_awards_nothing_of_what_was_granted_and_no_cap_is_passed(
    claims: list[Claim], caps: list[Cap]
) -> None:
    first, _ = awarded(table(claims), terms(*caps), nothing_used())
    second, cuts = awarded(table(claims), terms(*caps), used(claims, first))
    assert second["awarded_fen"].sum() == 0
    lost = cuts.group_by("rule", "enterprise_id", "row_key").agg(pl.col("cut_fen").sum())
    whole = second.join(lost, on=["rule", "enterprise_id", "row_key"], how="left")
    assert (whole["entitled_fen"] == whole["cut_fen"].fill_null(0)).all()


@settings(max_examples=40, deadline=None)
@given(claims_of_a_town(), st.integers(0, 3_000))
def test_what_a_budget_stopped_is_awarded_when_there_is_more_and_nothing_twice(claims: list[Claim], less: int) -> None:
    first, _ = awarded(table(claims), terms(cap("budget", less, *RULES)), nothing_used())
    more = terms(cap("budget", less + 1_000, *RULES))
    second, _ = awarded(table(claims), more, used(claims, first))
    whole = paid(first), paid(second)
    together = {key: fen + whole[1].get(key, 0) for key, fen in whole[0].items()}
    at_once = awarded(table(claims), more, nothing_used())[0]
    assert sum(together.values()) == at_once["awarded_fen"].sum()
    papers = {(one.rule, one.firm, one.paper) for one in claims}
    for paper in papers:  # a grant is known again by its evidence: of two rows of one contract it says not which
        own = [one for one in claims if (one.rule, one.firm, one.paper) == paper]
        assert sum(together.get((one.rule, one.firm, one.row), 0) for one in own) <= sum(one.fen for one in own)


def test_one_contract_on_two_rows_is_taken_off_once() -> None:
    claims = [Claim("interest", "A", f"A-{n}", 700, evidence="contract 17") for n in (1, 2)]
    before = used(claims, awarded(table(claims[:1]), terms(), nothing_used())[0])
    second, cuts = awarded(table(claims), terms(), before)
    assert second["awarded_fen"].to_list() == [0, 700]
    assert cuts.rows() == [("interest", "A", "A-1", "granted", 700)]


def test_without_evidence_a_row_is_known_again_by_its_year() -> None:
    claims = table([Claim("interest", "A", "A-1", 700)]).with_columns(evidence=pl.lit("", pl.String))
    told = {"rule": "interest", "enterprise_id": "A", "payee": "bank", "affiliates": None, "evidence": None}
    for year, left in ((2024, 200), (2023, 700)):
        row = [{**told, "year": year, "fen": 500, "row_key": "A-1"}]
        before = pl.DataFrame(row, schema={**nothing_used().schema, "row_key": pl.String()})
        assert awarded(claims, terms(), before)[0]["awarded_fen"].to_list() == [left]
