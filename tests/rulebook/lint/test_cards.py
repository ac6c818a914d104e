"""A card that was fitted before its model changed is told, and what changes nothing that a fit would find is not."""

import json
from datetime import date

import polars as pl
import pytest

from kerong.engine.score.card import Card, Sample, fit
from kerong.engine.score.declared import plan_of
from kerong.rulebook import load
from kerong.rulebook.cards import text_of
from kerong.rulebook.digests import digests_of
from kerong.rulebook.lint import Finding, lint
from kerong.rulebook.said import Text
from tests.rulebook.packs import formula
from tests.rulebook.test_models import MODEL, errors, texts

TWICE = formula("twice_fen", "enterprise.capital_fen * 2")
READS = MODEL.replace('value = "enterprise.capital_fen"', 'value = "enterprise.twice_fen"')
SAMPLE = "5" * 64


def fitted() -> Card:
    rows = 400
    table = pl.DataFrame(
        {
            "subject": [f"s{at:03}" for at in range(rows)],
            "on": [date(2024, 1, 1)] * rows,
            "outcome": [at % 3 == 0 for at in range(rows)],
            "capital": [float(at % 7) for at in range(rows)],
            "area": ["east" if at % 2 else "west" for at in range(rows)],
        }
    )
    book = load(texts(READS, formulas_all=TWICE))
    card, _ = fit(Sample(table), plan_of(book.models["trouble"]), on=date(2025, 1, 1))
    assert card is not None
    return card


CARD = fitted()


def card(model: str = READS, says: bool = True) -> str:
    """The sheet of a card that was fitted for this state of the model."""
    book = load(texts(model, formulas_all=TWICE))
    at = book.models["trouble"]
    told = {"sample": SAMPLE, **digests_of(at, book)} if says else {}
    values = {one.name: one.text for one in at.characteristics}
    return text_of(json.loads(CARD.to_json()), "trouble", Text("试", "a trial"), values, told)


def found(model: str = READS, formulas: str = TWICE, sheet: str | None = None) -> list[Finding]:
    book = load(texts(model, formulas_all=formulas, cards_trouble=sheet or card()))
    return [one for one in lint(book) if one.check == "card"]


def test_a_card_of_the_model_as_it_is_asks_for_nothing() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('horizon = "12 months"', 'horizon = "6 months"'),
        ('at_risk = "enterprise.capital_fen > 0"', 'at_risk = "enterprise.capital_fen > 1"'),
        ('where = "firm.closed"', 'where = "not firm.closed"'),
        ('trend = "falling"', 'trend = "rising"'),
        ('"enterprise.name" = {', '"firm.closed" = {'),
        ("[outcome]", "bins_most = 4\n[outcome]"),
        ("[outcome]", "seed = 4\n[outcome]"),
        ("[fairness]", "[scaling]\npdo = 30\n[fairness]"),
    ],
)
def test_a_card_whose_model_has_changed_since_is_a_warning_at_its_place(was: str, now: str) -> None:
    model = READS.replace(was, now)
    assert model != READS
    (one,) = found(model)
    assert (one.severity, one.place.file, one.is_open) == ("warning", "cards/trouble.toml", True)
    assert "has changed since the fit" in one.en
    assert "已改动" in one.zh


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('en = "Trouble"', 'en = "Other words"'),
        ('en = "No ground of a refusal"', 'en = "For a test"'),
        ('area = "enterprise.area"\n', 'place = "enterprise.area"\n'),
        ('at_risk = "enterprise.capital_fen > 0"', 'at_risk = "enterprise.capital_fen  >  0"'),
    ],
)
def test_words_and_groups_are_no_change_of_a_model(was: str, now: str) -> None:
    model = READS.replace(was, now)
    assert model != READS
    assert found(model) == []


def test_a_formula_behind_a_characteristic_that_changed_is_noted() -> None:
    (one,) = found(formulas=formula("twice_fen", "enterprise.capital_fen * 3"))
    assert one.severity == "note"
    assert "formulas or measures" in one.en


def test_a_formula_that_the_model_does_not_read_changes_nothing() -> None:
    assert found(formulas=TWICE + formula("other_fen", "enterprise.capital_fen * 3")) == []


def test_a_card_that_says_nothing_of_its_model_is_told() -> None:
    (one,) = found(sheet=card(says=False))
    assert "says no digest" in one.en


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (f'sample = "{SAMPLE}"', 'sample = "555"', "64 characters"),
        (f'sample = "{SAMPLE}"\n', "", "sample is missing"),
        (f'sample = "{SAMPLE}"', f'sample = "{SAMPLE}"\nseed = "1"', "unknown key 'seed'"),
    ],
)
def test_digests_that_are_none_are_refused_with_their_line(was: str, now: str, told: str) -> None:
    sheet = card().replace(was, now)
    assert sheet != card()
    (one,) = errors(READS, formulas_all=TWICE, cards_trouble=sheet)
    assert told in one
    assert one.startswith("cards/trouble.toml:")
