"""Decisions of stewards: they go before the rule, link what is doubtful, and contradict each other never silently."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.problems import sentence
from kerong.engine.record.decided import IDENTITY, NOTHING_DECIDED, SETTLEMENTS, Decided, pairs
from kerong.engine.record.lineage import traced
from kerong.engine.record.recorded import Record, recorded
from kerong.rulebook.content import Rulebook
from tests.engine.record.registers import FIRM, ON, OTHER_FIRM, Part, Raw, column, register, rulebook
from tests.engine.record.test_bearers import COMPANY, GRANT

AT = datetime(2025, 6, 1)  # noqa: DTZ001 - tables hold moments in UTC without a zone
STAFF = register(
    column("credit_code", "credit_code", required=True),
    column("year", "year"),
    column("staff", "count"),
    row=("enterprise_id", "year"),
    identify="credit_code",
    period="year",
)
NAMED = [
    dataclasses.replace(one, name=name)
    for name, one in (("company", COMPANY), ("grant", GRANT), ("staff", STAFF), ("survey", STAFF))
]
PROVIDES = {"name": (("company", "name"),), "staff": (("staff", "staff"), ("survey", "staff"))}
FIRMS = [{"credit_code": FIRM, "name": "大江科技有限公司"}, {"credit_code": OTHER_FIRM, "name": "小河电子有限公司"}]
GRANTS = [{"name": name, "paid_on": "2024-03-01"} for name in ("大江科技有限公司", "大江科持有限公司")]
STAFFS = [
    {"credit_code": FIRM, "year": "2024", "staff": "40"},
    {"credit_code": "79965505-8", "year": "2023", "staff": "9"},
]
SURVEYS = [{"credit_code": FIRM, "year": "2024", "staff": "45"}]


def book() -> Rulebook:
    return rulebook(NAMED, PROVIDES)


def facts(**rows: Sequence[Mapping[str, str]]) -> dict[str, Raw]:
    told = {"company": FIRMS, "grant": GRANTS, "staff": STAFFS, "survey": SURVEYS} | rows
    return {name: Raw(name, [Part(f"{name}.csv", pl.DataFrame(list(one)))]) for name, one in told.items()}


def identity(*said: tuple[str, str, str], by: str = "Li") -> pl.DataFrame:
    return pl.DataFrame([(*one, by, AT) for one in said], schema=IDENTITY, orient="row")


def made(decided: Decided, **rows: Sequence[Mapping[str, str]]) -> Record:
    return recorded(facts(**rows), book(), ON, whole=("grant", "staff"), decided=decided)


def by_identity(*said: tuple[str, str, str]) -> Record:
    return made(Decided(identity(*said), SETTLEMENTS.to_frame()))


def owners(found: Record, name: str = "grant") -> list[str]:
    return sorted(found.registers[name]["enterprise_id"].to_list())


def test_a_decided_pair_links_and_a_refused_pair_never() -> None:
    assert owners(made(NOTHING_DECIDED)) == [FIRM]
    assert owners(by_identity(("大江科持", OTHER_FIRM, "same"))) == sorted([FIRM, OTHER_FIRM])
    assert owners(by_identity(("大江科技", FIRM, "different"))) == []


def test_a_refused_bearer_of_a_name_leaves_it_to_the_other() -> None:
    both = [{"credit_code": code, "name": "大江科技有限公司"} for code in (FIRM, OTHER_FIRM)]
    decided = Decided(identity(("大江科技", FIRM, "different")), SETTLEMENTS.to_frame())
    assert owners(made(NOTHING_DECIDED, company=both)) == []
    assert owners(made(decided, company=both)) == [OTHER_FIRM]


def test_an_old_number_is_whose_a_steward_says_and_not_whose_he_refuses() -> None:
    old = "799655058"
    assert owners(made(NOTHING_DECIDED), "staff") == sorted([FIRM, OTHER_FIRM])
    assert owners(by_identity((old, FIRM, "same")), "staff") == [FIRM, FIRM]
    assert owners(by_identity((old, OTHER_FIRM, "different")), "staff") == [FIRM]


def test_two_codes_of_one_enterprise_become_one_and_its_rows_count_once() -> None:
    rows = [{"credit_code": code, "year": "2024", "staff": "40"} for code in (FIRM, OTHER_FIRM)]
    decided = Decided(identity((OTHER_FIRM, FIRM, "same")), SETTLEMENTS.to_frame())
    found = made(decided, staff=rows)
    assert found.enterprises["enterprise_id"].to_list() == [FIRM]
    assert owners(found, "staff") == [FIRM]


def test_contradictory_decisions_decide_nothing_and_are_named() -> None:
    two = pl.concat([identity(("大江科持", one, "same")) for one in (FIRM, OTHER_FIRM)])
    found = made(Decided(two, SETTLEMENTS.to_frame()))
    assert owners(found) == [FIRM]
    told = [sentence(row, "en") for row in found.problems.to_dicts() if row["kind"].startswith("decision")]
    assert len(told) == 2
    assert all("大江科持" in one for one in told)
    circle, wrong = pairs(identity(("a", "b", "same"), ("b", "a", "same"), ("c", "a", "same")))
    assert dict(circle.same) == {}
    assert set(wrong["kind"]) == {"decisions_name_each_other"}


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd"), st.sampled_from(["same", "different"]))))
def test_what_holds_does_not_depend_on_the_order_of_decisions_and_ends_at_an_enterprise(
    said: list[tuple[str, str, str]],
) -> None:
    one, _ = pairs(identity(*said))
    other, _ = pairs(identity(*reversed(list(dict.fromkeys(said)))))
    if len({(left, right) for left, right, _ in said}) == len(set(said)):
        assert (dict(one.same), one.different) == (dict(other.same), other.different)
    assert not set(one.same) & set(one.same.values())


def settlement(value: str, until: date | None, field: str = "staff") -> Decided:
    table = pl.DataFrame([(FIRM, field, value, until, "Li", AT)], schema=SETTLEMENTS, orient="row")
    return Decided(IDENTITY.to_frame(), table)


def staff(found: Record) -> int:
    value = found.enterprises.filter(pl.col("enterprise_id") == FIRM)["staff"].item()
    assert isinstance(value, int)
    return value


def test_a_stewards_choice_wins_until_its_day_and_says_who_and_when() -> None:
    assert staff(made(NOTHING_DECIDED)) == 40
    found = made(settlement("45", ON))
    assert staff(found) == 45
    assert found.conflicts.filter(pl.col("field") == "staff").select(
        "value", "won", "by", "decided_by", "decided_at"
    ).rows() == [("40", False, "decision", "Li", AT), ("45", True, "decision", "Li", AT)]
    assert staff(made(settlement("45", date(2025, 6, 29)))) == 40


def test_a_choice_that_nobody_states_any_more_decides_nothing() -> None:
    assert staff(made(settlement("46", None))) == 40
    assert made(settlement("46", None)).conflicts.equals(made(NOTHING_DECIDED).conflicts)


def test_the_lineage_of_a_value_follows_decisions() -> None:
    decided = Decided(identity(("799655058", FIRM, "same")), settlement("45", None).settlement)
    trace = traced("staff", FIRM, facts(), book(), ON, decided=decided)
    assert trace.value == 45
    assert [(row.register, row.line) for row in trace.rows if row.counts] == [("survey", 2)]
    assert ("staff", 3, "older") in [(row.register, row.line, row.why) for row in trace.rows]
