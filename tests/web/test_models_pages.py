"""The pages of models: what a region declares and has fitted, how it was tested, and what is not there is said."""

import json
import shutil
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from kerong.engine.score.card.card import Bin, Line
from kerong.rulebook.models import ModelCharacteristic
from kerong.rulebook.said import Place
from kerong.rulebook.tree import Node
from kerong.rulebook.types import COUNT, RATIO
from kerong.web.base.selectors.bins import BinWords, bin_of
from kerong.web.base.selectors.models import card_held, model_page
from kerong.web.base.selectors.published import Published, current
from kerong.web.base.selectors.tested import interval
from kerong.web.base.services.run import run_publish

Publisher = Callable[[Mapping[str, Any] | str | None], Published]
ESTIMATE = {"value": 0.8123, "low": 0.75, "high": 0.85}


def record_of(published: Published, **changes: Any) -> dict[str, Any]:
    """A record of a test as `kerong model fit-city --report` writes it."""
    card = json.loads(published.run.document("models/credit.json"))
    model = published.rulebook.models["credit"]
    pair = {"zh": "留出", "en": "held back"}
    group = {"group": "micro", "rows": 400, "bad_rate": 0.02, "approved": 0.7, "approved_ratio": ESTIMATE}
    return {
        "version": 1,
        "about": {"name": "credit", "kind": "credit", "title": pair, "meaning": pair, "test": pair},
        "data": {
            "rows": 500,
            "bads": 50,
            "window": card["window"],
            "test_rows": 400,
            "test_bads": 40,
            "test_window": card["window"],
        },
        "problems": [],
        "metrics": {"sample": {"card": {"auc": ESTIMATE, "brier": ESTIMATE}, "lightgbm": None}},
        "calibration": [
            {"rows": 200, "expected": 0.01, "bads": 2},
            {"rows": 200, "expected": 0.2, "bads": 38},
        ],
        "years": [],
        "segments": [{"segment": "with_accounts", "rows": 300, "rate": 0.1, "auc": None}],
        "drift": {"points": {"value": 0.3, "noise": 0.01, "word": "shifted"}, "lines": {"age": None}},
        "fairness": [
            {
                "name": "size",
                "cut": 600,
                "groups": [{**group, "good_approved": 0.7, "good_ratio": ESTIMATE, "auc": None, "low": True}],
                "small": 2,
                "small_rows": 37,
            }
        ],
        "approve_bp": 7000,
        "warnings": ["unequal"],
        "card": card | {"name": model.name},
        **changes,
    }


@pytest.fixture
def publish(db: None, city_run: Path, tmp_path: Path) -> Publisher:
    """Publishes the city's run with a record of how its credit model was tested (None: without one)."""

    def make(held: Mapping[str, Any] | str | None) -> Published:
        number = len(list(tmp_path.iterdir()))
        folder = tmp_path / f"run{number}"
        shutil.copytree(city_run, folder)
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        (folder / "manifest.json").write_text(json.dumps({**manifest, "run_id": f"tested-{number}"}), encoding="utf-8")
        (folder / "models/tested").mkdir(exist_ok=True)
        place = folder / "models" / "tested" / "credit.json"
        if held is None:
            place.unlink()
        else:
            place.write_text(held if isinstance(held, str) else json.dumps(held), encoding="utf-8")
        run_publish(folder)
        found = current()
        assert found is not None
        return found

    return make


def _english(client: Client) -> Client:
    client.cookies["kerong_language"] = "en"
    return client


@pytest.mark.parametrize("role", ["official", "analyst"])
def test_officials_and_analysts_find_every_model_of_the_region(
    role: str, as_role: Callable[[str], Client], published: Published
) -> None:
    client = _english(as_role(role))
    page = client.get("/models/").content.decode()
    for model in published.rulebook.models.values():
        assert model.title.en in page
        assert client.get(f"/models/{model.name}/").status_code == 200
    assert client.get("/models/there_is_none/").status_code == 404


def test_the_list_says_whether_the_credit_view_is_on(as_role: Callable[[str], Client], settings: Settings) -> None:
    client = _english(as_role("official"))
    assert "needs a licence" in client.get("/models/").content.decode()
    settings.CREDIT_VIEW = True
    assert "is on here" in client.get("/models/").content.decode()


def test_a_card_without_a_record_of_its_test_says_so(as_role: Callable[[str], Client], publish: Publisher) -> None:
    publish(None)
    page = _english(as_role("analyst")).get("/models/credit/").content.decode()
    assert "no record of a test" in page
    assert "loan.lost_fen" in page


def test_a_region_without_models_says_so(without_archive: Callable[[str], Client]) -> None:
    assert "declares no model" in _english(without_archive("analyst")).get("/models/").content.decode()


def test_a_record_is_shown_with_intervals_and_small_groups_are_not_shown_singly(
    as_role: Callable[[str], Client], published: Published, publish: Publisher
) -> None:
    publish(record_of(published))
    page = _english(as_role("analyst")).get("/models/credit/").content.decode()
    for said in ("0.812 (0.750 – 0.850)", "2 small groups with 37 rows", "Clearly below four fifths", "shifted"):
        assert said in page
    assert "another card" not in page


