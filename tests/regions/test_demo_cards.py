"""Every card of the demonstration city says what it was fitted on, is of its model as it stands, and was tested."""

import json

import pytest

from kerong.rulebook import load
from kerong.rulebook.lint import lint
from kerong.store.packs import read_pack, reports_of

BOOK = load(read_pack("demo"))
RECORDS = {name: json.loads(text) for name, text in reports_of("demo").items()}


def test_every_model_that_learns_has_a_card_of_itself_as_it_stands() -> None:
    assert {card.model for card in BOOK.cards.values()} == {
        model.name for model in BOOK.models.values() if model.outcome is not None
    }
    assert [one.en for one in lint(BOOK) if one.check == "card" and one.is_open] == []


@pytest.mark.parametrize("name", sorted(BOOK.cards))
def test_the_record_of_a_test_is_that_of_the_card_beside_it(name: str) -> None:
    card, record = BOOK.cards[name], RECORDS[BOOK.cards[name].model]
    assert record["about"]["fitted_from"] == dict(card.fitted_from)
    assert record["data"]["window"][0] == card.held["window"][0]
    assert record["data"]["window"][1] < record["data"]["test_window"][0]
    assert record["data"]["test_window"][1] == card.held["window"][1]


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_no_challenger_on_record_ranks_people_the_wrong_way_round(name: str) -> None:
    """The logit beside the credit card once had an AUC of 0.36, and nothing noticed."""
    told = RECORDS[name]["metrics"]["sample"]
    assert set(told) == {"card", "logit", "lightgbm"}
    for model, figures in told.items():
        assert figures["auc"]["low"] > 0.5, model
        assert figures["auc"]["value"] > told["card"]["auc"]["value"] - 0.1, model
