"""Views: laws of the fold, whatever the order of arrival, and moments that never change."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.store.archive import Archive, Batch, Refused
from kerong.store.archive.fold import counting, replaced
from tests.store.archive.making import START, STEWARD, at, batch_of, delivered, told_by

PERIODS = ("2025-04", "2025-05", "2025-06")
DAYS = st.none() | st.dates(date(2025, 7, 1), date(2025, 7, 4))


@st.composite
def published(draw: Callable[..., Any], extents: tuple[str, ...] = ("period", "whole", "added")) -> list[Batch]:
    """Batches of two feeds with ids in the order of arrival, some of them supplements of earlier ones."""
    batches: list[Batch] = []
    for number in range(1, draw(st.integers(1, 9)) + 1):
        data = str(draw(st.integers(0, 5)) if draw(st.booleans()) else 100 + number).encode()
        extent = draw(st.sampled_from(extents))
        periods = ("whole",) if extent == "whole" else tuple(draw(st.sets(st.sampled_from(PERIODS), min_size=1)))
        told = batch_of(data, periods, extent=extent, as_of=draw(DAYS), feed=draw(st.sampled_from(("tax", "social"))))
        parents = [batch for batch in batches if batch.feed == told.feed]
        if parents and draw(st.booleans()):
            parent = draw(st.sampled_from(parents))
            told = replace(told, kind="supplement", parent=parent.id, extent=parent.extent, periods=parent.periods)
        batches.append(replace(told, id=f"{number:06d}-{told.sha256[:12]}"))
    return batches


@given(published(), st.randoms(use_true_random=False))
def test_the_view_depends_on_what_was_published_and_not_on_the_order(
    batches: list[Batch], chance: random.Random
) -> None:
    shuffled = list(batches)
    chance.shuffle(shuffled)
    assert counting(shuffled) == counting(batches)


@given(published(("period",)))
def test_each_period_counts_in_the_latest_file_that_states_it_and_in_no_other(batches: list[Batch]) -> None:
    """Written anew for feeds without supplements: the definition against the fold."""
    batches = [batch for batch in batches if batch.parent is None]
    counted = counting(batches)
    for feed in ("tax", "social"):
        for period in PERIODS:
            stating = [batch for batch in batches if batch.feed == feed and period in batch.periods]
            won = [
                batch.id
                for batch in stating
                if batch.id in counted
                and period in (batch.periods if counted[batch.id] is None else counted[batch.id] or ())
            ]
            latest = max(stating, key=lambda batch: (batch.as_of or date.min, batch.id), default=None)
            assert won == ([] if latest is None else [latest.id])


@given(published(("period", "whole")), DAYS)
def test_an_older_file_changes_no_period_that_a_newer_one_states(batches: list[Batch], day: date | None) -> None:
    standing = [batch for batch in batches if batch.parent is None and batch.as_of is not None]
    oldest = min((batch.as_of for batch in standing if batch.as_of), default=date(2025, 7, 1)) - timedelta(days=1)
    older = replace(batch_of(b"older", PERIODS, as_of=oldest), id="000099-000000000000")
    assert replaced(standing, older) == {}


@given(published(("period", "whole")))
def test_a_supplement_counts_exactly_where_its_parent_counts(batches: list[Batch]) -> None:
    counted = counting(batches)
    for batch in batches:
        if batch.parent is not None and batch.id in counted:
            parents = {other.id: other for other in batches}
            parent = parents[batch.parent]
            while parent.parent is not None:
                parent = parents[parent.parent]
            assert counted[batch.id] == counted[parent.id]


@given(published(("added",)))
def test_rows_that_are_added_replace_nothing(batches: list[Batch]) -> None:
    counted = counting(batches)
    assert set(counted.values()) <= {None}
    feeds = {batch.id: (batch.feed, batch.sha256) for batch in batches if batch.parent is None}
    assert sorted(set(feeds.values())) == sorted(feeds[name] for name in counted if name in feeds)


@given(published(), st.data())
def test_what_is_told_to_be_replaced_is_what_the_view_loses(batches: list[Batch], data: st.DataObject) -> None:
    added = data.draw(st.sampled_from(batches))
    others = [batch for batch in batches if batch.id != added.id]
    lost = replaced(others, added)
    before, after = counting(others), counting([*others, added])
    assert {name for name in before if before[name] != after.get(name, ())} >= set(lost)
    assert set(before) - set(after) <= set(lost)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(("arrive", "hold", "publish", "reject", "withdraw")),
        st.integers(0, 3),
        DAYS,
        st.integers(-2, 3),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None)
@given(ACTS)
def test_a_view_of_a_moment_never_changes_by_what_is_appended_after_it(
    acts: list[tuple[str, int, date | None, int]],
) -> None:
    """Also with clocks that go back: each act is at a moment before or after the one before it."""
    with TemporaryDirectory() as folder:
        archive = Archive.create(Path(folder) / "archive", "china")
        moment, views = START, {}
        for number, (act, which, as_of, hours) in enumerate(acts):
            moment += timedelta(hours=hours)
            _act(archive, act, which, as_of, str(number).encode(), moment)
            latest = max((event.at for event in archive.events()), default=START)
            views[latest] = archive.view(latest)
            for earlier, seen in views.items():
                if earlier < latest:
                    assert archive.view(earlier) == seen
        anew = Archive.opened(archive.path)
        assert all(anew.view(moment) == seen for moment, seen in views.items())


def _act(archive: Archive, act: str, which: int, as_of: date | None, data: bytes, moment: datetime) -> None:
    batches = archive.batches()
    if act in ("arrive", "hold"):
        delivered(archive, data, PERIODS[: which % 3 + 1], act == "arrive", as_of=as_of, received_at=moment)
    elif batches:
        step: Callable[..., object] = getattr(archive, act)
        try:
            step(batches[which % len(batches)].id, STEWARD, moment, "reason")
        except Refused:
            return


def test_a_day_counts_to_its_end_and_a_moment_to_itself(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive", "china")
    late = datetime(2026, 1, 1, 23, 59, 59, 999_999, UTC)
    delivered(archive, b"late", received_at=late)
    assert archive.view(date(2025, 12, 31)).sequence == 0
    assert told_by(archive.view(date(2026, 1, 1))) == {"2025-06": "late"}
    assert archive.view(late - timedelta(microseconds=1)).batches == ()
    assert archive.view(late).digest == archive.view().digest
    with pytest.raises(Refused, match="column at"):
        archive.view(datetime(2026, 1, 1))  # noqa: DTZ001 - a moment without a zone is what is refused


def test_decisions_stand_in_the_same_log_and_are_known_from_their_moment(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive", "china")
    delivered(archive, b"june")
    archive.decide("identity", {"left": "甲", "right": "乙", "same": True}, STEWARD, at(1))
    archive.decide("objection", {"field": "employees"}, "firm", at(2))
    archive.decide("identity", {"left": "甲", "right": "乙", "same": False}, STEWARD, at(3))
    assert [event.content["same"] for event in archive.decisions("identity")] == [True, False]
    assert [event.content["same"] for event in archive.decisions("identity", at(2))] == [True]
    assert archive.decisions("identity", date(2025, 12, 31)) == []
    assert [event.kind for event in archive.events()] == ["received", "published", *["decided"] * 3]
    assert told_by(archive.view()) == {"2025-06": "june"}
    with pytest.raises(Refused, match="content"):
        archive.decide("identity", {"day": START}, STEWARD, at(4))


def test_the_worked_table_of_the_page_is_what_comes_out(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "algorithms" / "batches.md").read_text("utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[2:3].isdigit()]
    assert [row[0] for row in rows] == ["1", "2", "3", "4", "5"]
    archive = Archive.create(tmp_path / "archive", "china")
    ids = {}
    for _, name, as_of, periods, counts in rows:
        told: dict[str, Any] = {} if as_of == "-" else {"as_of": as_of}
        ids[name] = delivered(archive, name.encode(), tuple(periods.split(", ")), **told).id
        assert told_by(archive.view()) == dict(pair.split(": ") for pair in counts.split(", "))
    archive.withdraw(ids["B"], STEWARD, at(1), "wrong")
    assert told_by(archive.view()) | {"2025-06": "A", "2025-07": "E"} == told_by(archive.view())
    archive.withdraw(ids["E"], STEWARD, at(1), "wrong")
    assert told_by(archive.view())["2025-07"] == "D"
