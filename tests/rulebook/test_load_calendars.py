"""Calendars of a pack: what their authors are told."""

import pytest

from kerong.rulebook import load
from kerong.rulebook.sheets import RulebookErrors
from tests.rulebook.packs import pack

YEAR = """
year = 2026
title = { zh = "2026年", en = "2026" }
[source]
document = "某通知"
clause = "一"
[[holiday]]
title = { zh = "元旦", en = "New Year" }
clause = "一"
from = 2026-01-01
to = 2026-01-03
worked = [2026-01-04]
"""


def _pack(**years: str) -> dict[str, str]:
    return pack() | {f"calendars/{name.removeprefix('y')}.toml": text for name, text in years.items()}


def _errors(texts: dict[str, str]) -> str:
    with pytest.raises(RulebookErrors) as caught:
        load(texts)
    return str(caught.value)


def test_a_calendar_says_its_days_and_where_they_are_announced() -> None:
    found = load(_pack(y2026=YEAR)).calendars[2026]
    assert found.source.document == "某通知"
    assert [(h.title.en, h.first.day, h.last.day, h.worked[0].day) for h in found.holidays] == [("New Year", 1, 3, 4)]


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("year = 2026", "year = 26", 2, "year = 26"),
        ("to = 2026-01-03", "to = 2025-12-31", 11, "before it begins"),
        ("from = 2026-01-01", "from = 2024-12-31", 10, "is named twice|not in 2026"),
        ("worked = [2026-01-04]", "worked = [2026-01-05]", 12, "no Saturday or Sunday"),
        ("worked = [2026-01-04]", "worked = [2026-01-03]", 7, "named twice"),
        ("worked = [2026-01-04]", 'worked = ["4"]', 12, "list of dates"),
        ("worked = [2026-01-04]", "works = [2026-01-04]", 12, "unknown key 'works'"),
        ("[[holiday]]", "[[feast]]", 1, "unknown key 'feast'"),
        ('document = "某通知"', "", 4, "document is missing"),
    ],
)
def test_a_slip_in_a_calendar_is_told_with_its_line(old: str, new: str, line: int, told: str) -> None:
    assert old in YEAR
    text = YEAR.replace(old, new)
    if old.startswith("from"):
        text = text.replace("to = 2026-01-03", "to = 2025-01-03")
    said = _errors(_pack(y2026=text))
    assert f"calendars/2026.toml:{line}: " in said
    assert any(part in said for part in told.split("|"))


def test_a_year_may_not_be_missing_or_stand_twice() -> None:
    later = YEAR.replace("2026", "2028")
    later = later.replace("worked = [2028-01-04]", "")
    assert "no calendar of 2027" in _errors(_pack(y2026=YEAR, y2028=later))
    assert "given twice" in _errors(_pack(y2026=YEAR, yagain=YEAR))


def test_a_holiday_may_begin_in_the_year_before() -> None:
    text = YEAR.replace("from = 2026-01-01", "from = 2025-12-31")
    assert load(_pack(y2026=text)).calendars[2026].holidays[0].first.year == 2025
