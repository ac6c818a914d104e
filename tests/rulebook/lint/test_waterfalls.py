"""Lint of waterfalls: what no source, case or day backs, layers that take nothing, parties that get nothing."""

import pytest

from kerong.rulebook.lint import lint
from tests.rulebook.waterfall_texts import CASES, WATERFALL, book


def told(waterfall: str = WATERFALL + CASES) -> set[tuple[str, str]]:
    """Findings about the waterfall, each with the name of its check."""
    return {(found.check, found.en) for found in lint(book(waterfall)) if found.rule == "shared_loss"}


def test_what_is_well_proved_is_remarked_upon_only_for_the_days_that_no_case_is_on() -> None:
    assert told() == {("proof.parameter", "no case is on a day of the value of share_bp from 2021-01-01")}


@pytest.mark.parametrize(
    ("right", "wrong", "check", "said"),
    [
        ('document = "办法"', 'document = "待补"', "source", "document, clause or text of the source is missing"),
        ('8_000, source = "第三条"', '8_000, source = "-"', "source", "share_bp from 2023-01-01 on cites no source"),
        ('by = "第三条"\n', "", "proof.working", "the amount that “of 1,000 the fund bears 800” expects has no by"),
        (
            "first_fen]\n2021",
            "first_fen]\n2022",
            "date",
            "first_fen has no value from 2021-01-01, where others begin, to 2022-01-01: nothing can be decided between",
        ),
        ("fen = 1_000\n", "fen = 0\n", "waterfall", "layer 2 never takes anything"),
        ("fen = 1_000\n", "fen = 0\n", "waterfall", "insurer can never get anything"),
        ("insurer = 5_000, bank = 5_000", "insurer = 0, bank = 10_000", "waterfall", "insurer can never get anything"),
        ("[input.loss", "[parameter.idle_fen]\n2021-01-01 = { value = 1, source = '三' }\n[input.loss", "unused",
         "nothing reads the parameter idle_fen"),
    ],
)  # fmt: skip
def test_a_flaw_is_told_by_its_check(right: str, wrong: str, check: str, said: str) -> None:
    text = WATERFALL + CASES
    assert right in text
    assert (check, said) in told(text.replace(right, wrong, 1))


def test_a_waterfall_without_cases_or_without_one_of_an_unknown_is_told() -> None:
    assert ("case", "no case proves it") in told(WATERFALL)
    known = CASES[: CASES.index("[[case]]", 20)]
    assert ("proof.unknown", "no case meets an unknown") in told(WATERFALL + known)


def test_a_finding_is_explained_in_the_file_and_an_explanation_of_nothing_is_told() -> None:
    accepted = WATERFALL + CASES + '\n[accepted]\n"proof.parameter" = "the text of 2021 is gone"\ndate = "none"\n'
    found = {found.check: found.accepted for found in lint(book(accepted)) if found.rule == "shared_loss"}
    assert found == {"proof.parameter": "the text of 2021 is gone", "accepted": None}
