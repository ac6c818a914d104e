"""The figures of systems on one city: by hand on a small one, and laws over cities that nobody has seen."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.entitle import MET, UNKNOWN
from kerong.lab.systems import figures, side, system
from kerong.lab.systems.words import headline, share
from tests.conftest import ROOT
from tests.lab import north
from tests.lab.north import Firm
from tests.lab.systems.small import books, measured, read

NAMES = ("north", "south", "west", "east")
firm = st.builds(
    Firm,
    st.none() | st.integers(0, 120),
    st.sampled_from(["990101", "990102"]),
    st.lists(st.none() | st.integers(0, 5_000), max_size=3).map(tuple),
)
cities = st.lists(firm, min_size=1, max_size=12)


@pytest.fixture(scope="module")
def by_hand() -> dict[str, Any]:
    place = read()
    return figures(place, measured(place, *NAMES), {})


def line(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in found["systems"] if one["name"] == name)


def test_reach_counts_each_firm_once_by_the_best_that_it_has(by_hand: dict[str, Any]) -> None:
    assert [list(line(by_hand, name)["reached"].values()) for name in NAMES] == [
        [3, 1, 1],  # a, b, c; d may hire; e has nothing
        [1, 0, 4],  # b alone has 15 people and stands in East
        [2, 0, 3],  # a and c have loans
        [1, 1, 3],  # b; d may have 15 people
    ]
    assert by_hand["everywhere"] == 0
    assert by_hand["nowhere"] == 1


def test_the_manuals_worked_table_is_what_comes_out(by_hand: dict[str, Any]) -> None:
    page = (ROOT / "docs/algorithms/systems.md").read_text("utf-8")
    rows = re.findall(r"^\| (\w+) ((?:\| [\d,]+ ){5})\|$", page, re.MULTILINE)
    assert [name for name, _ in rows] == list(NAMES)
    for name, cells in rows:
        told = line(by_hand, name)
        money = [told["public"][key] // 100 for key in ("spent_fen", "placed_fen")]
        assert [int(cell.replace(",", "")) for cell in cells.split("|")[1:]] == [*told["reached"].values(), *money]


def test_public_money_is_what_policies_award_after_their_limits(by_hand: dict[str, Any]) -> None:
    north_line = line(by_hand, "north")["public"]
    assert north_line["spent_fen"] == (1_000 + 2_000 + 500 + 300 + 500 + 500) * 100
    assert north_line["firms"] == 3
    assert line(by_hand, "west")["public"]["by_level"] == [
        {"level": "city", "title": {"zh": "市级", "en": "City"}, "spent_fen": 960_00, "placed_fen": 0}
    ]


def test_only_a_stake_of_a_public_fund_is_placed_money_and_a_banks_loan_is_not(by_hand: dict[str, Any]) -> None:
    assert line(by_hand, "east")["public"] == {
        "firms": 0,
        "placed_firms": 1,
        "spent_fen": 0,
        "placed_fen": 100_00,
        "by_payee": dict.fromkeys(("enterprise", "institution", "fund", "person", "contestant"), 0),
        "by_level": [{"level": "city", "title": {"zh": "市级", "en": "City"}, "spent_fen": 0, "placed_fen": 100_00}],
    }
    offered = {one["kind"]: one["awarded_fen"] for one in line(by_hand, "east")["instruments"]}
    assert offered == {"loan": 100_00, "equity": 100_00}


def test_a_loan_on_which_two_rules_pay_counts_once_in_leverage(by_hand: dict[str, Any]) -> None:
    found = line(by_hand, "west")["leverage"]
    assert found == [
        {
            "basis": "loan",
            "rules": ["interest", "more"],
            "drawn_fen": 1_600_00,
            "public_fen": 960_00,
            "ratio": 1_600 / 960,
        }
    ]
    assert [one["system"] for one in by_hand["ranked"]["loan"]] == ["west"]


def test_a_gap_counts_who_fails_a_condition_and_who_fails_nothing_else(by_hand: dict[str, Any]) -> None:
    found = [(one["title"]["en"], one["firms"], one["alone_firms"]) for one in line(by_hand, "south")["gaps"]]
    assert found == [("enough people", 3, 2), ("stands in East", 2, 0)]  # of d the head-count is not known
    assert line(by_hand, "west")["gaps"][0]["register"] == "loan"


def test_mechanisms_count_rules_firms_and_money(by_hand: dict[str, Any]) -> None:
    assert line(by_hand, "west")["mechanisms"] == [
        {
            "mechanism": "gathering",
            "rules": 2,
            "arrangements": 0,
            "firms": 2,
            "spent_fen": 960_00,
            "offered_fen": 0,
        }
    ]


def test_a_rule_without_a_number_in_force_is_named() -> None:
    place = read()
    book = books()["north"]
    late = replace(book.rules["hiring"].parameters["least_count"], values=((north.ON.replace(year=2030), 10, "later"),))
    rule = replace(book.rules["hiring"], parameters={**book.rules["hiring"].parameters, "least_count": late})
    waiting = replace(book, rules={**book.rules, "hiring": rule})
    told = system(place, side(place, waiting, None, {}), {}).line
    assert told["not_in_force"] == [{"zh": "hiring", "en": "hiring"}]


def test_rules_that_stand_in_the_common_pack_as_they_are_tell_no_systems_apart() -> None:
    place = read()
    book = books()["north"]
    common = {"policies/hiring.toml": book.texts["policies/hiring.toml"], "policies/training.toml": "another text"}
    told = system(place, side(place, book, None, {}), common)
    assert told.line["rules"] == 2
    assert set(told.held["rule"]) == {"interest", "training"}


@settings(max_examples=15, deadline=None)
@given(cities)
def test_reach_adds_up_to_the_firms_in_every_group_and_in_all(firms: Sequence[Firm]) -> None:
    place = read(firms)
    found = figures(place, measured(place, *NAMES), {})
    for one in found["systems"]:
        assert sum(one["reached"].values()) == found["city"]["firms"]
        for name, lines in one["by"].items():
            assert [sum(part[key] for key in one["reached"]) for part in lines] == [
                group["firms"] for group in found["groups"][name]
            ]
            assert {key: sum(part[key] for part in lines) for key in one["reached"]} == one["reached"]


@settings(max_examples=15, deadline=None)
@given(cities)
def test_public_money_adds_up_by_instrument_by_level_by_payee_and_over_firms(firms: Sequence[Firm]) -> None:
    place = read(firms)
    for one in measured(place, *NAMES):
        public = one.line["public"]
        instruments = [part for part in one.line["instruments"] if part["is_public"]]
        assert sum(part["awarded_fen"] for part in instruments) == public["spent_fen"]
        assert sum(part["spent_fen"] for part in public["by_level"]) == public["spent_fen"]
        assert sum(part["placed_fen"] for part in public["by_level"]) == public["placed_fen"]
        assert sum(public["by_payee"].values()) == public["spent_fen"]
        offered = sum(part["awarded_fen"] for part in one.line["instruments"])
        assert one.held["awarded_fen"].sum() == offered


@settings(max_examples=10, deadline=None)
@given(cities, st.permutations(NAMES))
def test_neither_company_nor_order_nor_name_changes_a_systems_figures(
    firms: Sequence[Firm], order: Sequence[str]
) -> None:
    place = read(firms)
    together = {one.line["name"]: one for one in measured(place, *NAMES)}
    for name in order:
        (alone,) = measured(place, name)
        assert alone.line == together[name].line
        assert alone.held.equals(together[name].held)
    book = books()["south"]
    other = replace(book, region=replace(book.region, name="elsewhere"))
    (renamed,) = measured(place, "other", of={"other": other})
    assert {**renamed.line, "name": "south"} == together["south"].line
    orders = [figures(place, [together[name] for name in names], {}) for names in (NAMES, order)]
    assert orders[0]["ranked"] == orders[1]["ranked"]
    assert orders[0]["nowhere"] == orders[1]["nowhere"]


@settings(max_examples=10, deadline=None)
@given(cities)
def test_a_system_on_its_own_city_reaches_whom_its_run_reaches(firms: Sequence[Firm]) -> None:
    place = read(firms)
    run = north.whole_run(firms, books()["north"]).verdicts
    (told,) = measured(place, "north")
    met = set(run.filter(pl.col("outcome") == MET)["enterprise_id"])
    maybe = set(run.filter(pl.col("outcome") == UNKNOWN)["enterprise_id"]) - met
    assert (told.line["reached"]["certain"], told.line["reached"]["possible"]) == (len(met), len(maybe))
    assert told.line["public"]["spent_fen"] == run["awarded_fen"].sum()


def test_the_headline_names_who_reaches_most_and_fewest(by_hand: dict[str, Any]) -> None:
    assert by_hand["headline"]["en"] == (
        "Of 5 firms most are reached for certain under the system of North: 3 (60%); it spends CNY\u00a04.8\u00a0k. "
        "They are fewest under those of South and East: 1 (20%)."
    )
    same = {**by_hand, "systems": [line(by_hand, "south"), line(by_hand, "east")]}
    assert headline(same)["en"] == (
        "Of 5 firms 1 (20%) are reached for certain under each of the systems of South and East: no difference."
    )
    named = {**line(by_hand, "north"), "title": {"zh": "北", "en": "The far North"}}
    assert "under the system of the far North" in headline({**by_hand, "systems": [named]})["en"]


@pytest.mark.parametrize(
    ("part", "said"), [(0, "0%"), (1, "<1%"), (10, "1%"), (500, "50%"), (999, ">99%"), (1000, "100%")]
)
def test_a_share_is_called_nothing_or_everything_only_where_it_is(part: int, said: str) -> None:
    assert share(part, 1000) == said
