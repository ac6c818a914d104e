"""The tables of moves: what they say, that they are whole, and which hands they keep apart."""

import json
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from kerong.cli import app
from kerong.engine.deal.moves import DUTIES, SEPARATED, Kind, clash, kind_of
from kerong.engine.deal.said import GUARDS, HEAD, ROLES, markdown, table
from kerong.engine.deal.states import DEALS, GROUPS, KINDS, SUBSIDY
from kerong.engine.deal.states_loan import LOAN
from kerong.engine.money.ledger import movements
from kerong.rulebook.said import Text
from tests.conftest import ROOT

STATES = "here - 此 / here\ndone . 完 / done"
GOOD = "- open here official submit - - - 开 / open\nhere close done official approve 5 - seen,+fen 关 / close"
KINDS_LISTED = list(KINDS.values())


def _kind(states: str = STATES, moves: str = GOOD) -> Kind:
    return kind_of("toy", Text("玩具", "Toy"), states, moves, GROUPS)


def test_a_line_of_the_table_says_who_when_on_what_and_what_is_needed() -> None:
    found = _kind().moves["here", "close"]
    assert (found.end, found.duty, found.due_working_days) == ("done", "approve", 5)
    assert (found.guards, found.needs, found.effects) == (("seen",), ("fen",), ())
    assert found.title == Text("关", "close")


