"""Cases of waterfalls: what is told where one does not hold, and which changes of the waterfall they notice."""

import pytest

from kerong.lab.cases import run_waterfall_cases
from kerong.lab.mutation import ACCEPTED, proof_of_waterfall
from kerong.rulebook import load
from kerong.store.packs import read_pack
from tests.rulebook.waterfall_texts import CASES, WATERFALL, book

MORE = """
[[case]]
title = "the fund has 300 left: the bank's part is 200, and 500 go on, of which the insurer takes half"
on = 2025-06-30
given = { loss_fen = 1_000, left_fen = 300 }
expect = { fund = 300, insurer = 250, bank = 450 }
"""


def differences(cases: str) -> list[str]:
    found = run_waterfall_cases(book(WATERFALL + cases).waterfalls["shared_loss"])
    return [difference for result in found for difference in result.differences]


def test_a_case_that_holds_is_told_nothing_of() -> None:
    assert differences(CASES + MORE) == []


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("{ fund = 800, bank = 200 }", "{ fund = 801, bank = 200 }", ["fund takes 800, expected 801"]),
        ("{ fund = 800, bank = 200 }", "{ fund = 800, insurer = 200 }", ["insurer takes 0, expected 200"]),
        ("left_fen = 5_000 }", "}", ["the split is unknown (not known: left_fen), expected parted"]),
        ("loss_fen = 1_000, left", "loss_fen = -1, left", ["the split is error (amount: -1 is negative), expected"]),
        ('{ outcome = "unknown" }', '{ outcome = "error" }', ["the split is unknown (not known: left_fen), expec"]),
        ('"1_000 - 800"', '"1_000 - 801"', ["working '1_000 - 801' gives 199, expected 200"]),
    ],
)  # fmt: skip
def test_a_case_that_does_not_hold_says_what_is_otherwise(right: str, wrong: str, told: list[str]) -> None:
    assert right in CASES
    found = differences(CASES.replace(right, wrong, 1))
    assert all(any(said.startswith(part) for said in found) for part in told), found


def test_changes_that_no_case_notices_survive_and_can_be_explained() -> None:
    proof = proof_of_waterfall(book(WATERFALL + CASES).waterfalls["shared_loss"])
    parts = {survivor.mutant.part for survivor in proof.survivors}
    assert {"layer_1.caps.fund", "layer_1.over", "layer_2", "layer_2.fen", "parameter.first_fen", "rest"} <= parts
    why = "".join(f'"{ACCEPTED}{part}" = "explained"\n' for part in sorted(parts))
    explained = proof_of_waterfall(book(f"{WATERFALL}{CASES}[accepted]\n{why}").waterfalls["shared_loss"])
    assert explained.open == ()
    assert explained.tried == proof.tried


def test_a_case_at_the_cap_notices_that_it_is_lifted_and_that_the_layer_below_is_dropped() -> None:
    proof = proof_of_waterfall(book(WATERFALL + CASES + MORE).waterfalls["shared_loss"])
    said = {survivor.mutant.said.en for survivor in proof.survivors}
    assert "layer 1: no cap of fund" not in said
    assert "layer 2 is dropped" not in said


def test_no_change_is_tried_while_a_case_fails() -> None:
    proof = proof_of_waterfall(book(WATERFALL + MORE.replace("250", "251")).waterfalls["shared_loss"])
    assert (proof.tried, len(proof.failing)) == (0, 1)


def test_no_change_of_a_shipped_waterfall_goes_unnoticed() -> None:
    for waterfall in load(read_pack("demo")).waterfalls.values():
        proof = proof_of_waterfall(waterfall)
        assert not [survivor.mutant.said.en for survivor in proof.open]
        assert not proof.idle
        assert not proof.failing
        assert not [result for result in run_waterfall_cases(waterfall) if result.differences]
