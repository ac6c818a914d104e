"""Layers: a county on top of a city, on the whole base or on what the city has left of it."""

from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.award import Cap, Choice, Layers, Terms, awarded, nothing_used
from tests.engine.award.book import DAYS, REGISTERS, Claim, cap, claims_of_a_town, granted, paid, table

SHARE_BP = {"fees": 5000, "interest": 5000, "premium": 3000}
POSITIONS = {"interest": 0, "premium": 1, "fees": 2}


def half_of(rule: str, claims: pl.DataFrame) -> pl.Series:
    """What the rules of the town entitle to on a base."""
    return claims["base_fen"] * SHARE_BP[rule] // 10_000


def layered(*caps: Cap, per: str = "row", choices: Sequence[Choice] = ()) -> Terms:
    """Interest first, premium on what is left, fees on what both have left."""
    layers = Layers("layers", ("interest", "premium", "fees"), per)
    return Terms(tuple(caps), tuple(choices), (layers,), POSITIONS, REGISTERS)


def entitled(rule: str, firm: str, row: str, base: int, **more: str) -> Claim:
    """A claim for the rule's whole share of its base."""
    return Claim(rule, firm, row, base * SHARE_BP[rule] // 10_000, base=base, **more)  # type: ignore[arg-type]


def test_a_later_layer_is_worked_out_on_what_earlier_ones_left_of_the_base() -> None:
    claims = [entitled(rule, "A", "1", 1_000) for rule in ("interest", "premium", "fees")]
    verdicts, cuts = awarded(table(claims), layered(), nothing_used(), half_of)
    assert paid(verdicts) == {
        ("interest", "A", "1"): 500,  # half of 1,000
        ("premium", "A", "1"): 150,  # 30 % of 500
        ("fees", "A", "1"): 175,  # half of 350
    }
    assert cuts.select("rule", "limit", "cut_fen").rows() == [("fees", "layers", 325), ("premium", "layers", 150)]


def test_what_an_earlier_layer_is_cut_by_is_left_to_the_next_one() -> None:
    claims = [entitled("interest", "A", "1", 1_000), entitled("premium", "A", "1", 1_000)]
    for budget in (cap("budget", 200), cap("budget", 200, share="pro_rata"), cap("row", 200)):
        verdicts, _ = awarded(table(claims), layered(budget), nothing_used(), half_of)
        assert paid(verdicts)["premium", "A", "1"] == 240  # 30 % of 800


def test_what_a_budget_shared_pro_rata_cuts_is_left_of_a_joint_cap_for_the_next_layer() -> None:
    claims = [entitled("interest", "A", "1", 1_000), entitled("premium", "A", "1", 1_000)]
    caps = (
        cap("joint", 500, "interest", "premium", per="enterprise"),
        cap("budget", 300, share="pro_rata"),
    )
    verdicts, _ = awarded(table(claims), layered(*caps), nothing_used(), half_of)
    assert paid(verdicts) == {("interest", "A", "1"): 300, ("premium", "A", "1"): 200}


def test_layers_meet_on_one_row_or_on_one_piece_of_evidence() -> None:
    claims = [
        entitled("interest", "A", "1", 1_000, evidence="contract 1"),
        entitled("premium", "A", "2", 1_000, evidence="contract 1"),
    ]
    for per, fen in (("row", 300), ("evidence", 150)):
        verdicts, _ = awarded(table(claims), layered(per=per), nothing_used(), half_of)
        assert paid(verdicts)["premium", "A", "2"] == fen


def test_what_an_earlier_layer_paid_before_lowers_the_base_as_well() -> None:
    claims = [entitled("premium", "A", "1", 1_000), entitled("premium", "A", "2", 1_000)]
    before = granted([Claim("interest", "A", "1", 400), Claim("fees", "A", "2", 400)])
    verdicts, _ = awarded(table(claims), layered(), before, half_of)
    assert verdicts["awarded_fen"].to_list() == [180, 300]


def test_a_later_layer_of_which_the_base_is_used_up_gets_nothing() -> None:
    claims = [Claim("interest", "A", "1", 5_000, base=1_000), entitled("premium", "A", "1", 1_000)]
    verdicts, _ = awarded(table(claims), layered(), nothing_used(), half_of)
    assert verdicts.select("awarded_fen", "cut_by").rows() == [(5_000, ""), (0, "layers")]


def test_a_rule_that_yields_no_amount_on_the_lower_base_pays_nothing() -> None:
    claims = [entitled("interest", "A", "1", 1_000), entitled("premium", "A", "1", 1_000)]

    def unknown(rule: str, asked: pl.DataFrame) -> pl.Series:
        return pl.Series([None] * asked.height, dtype=pl.Int64)

    verdicts, _ = awarded(table(claims), layered(), nothing_used(), unknown)
    assert paid(verdicts)["premium", "A", "1"] == 0


def test_what_a_choice_gives_up_in_a_later_layer_is_cut_by_the_choice_alone() -> None:
    claims = [
        entitled("interest", "A", "1", 1_000),
        entitled("premium", "A", "1", 1_000),
        Claim("fees", "A", "1", 400, base=1_000),
    ]
    choice = Choice("one", ("premium", "fees"), "enterprise", by_year=False, is_best=True)
    terms = Terms(
        (), (choice,), (Layers("layers", ("interest", "premium"), "row"),), {"premium": 1, "fees": 1}, REGISTERS
    )
    verdicts, cuts = awarded(table(claims), terms, nothing_used(), half_of)
    assert paid(verdicts) == {("interest", "A", "1"): 500, ("premium", "A", "1"): 0, ("fees", "A", "1"): 400}
    assert cuts.select("rule", "limit", "cut_fen").rows() == [("premium", "one", 300)]


def test_a_claim_of_which_earlier_layers_left_nothing_does_not_move_a_firm_up_in_a_queue() -> None:
    claims = [
        Claim("interest", "A", "1", 1_000, base=1_000),
        Claim("premium", "A", "1", 300, DAYS[0], base=1_000),
        Claim("fees", "B", "2", 600, DAYS[1]),
        Claim("fees", "A", "3", 600, DAYS[2]),
    ]
    choice = Choice("one", ("premium", "fees"), "enterprise", by_year=False, is_best=True)
    layers = Layers("layers", ("interest", "premium"), "row")
    terms = Terms((cap("budget", 700, "fees"),), (choice,), (layers,), {"premium": 1, "fees": 1}, REGISTERS)
    verdicts, _ = awarded(table(claims), terms, nothing_used(), half_of)
    assert verdicts["awarded_fen"].to_list() == [1_000, 0, 600, 100]


def test_layers_without_a_word_on_lower_bases_are_an_error_and_never_paid_in_full() -> None:
    claims = [entitled("interest", "A", "1", 1_000), entitled("premium", "A", "1", 1_000)]
    with pytest.raises(ValueError, match="nobody says what premium entitles to"):
        awarded(table(claims), layered(), nothing_used())


@settings(max_examples=60, deadline=None)
@given(claims_of_a_town(), st.sampled_from(["row", "evidence"]), st.integers(0, 10**13))
def test_layers_together_never_pay_more_than_the_base_of_a_row(claims: list[Claim], per: str, budget: int) -> None:
    claims = [entitled(c.rule, c.firm, c.row, c.base or 0) for c in claims]
    same = {(c.firm, c.row): c.base or 0 for c in reversed(claims)}
    claims = [entitled(c.rule, c.firm, c.row, same[c.firm, c.row]) for c in claims]
    verdicts, cuts = awarded(table(claims), layered(cap("budget", budget), per=per), nothing_used(), half_of)
    sums = verdicts.group_by("enterprise_id", "row_key").agg(pl.col("awarded_fen").sum())
    assert all(fen <= same[firm, row] for firm, row, fen in sums.rows())
    assert (verdicts["entitled_fen"] - verdicts["awarded_fen"]).sum() == cuts["cut_fen"].sum()
