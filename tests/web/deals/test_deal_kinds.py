"""Every kind of deal that has a table can be stored, and every name in its table is one that its services know."""

from dataclasses import fields

import pytest

from kerong.engine.deal.moves import Kind
from kerong.engine.deal.states import DEALS, KINDS
from kerong.web.base.services.deal import DealWish
from kerong.web.base.services.deal_kinds import DOINGS


def test_every_kind_but_the_subsidy_can_be_stored() -> None:
    assert set(DOINGS) == KINDS.keys() - {"subsidy"}


@pytest.mark.parametrize("kind", DEALS, ids=lambda kind: kind.name)
def test_every_guard_and_every_effect_of_a_table_is_one_that_its_kind_knows(kind: Kind) -> None:
    doing = DOINGS[kind.name]
    for move in kind.moves.values():
        assert set(move.guards) <= doing.guards.keys(), move
        assert set(move.effects) <= doing.effects.keys(), move


@pytest.mark.parametrize("kind", DEALS, ids=lambda kind: kind.name)
def test_whatever_a_move_needs_a_wish_can_say(kind: Kind) -> None:
    said = {field.name for field in fields(DealWish)}
    assert {need for move in kind.moves.values() for need in move.needs} <= said


@pytest.mark.parametrize("kind", DEALS, ids=lambda kind: kind.name)
def test_what_changes_a_deal_is_a_move_of_a_table_that_it_is_written_for(kind: Kind) -> None:
    changes = DOINGS[kind.name].changes
    alike = [one for one in DEALS if DOINGS[one.name].changes == changes]
    assert set(changes) <= {move.name for one in alike for move in one.moves.values()}


@pytest.mark.parametrize("kind", DEALS, ids=lambda kind: kind.name)
def test_what_close_of_business_calls_for_is_a_move_of_the_machine_from_a_state_that_is_closed(kind: Kind) -> None:
    closing = DOINGS[kind.name].closing
    calls = () if closing is None else (closing.falls, closing.cures, closing.settles)
    called = {pair for moves in calls for pair in moves.items()}
    machine = {(move.begin, move.name) for move in kind.moves.values() if "machine" in move.roles}
    assert called <= machine
    assert {name for _, name in machine} == {name for _, name in called}
    assert closing is None or {begin for begin, _ in called} <= set(closing.states)