def test_a_record_of_another_window_is_called_that_of_another_card(
    as_role: Callable[[str], Client], published: Published, publish: Publisher
) -> None:
    record = record_of(published)
    publish({**record, "data": {**record["data"], "window": ["2001-01-31", "2002-01-31"]}})
    assert "another card" in _english(as_role("analyst")).get("/models/credit/").content.decode()


def test_every_shipped_card_has_the_record_of_its_own_test(
    as_role: Callable[[str], Client], published: Published
) -> None:
    client = _english(as_role("analyst"))
    for rules in published.rulebook.cards.values():
        page = client.get(f"/models/{rules.model}/").content.decode()
        assert "decisions from 20" in page, rules.name
        assert "another card" not in page, rules.name
        assert "cannot be read" not in page, rules.name


def test_a_record_of_another_sample_or_model_is_called_that_of_another_card(
    as_role: Callable[[str], Client], published: Published, publish: Publisher
) -> None:
    record, own = record_of(published), dict(published.rulebook.cards["credit"].fitted_from)
    assert set(own) == {"sample", "model", "facts"}
    for part, is_other in (("", False), ("sample", True), ("model", True)):
        told = {key: "0" * 64 if key == part else digest for key, digest in own.items()}
        publish({**record, "about": {**record["about"], "fitted_from": told}})
        page = _english(as_role("analyst")).get("/models/credit/").content.decode()
        assert ("another card" in page) == is_other


def test_a_damaged_record_is_said_to_be_unreadable_and_the_card_still_stands(published: Published) -> None:
    record = record_of(published)
    damaged: list[Mapping[str, Any] | str] = ["", "[", "[]", "null", "7", "[" * 100_000, {**record, "version": 2}]
    damaged += [{**record, "about": {**record["about"], "name": "need"}}, {**record, "warnings": ["no such"]}]
    optional = {"calibration", "prior_bp"}
    damaged += [{name: held for name, held in record.items() if name != key} for key in record.keys() - optional]
    for number, held in enumerate(damaged):
        page = model_page(_with_record(published, number, held), "credit", "", "", "en")
        assert page is not None
        assert page.shown is not None
        assert (page.tested, page.is_unreadable) == (None, True)
    whole = model_page(_with_record(published, -1, record), "credit", "", "", "en")
    assert whole is not None
    assert whole.tested is not None


def _with_record(published: Published, number: int, held: Mapping[str, Any] | str) -> Published:
    """The same run, with this record of a test."""

    class Documents:
        def document(self, name: str) -> str:
            assert name == "models/tested/credit.json"
            return held if isinstance(held, str) else json.dumps(held)

    found = Published(f"damaged-{number}", published.path)
    found.__dict__.update(run=Documents(), rulebook=published.rulebook)
    return found


def test_every_row_of_the_fit_is_in_one_bin_of_each_line(published: Published) -> None:
    for name in published.rulebook.cards:
        for segment in card_held(published, name).segments:
            page = model_page(published, published.rulebook.cards[name].model, name, segment.name, "en")
            assert page is not None
            assert page.shown is not None
            assert page.shown.segment == segment
            totals = {sum(one.rows for one in line.bins) for line in page.shown.lines}
            assert len(totals) == 1


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=6, unique=True), st.integers(-60, 60))
def test_a_whole_number_is_in_the_bin_whose_words_hold_it(cuts: list[int], value: int) -> None:
    ends = [None, *sorted(map(float, cuts)), None]
    bins = tuple(Bin(low, high, (), 1, 1, 0.0, 0) for low, high in pairwise(ends))
    missing = Bin(None, None, (), 0, 0, 0.0, 0)
    found = bin_of(Line("x", "number", bins, missing), float(value))
    assert found.low is None or found.low <= value
    assert found.high is None or value < found.high
    assert bin_of(Line("x", "number", bins, missing), float("nan")) is missing
    assert bin_of(Line("x", "number", bins, missing), None) is missing


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(None, 1.0, "0"), (1.0, 2.0, "1"), (1.0, 5.0, "1 – 4"), (5.0, None, "5 and over"), (None, 3.0, "up to 2")],
)
def test_bins_of_counts_name_the_last_number_that_is_in_them(
    low: float | None, high: float | None, said: str, published: Published
) -> None:
    told = BinWords(_asked(COUNT), published.rulebook, "en")
    assert told.bin(Bin(low, high, (), 0, 0, 0.0, 0)) == said


def test_bins_of_ratios_say_that_their_end_is_not_in_them(published: Published) -> None:
    told = BinWords(_asked(RATIO), published.rulebook, "en")
    assert told.bin(Bin(0.25, 0.5, (), 0, 0, 0.0, 0)) == "0.25 to under 0.5"


def _asked(kind: Any) -> ModelCharacteristic:
    node = Node("field", kind, value=("enterprise", "x"))
    place = Place("models/x.toml", 1)
    return ModelCharacteristic("x", None, node, "number", "auto", None, "enterprise.x", place)  # type: ignore[arg-type]


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_an_interval_stays_within_its_bar(one: float, two: float, three: float, most: float) -> None:
    low, value, high = sorted((one, two, three))
    drawn = interval(value, low, high, 0.0, most)
    assert 0 <= drawn.at <= 100
    assert 0 <= drawn.start <= 100
    assert drawn.start + drawn.width <= 100.6 + 0.01
