"""Alerts: a run's warnings open once, people move them by one table, and each sees what is theirs."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kerong.web.base.models import Alert, AlertMove, AlertParty, Role, Run, User
from kerong.web.base.models.alert import DISPOSALS, OUTCOMES, STATES
from kerong.web.base.services import alerts_of_run
from kerong.web.base.services.alert import ACTORS, MOVES, RUN_MOVES, AlertRefused, Wish, alert_move
from kerong.web.base.services.alerts_of_run import alerts_update

DAY = date(2025, 6, 30)
REGION = "demo"
NAMES = ("take", "choose", "close")


def _made(subject: str = "firm", **changes: Any) -> Alert:
    told = {"kind": "loan_overdue_alert", "subject_kind": "enterprise", "region": REGION, "severity": 2, "peak": 2}
    told |= {"on": DAY, "seen_on": DAY, "run_id": "r", "due": DAY + timedelta(days=5), "owner": "lending_bank"}
    made = Alert.objects.create(subject=subject, **{**told, **changes})
    AlertMove.objects.create(alert=made, version=1, name="warn", end="open", severity=2, run_id="r")
    return made


def _put(made: Alert, state: str) -> None:
    disposal = "contact" if state in ("acting", "closed") else ""
    outcome = "stable" if state == "closed" else ""
    Alert.objects.filter(pk=made.pk).update(state=state, disposal=disposal, outcome=outcome)


def _wish(name: str, version: int = 1, note: str = "because") -> Wish:
    return Wish(name, version, note, {"choose": "contact", "close": "stable"}.get(name, ""))


def _owner(people: dict[str, User], made: Alert, *roles: str) -> None:
    for role in roles:
        AlertParty.objects.create(alert=made, institution=people[role].institution)


def _adds_up(alert: Alert) -> None:
    """The history tells every state that the alert was in, one move after the other, up to the present one."""
    moves = list(alert.moves.all())
    assert [move.version for move in moves] == list(range(1, alert.version + 1))
    assert moves[0].begin == ""
    assert [move.begin for move in moves[1:]] == [move.end for move in moves[:-1]]
    assert moves[-1].end == alert.state
    for move in moves:
        by_people = MOVES.get((move.begin, move.name))
        end = by_people.end if by_people else RUN_MOVES[move.begin, move.name]
        assert (move.by is None) == (by_people is None)
        assert move.end == end


@pytest.mark.parametrize("role", Role)
def test_what_is_not_in_the_table_of_moves_is_refused(role: Role, people: dict[str, User]) -> None:
    for number, (state, name) in enumerate(product(STATES, NAMES)):
        made = _made(f"firm{number}")
        _owner(people, made, "bank", "guarantor", "insurer", "fund")
        _put(made, state)
        known = MOVES.get((state, name))
        if role not in ACTORS and role != Role.ANALYST:
            assert alert_move(people[role], made.pk, _wish(name), REGION) is None
        elif role == Role.ANALYST or known is None:
            with pytest.raises(PermissionDenied if role == Role.ANALYST else AlertRefused):
                alert_move(people[role], made.pk, _wish(name), REGION)
        else:
            moved = alert_move(people[role], made.pk, _wish(name), REGION)
            assert moved is not None
            assert (moved.state, moved.version) == (known.end, 2)
            continue
        made.refresh_from_db()
        assert (made.state, made.version) == (state, 1)


STEPS = st.one_of(
    st.tuples(
        st.sampled_from(NAMES), st.sampled_from(["", "said", " \x00"]), st.sampled_from([*DISPOSALS, *OUTCOMES, ""])
    ),
    st.tuples(st.just("run"), st.sampled_from([None, 1, 2, 3]), st.integers(1, 40)),
)


class TestAnySequence(TestCase):
    """Laws over many sequences: each example runs in a transaction of its own."""

    @settings(max_examples=60, deadline=None)
    @given(st.lists(STEPS, max_size=14), st.integers(0, 3))
    def test_any_sequence_of_moves_ends_in_a_defined_state_and_its_history_adds_up(
        self, steps: list[tuple[str, Any, Any]], stale: int
    ) -> None:
        official = User.objects.create_user(username="o", role=Role.OFFICIAL)
        day = DAY
        for number, (name, first, second) in enumerate([("run", 2, 5), *steps]):
            found = Alert.objects.first()
            if name == "run":
                day += timedelta(days=30)
                _run_says(f"run{number}", day, {"firm": (first, second)} if first else {})
            elif found is not None:
                version = found.version - (1 if number % 4 == stale else 0)
                before = (found.state, found.version)
                try:
                    alert_move(official, found.pk, Wish(name, version, first, second), REGION)
                except AlertRefused:
                    found.refresh_from_db()
                    assert (found.state, found.version) == before
        assert Alert.objects.count() <= 1
        for alert in Alert.objects.all():
            assert alert.state in STATES
            assert (alert.state == "closed") == bool(alert.outcome)
            _adds_up(alert)


class _Said:
    """As much of a published run as alerts need: its day and its warnings."""

    tables: frozenset[str] = frozenset()

    def __init__(self, run_id: str, on: date, warned: dict[str, tuple[int, int]]) -> None:
        self.run_id, self.on, self.manifest, self.warned = run_id, on, {"region": REGION}, warned
        region = type("R", (), {"name": REGION, "institutions": ()})
        self.rulebook = type("B", (), {"region": region})


def _run_says(run_id: str, on: date, warned: dict[str, tuple[int, int]]) -> dict[str, int]:
    """A run on a day that warns of firms with a severity, due some days later."""
    Run.objects.update_or_create(run_id=run_id, defaults={"path": run_id, "region": REGION, "on": on})
    rows = {
        ("loan_overdue_alert", "enterprise", firm): {
            "on": on,
            "severity": severity,
            "owner": "lending_bank",
            "due": on + timedelta(days=days),
            "action": {"zh": "联系", "en": "call"},
            "evidence": '{"overdue_days": 3}',
        }
        for firm, (severity, days) in warned.items()
    }
    patch = pytest.MonkeyPatch()
    patch.setattr(alerts_of_run, "warned", lambda _: rows)
    try:
        with transaction.atomic():
            return alerts_update(_Said(run_id, on, warned))  # type: ignore[arg-type]
    finally:
        patch.undo()


def test_the_same_warning_does_not_open_twice_and_a_repeated_one_gives_no_more_time(db: None) -> None:
    assert _run_says("a", DAY, {"firm": (2, 5)}) == {"warn": 1}
    assert _run_says("a", DAY, {"firm": (2, 5)}) == {}
    later = DAY + timedelta(days=90)
    assert _run_says("b", later, {"firm": (2, 5)}) == {}
    alert = Alert.objects.get()
    assert (alert.due, alert.seen_on, alert.run_id, alert.on) == (DAY + timedelta(days=5), later, "b", DAY)


def test_what_no_longer_holds_lapses_unless_somebody_acts_and_nothing_is_deleted(people: dict[str, User]) -> None:
    Run.objects.all().update(on=DAY - timedelta(days=900))
    before = set(Alert.objects.values_list("pk", flat=True))
    _run_says("a", DAY + timedelta(days=1), {"new": (2, 5), "taken": (2, 5), "acting": (2, 5)})
    for firm, names in (("taken", ["take"]), ("acting", ["take", "choose"])):
        for version, name in enumerate(names, 1):
            alert_move(people["official"], Alert.objects.get(subject=firm).pk, _wish(name, version), REGION)
    _run_says("b", DAY + timedelta(days=2), {})
    states = dict(Alert.objects.exclude(pk__in=before).values_list("subject", "state"))
    assert states == {"new": "lapsed", "taken": "lapsed", "acting": "acting"}
    assert not Alert.objects.get(subject="acting").holds
    assert before <= set(Alert.objects.values_list("pk", flat=True))


def test_a_closed_alert_is_opened_again_by_a_worse_warning_or_one_that_came_back_and_by_no_other(
    people: dict[str, User],
) -> None:
    Run.objects.all().update(on=DAY - timedelta(days=900))
    days = iter(DAY + timedelta(days=30 * number) for number in range(1, 9))

    def says(**warned: tuple[int, int]) -> Alert:
        on = next(days)
        _run_says(f"run {on}", on, warned)
        return Alert.objects.get(subject="firm")

    def close(alert: Alert) -> None:
        for name in NAMES:
            alert.refresh_from_db()
            alert_move(people["official"], alert.pk, _wish(name, alert.version), REGION)

    close(says(firm=(2, 5)))
    assert says(firm=(2, 5)).state == "closed"
    assert says(firm=(1, 5)).state == "closed"
    again = says(firm=(3, 5))
    assert (again.state, again.outcome, again.disposal) == ("open", "", "")
    assert again.due == again.on + timedelta(days=5)
    close(again)
    assert says().state == "closed"
    assert says(firm=(1, 5)).state == "open"
    _adds_up(Alert.objects.get(subject="firm"))


def test_an_older_run_that_is_published_again_changes_no_alert(db: None) -> None:
    _run_says("new", DAY, {"firm": (2, 5)})
    assert _run_says("old", DAY - timedelta(days=1), {}) == {}
    assert Alert.objects.get().state == "open"


def test_who_comes_second_is_told_and_changes_nothing(people: dict[str, User]) -> None:
    made = _made()
    assert alert_move(people["official"], made.pk, _wish("take"), REGION) is not None
    with pytest.raises(AlertRefused, match="version"):
        alert_move(people["official"], made.pk, _wish("take"), REGION)
    assert made.moves.count() == 2


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (Wish("choose", 1, " \n\x00", "contact"), "note"),
        (Wish("choose", 1, "x" * 2001, "contact"), "note"),
        (Wish("choose", 1, "yes", "recovered"), "choice"),
        (Wish("choose", 1, "yes", ""), "choice"),
        (Wish("choose", 0, "yes", "contact"), "version"),
        (Wish("close", 1, "yes", "stable"), "state"),
    ],
)
def test_a_move_says_why_and_chooses_what_there_is(wish: Wish, why: str, people: dict[str, User]) -> None:
    made = _made()
    _put(made, "taken")
    with pytest.raises(AlertRefused, match=why):
        alert_move(people["official"], made.pk, wish, REGION)
    made.refresh_from_db()
    assert made.state == "taken"


def test_nobody_deals_with_the_own_firm_under_a_second_log_in(people: dict[str, User], ids: list[str]) -> None:
    made = _made(ids[0])
    User.objects.filter(pk=people["enterprise"].pk).update(person="P-7")
    User.objects.filter(pk=people["official"].pk).update(person="p-7")
    with pytest.raises(AlertRefused, match="hands"):
        alert_move(User.objects.get(pk=people["official"].pk), made.pk, _wish("take"), REGION)
