"""Decisions in an archive: what a steward decides counts from then on, and a past run never sees it."""

from datetime import date, timedelta

import polars as pl
import pytest

from kerong.engine.record import recorded
from kerong.intake.decisions import NotDecided, decide_identity, decide_settlement, decided_of
from kerong.intake.doubtful import doubtful
from kerong.intake.facts import facts_of
from kerong.rulebook import Rulebook, load
from kerong.store.archive import Archive
from tests.intake.archived import sent
from tests.intake.office import NOW, code, texts

ON = date(2025, 7, 31)
GRANT = """
name = "grant"
title = { zh = "补助", en = "Grants" }
files = ["grant*"]
row = []
identify = "name"
name_column = "label"
source = { zh = "科技局", en = "Science bureau" }
[column.label]
title = { zh = "名称", en = "Name" }
header = ["名称"]
type = "text"
required = true
[column.capital_fen]
title = { zh = "资金", en = "Capital" }
header = ["资金"]
type = "fen"
unit = "yuan"
"""
NAMES = ["大江科技有限公司", "远东电子有限公司", "苏州瑞图软件有限公司", "北辰生物医药有限公司", "南山精密机械有限公司"]
CORE = "苏州瑞图软件"


@pytest.fixture(scope="module")
def book() -> Rulebook:
    both = 'capital_fen = ["firm.capital_fen", "grant.capital_fen"]'
    region = texts()["region.toml"].replace('capital_fen = ["firm.capital_fen"]', both)
    return load(texts() | {"region.toml": region, "registers/grant.toml": GRANT})


@pytest.fixture
def archive(book: Rulebook, tmp_path) -> Archive:  # type: ignore[no-untyped-def]
    made = Archive.create(tmp_path / "archive", book.region.name)
    firms = "".join(f"{code(number)},{name},,1\n" for number, name in enumerate(NAMES, 1))
    grants = "".join(
        f"{name},{number}\n" for number, name in enumerate([NAMES[0], "苏州瑞圖软件有限公司", "瑞图软件有限公司"])
    )
    for name, text in (("firm", "代码,名称,片区,资金\n" + firms), ("grant", "名称,资金\n" + grants)):
        path = tmp_path / f"{name}.csv"
        path.write_text(text, "utf-8")
        sent(made, book, path, name, NOW)
    return made


def linked(archive: Archive, book: Rulebook, sequence: int | None = None) -> list[str]:
    facts = facts_of(archive, book, sequence=sequence)
    made = recorded(facts, book, ON, whole=("grant",), decided=decided_of(facts))
    return sorted(made.registers["grant"]["enterprise_id"].to_list())


def test_a_doubtful_name_is_asked_with_its_likely_firm_until_it_is_decided(archive: Archive, book: Rulebook) -> None:
    facts = facts_of(archive, book)
    asked = doubtful(facts, book, ON, decided_of(facts))
    assert asked.filter(pl.col("enterprise_id") == code(3))["left_id"].to_list() == ["瑞图软件"]
    assert linked(archive, book) == sorted([code(1), code(3)])
    before = len(archive.events())
    decide_identity(archive, "瑞图软件", code(3), "same", "the same address", "Li", NOW + timedelta(days=1))
    assert linked(archive, book) == sorted([code(1), code(3), code(3)])
    assert linked(archive, book, before) == sorted([code(1), code(3)])
    facts = facts_of(archive, book)
    assert doubtful(facts, book, ON, decided_of(facts)).is_empty()
    then = facts_of(archive, book, NOW.date())
    assert decided_of(then).identity.is_empty()


def test_a_contradictory_decision_is_refused_by_name_and_changes_nothing(archive: Archive, book: Rulebook) -> None:
    decide_identity(archive, CORE, code(3), "same", "seen", "Li", NOW)
    events = len(archive.events())
    for right, decision, by in ((code(4), "same", "Li"), (code(3), "different", "Wang")):
        with pytest.raises(NotDecided, match=CORE):
            decide_identity(archive, CORE, right, decision, "seen", by, NOW)
    with pytest.raises(NotDecided, match="reason"):
        decide_identity(archive, "x", code(3), "same", " ", "Li", NOW)
    assert len(archive.events()) == events


def test_a_chosen_value_wins_in_an_archive_with_who_and_when(archive: Archive, book: Rulebook) -> None:
    choice = {"enterprise_id": code(1), "field": "capital_fen", "value": "1000000"}
    decide_settlement(archive, choice, ON, "the licence says so", "Li", NOW)
    decided = decided_of(facts_of(archive, book))
    assert decided.settlement.select("value", "until", "by").rows() == [("1000000", ON, "Li")]
    with pytest.raises(NotDecided, match="value is missing"):
        decide_settlement(archive, choice | {"value": ""}, None, "seen", "Li", NOW)