@pytest.mark.parametrize(
    ("states", "moves", "why"),
    [
        (STATES, GOOD + "\nhere close done official approve 5 - - 关 / close", "twice"),
        (STATES, GOOD + "\nhere go nowhere official approve 5 - - 去 / go", "not"),
        (STATES, GOOD + "\nhere go done official rob 5 - - 去 / go", "duty"),
        (STATES, GOOD + "\ndone go here official approve 5 - - 去 / go", "an end"),
        (STATES + "\nlost - 失 / lost", GOOD, "reached"),
        (STATES + "\nisle - 岛 / isle", GOOD + "\nisle stay = official approve 5 - - 留 / stay", "reached"),
        (STATES, GOOD + "\nhere go done martian approve 5 - - 去 / go", "cannot see it"),
    ],
)
def test_a_table_that_cannot_be_walked_is_refused_when_it_is_read(states: str, moves: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        _kind(states, moves)


@pytest.mark.parametrize("kind", KINDS_LISTED, ids=lambda kind: kind.name)
def test_from_every_state_there_is_a_way_to_an_end(kind: Kind) -> None:
    ends = {name for name, state in kind.states.items() if state.is_end}
    leads = set(ends)
    while more := {m.begin for m in kind.moves.values() if m.end in leads and m.begin} - leads:
        leads |= more
    assert leads == set(kind.states)


@pytest.mark.parametrize("kind", KINDS_LISTED, ids=lambda kind: kind.name)
def test_every_guard_role_duty_and_effect_of_a_table_exists_and_has_words(kind: Kind) -> None:
    for move in kind.moves.values():
        assert set(move.guards) <= GUARDS.keys()
        assert set(move.roles) <= ROLES.keys()
        assert move.roles
        assert move.duty in DUTIES
        assert all(callable(getattr(movements, effect)) for effect in move.effects)


def test_money_moves_only_in_hands_that_are_kept_apart_or_by_the_treasury() -> None:
    for move in SUBSIDY.moves.values():
        if move.effects and move.roles != {"official", "machine"}:
            assert any(move.duty in group for group in SEPARATED), move


def test_every_way_to_payment_passes_a_submission_a_review_an_approval_and_a_release() -> None:
    hands = {"submit", "review", "approve", "release"}
    for missing in hands:
        reached = {""}
        while more := {m.end for m in SUBSIDY.moves.values() if m.begin in reached and m.duty != missing} - reached:
            reached |= more
        assert "in_payment" not in reached, missing


@pytest.mark.parametrize("kind", KINDS_LISTED, ids=lambda kind: kind.name)
def test_from_the_beginning_there_is_a_way_to_every_state(kind: Kind) -> None:
    reached = {""}
    while more := {m.end for m in kind.moves.values() if m.begin in reached} - reached:
        reached |= more
    assert reached - {""} == set(kind.states)


@pytest.mark.parametrize("kind", KINDS_LISTED, ids=lambda kind: kind.name)
def test_no_move_is_made_by_a_role_that_cannot_see_the_deal(kind: Kind) -> None:
    for move in kind.moves.values():
        assert move.roles <= kind.seen_by | {"machine"}, move


@pytest.mark.parametrize("kind", DEALS, ids=lambda kind: kind.name)
def test_the_money_of_a_deal_leaves_a_book_only_in_a_hand_that_is_kept_apart(kind: Kind) -> None:
    leaves = {"compensate", "invest", "reserve_compensation", "reserve_investment", "refund"}
    for move in kind.moves.values():
        if leaves & set(move.effects):
            assert any(move.duty in group for group in SEPARATED), move


@pytest.mark.parametrize("kind", DEALS, ids=lambda kind: kind.name)
def test_a_deal_begins_with_the_firm_or_who_acts_for_it_and_has_a_second_hand_before_it_is_in_force(kind: Kind) -> None:
    for move in kind.moves_from(""):
        assert move.duty in ("submit", "claim")
    decided = {move.end for move in kind.moves.values() if move.duty in ("approve", "check")}
    assert decided


def test_every_way_to_a_drawdown_passes_a_submission_a_review_an_approval_and_a_release() -> None:
    for missing in ("submit", "review", "approve", "release"):
        reached = {""}
        while more := {m.end for m in LOAN.moves.values() if m.begin in reached and m.duty != missing} - reached:
            reached |= more
        assert not {"drawing", "repaying", "overdue"} & reached, missing


def test_a_loan_is_compensated_only_after_a_claim_a_check_and_a_payment_in_three_hands() -> None:
    for missing in ("claim", "check", "compensate"):
        reached = {""}
        while more := {m.end for m in LOAN.moves.values() if m.begin in reached and m.duty != missing} - reached:
            reached |= more
        assert "compensated" not in reached, missing


def test_every_way_to_payment_passes_a_public_notice() -> None:
    reached = {""}
    while more := {m.end for m in SUBSIDY.moves.values() if m.begin in reached} - reached - {"noticed"}:
        reached |= more
    assert "approved" in reached
    assert "in_payment" not in reached


def test_money_that_is_set_aside_is_free_again_or_paid_on_every_way_to_an_end() -> None:
    held = {name for name, state in SUBSIDY.states.items() if not state.is_end}
    for move in SUBSIDY.moves.values():
        if move.begin in ("reserved", "approved", "noticed", "objected", "cleared", "failed", "partly") and (
            move.end not in held or move.end in ("verified", "paid")
        ):
            assert "release_grant" in move.effects, move


NAMES = st.sampled_from(["li", "wang", "zhao"])
HAND = st.tuples(st.frozensets(NAMES, min_size=1), st.sampled_from(sorted(DUTIES)))


@given(HAND, st.lists(HAND, max_size=6))
def test_nobody_has_two_separated_duties_under_any_name(now: tuple[frozenset[str], str], acted: list) -> None:  # type: ignore[type-arg]
    names, duty = now
    expected = any(
        names & others and duty != before and any({duty, before} <= group for group in SEPARATED)
        for others, before in acted
    )
    assert (clash(duty, names, acted) is not None) == expected


def test_the_table_is_printed_for_people_and_for_machines() -> None:
    shown = CliRunner().invoke(app, ["deal", "moves", "subsidy", "--lang", "en"], env={"COLUMNS": "250"})
    assert shown.exit_code == 0
    assert "put on public notice" in shown.output
    told = json.loads(CliRunner().invoke(app, ["deal", "moves", "subsidy", "--json"]).output)
    assert {(one["begin"], one["name"]) for one in told} == set(SUBSIDY.moves)
    assert CliRunner().invoke(app, ["deal", "moves", "lottery"]).exit_code == 2
    assert CliRunner().invoke(app, ["deal", "moves", "subsidy", "--lang", "fr"]).exit_code == 2


@pytest.mark.parametrize(
    ("kind", "lang"),
    list(product(KINDS_LISTED, ("zh", "en"))),
    ids=lambda one: one if isinstance(one, str) else one.name,
)
def test_the_table_in_words_tells_every_move_once(kind: Kind, lang: str) -> None:
    rows = list(table(kind, lang))
    assert all(len(row) == len(HEAD) for row in rows)
    assert len(set(rows)) == len(rows)


def test_the_page_of_subsidies_holds_the_table_as_it_is() -> None:
    page = (ROOT / "docs/algorithms/subsidy.md").read_text("utf-8")
    assert markdown(SUBSIDY, "en") in page


@pytest.mark.parametrize("kind", DEALS, ids=lambda kind: kind.name)
def test_the_page_of_deals_holds_every_table_as_it_is(kind: Kind) -> None:
    page = (ROOT / "docs/algorithms/deals.md").read_text("utf-8")
    assert f"## {kind.title.en} (`{kind.name}`, {kind.title.zh})\n" in page
    assert markdown(kind, "en") in page
