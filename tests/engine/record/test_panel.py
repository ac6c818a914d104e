"""A row of a past day is the row that a record made on that day has, whatever else the panel is asked."""

import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kerong.engine.record import FactTable, Refused, features, recorded
from kerong.engine.record.panel import panel
from kerong.lab.city import make_city, write_city
from kerong.rulebook import Rulebook, load
from kerong.rulebook.feeds import patterns_of
from kerong.rulebook.pruning import pruned
from kerong.store.files import Folder, RawTable
from kerong.store.packs import read_pack
from kerong.store.registers import FolderRegisters
from tests.engine.record.registers import FIRM, OTHER_FIRM, Raw, column, raw, register, rulebook, tax

EXAMPLES = int(os.environ.get("KERONG_PANEL_EXAMPLES", "4"))
DAYS = (date(2023, 12, 31), date(2024, 6, 15), date(2025, 6, 30))


@cache
def book() -> Rulebook:
    return load(read_pack("demo"))


@cache
def city() -> Mapping[str, RawTable]:
    """The raw registers of a small, dirty city."""
    with TemporaryDirectory() as folder:
        write_city(make_city(40, 5, texts=read_pack("demo")), Path(folder))
        facts = FolderRegisters(Folder(Path(folder)), *patterns_of(book()))
        return {name: facts[name] for name in facts}


@cache
def whole(on: date) -> pl.DataFrame:
    """All fields of all enterprises in the record of a day."""
    made = recorded(city(), book(), on)
    return features(made.enterprises, made.registers, book(), on)[0]


@cache
def fields() -> list[str]:
    told = [name for name in whole(DAYS[-1]).columns if "!" not in name and name != "enterprise_id"]
    return sorted(set(told) - {"other_names"})


@settings(max_examples=EXAMPLES, deadline=None, database=None)
@given(st.data())
def test_a_row_of_a_day_is_that_of_the_record_made_on_that_day(data: st.DataObject) -> None:
    days = data.draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=4))
    wanted = data.draw(st.lists(st.sampled_from(fields()), min_size=1, max_size=5, unique=True))
    found = panel(city(), book(), days, wanted)
    assert found.columns == ["enterprise_id", "on", *(name for one in wanted for name in (one, f"{one}.known"))]
    assert found.select("enterprise_id", "on").equals(found.select("enterprise_id", "on").sort("enterprise_id", "on"))
    for day in set(days):
        own = found.filter(pl.col("on") == day)
        assert_frame_equal(own.select("enterprise_id", *wanted), whole(day).select("enterprise_id", *wanted))
        for name in wanted:
            known = own[f"{name}.known"].drop_nulls()
            assert (known <= day).all(), f"{name} is known later than its day"


@dataclass(frozen=True)
class Shuffled(Mapping[str, FactTable]):
    """The registers with their rows and files in another order."""

    of: Mapping[str, RawTable]
    seed: int

    def __getitem__(self, name: str) -> FactTable:
        table = self.of[name]
        rng = random.Random(f"{self.seed} {name}")
        parts = [
            replace(part, frame=part.frame.sample(fraction=1, shuffle=True, seed=self.seed)) for part in table.parts
        ]
        rng.shuffle(parts)
        return replace(table, parts=parts)

    def __iter__(self) -> Iterator[str]:
        return iter(self.of)

    def __len__(self) -> int:
        return len(self.of)


@pytest.mark.parametrize("seed", [1, 2])
def test_neither_the_order_of_rows_and_files_nor_that_of_days_changes_a_panel(seed: int) -> None:
    wanted = ["stage", "sales_12m_fen", "overdue_days_worst", "name", "rounds"]
    wanted = [name for name in wanted if name in fields()]
    straight = panel(city(), book(), DAYS, wanted)
    shuffled = panel(Shuffled(city(), seed), book(), DAYS[::-1], wanted)
    assert_frame_equal(shuffled, straight)


def test_what_became_known_later_is_not_in_an_earlier_day() -> None:
    firms = register(
        column("credit_code", "credit_code", "code", required=True),
        column("name", "text", "name"),
        column("said_on", "date", "said"),
        row=("enterprise_id", "said_on"),
        identify="credit_code",
        known="said_on",
        absence="none",
    )
    firms = replace(firms, name="firm")
    provides = {"name": (("firm", "name"),)}
    texts = rulebook([firms], provides)
    rows = [
        {"code": FIRM, "name": "甲一公司", "said": "2024-01-05"},
        {"code": FIRM, "name": "甲二公司", "said": "2024-03-05"},
        {"code": OTHER_FIRM, "name": "乙公司", "said": "2024-03-01"},
    ]
    found = panel({"firm": raw(rows)}, texts, [date(2024, 2, 1), date(2024, 4, 1)], ["name"])
    assert found.rows() == [
        (OTHER_FIRM, date(2024, 4, 1), "乙公司", date(2024, 3, 1)),
        (FIRM, date(2024, 2, 1), "甲一公司", date(2024, 1, 5)),
        (FIRM, date(2024, 4, 1), "甲二公司", date(2024, 3, 5)),
    ]


def test_a_panel_of_a_file_that_cannot_be_read_is_refused_as_a_run_is() -> None:
    texts = rulebook([tax()], {})
    unread = Raw("tax", [], [{"stage": "read", "kind": "file_unreadable", "severity": "refused", "file": "tax.csv"}])
    with pytest.raises(Refused):
        panel({"tax": unread}, texts, [date(2024, 1, 1)], ["enterprise_id"])


def test_a_panel_of_no_day_and_of_an_unknown_field_says_so() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        panel(city(), book(), [], ["stage"])
    with pytest.raises(KeyError, match="no_such_field"):
        panel(city(), book(), DAYS, ["no_such_field"])


def test_a_pruned_rulebook_reads_no_register_that_its_fields_do_not_rest_on() -> None:
    small = pruned(book(), ["age_years"])
    assert set(small.registers) == {"company"}
    assert not small.measures
    assert not small.rules
    assert set(small.feeds) == {name for name, feed in book().feeds.items() if feed.register == "company"}
