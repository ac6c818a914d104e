"""A reform beside what is in force: equal to two whole runs, and every figure by hand on a region of a few firms."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine import award
from kerong.lab.compare import Reform, compared, differences, figures, first_day, reform_of, report
from kerong.rulebook import RulebookErrors
from tests.lab import north
from tests.lab.north import ON, Firm

TWICE = "[parameter.each_fen]\n2025-01-01 = { value = 200_00, source = 'a' }\n"
EXTRA = north.TRAINING.replace("training", "extra").replace("500_00", "enterprise.interest_fen")
# no other rule looks at the rows of the register of firms
ROWS = (
    north.HIRING.replace("hiring", "rows").replace("enterprise.", "firm.").replace('per = "enterprise"', 'per = "firm"')
)
MOST = north.MEASURES.replace('"sum(', '"max(')
SMALLER = "[parameter.small_count]\n2025-01-01 = { value = 20, source = 'a' }\n"
# files of reforms that load together in any choice
FILES = {
    "policies_hiring": st.builds(
        "[parameter.each_fen]\n2025-01-01 = {{ value = {}, source = 'a' }}\n"
        "[parameter.budget_fen]\n2025-03-01 = {{ value = {}, source = 'a' }}\n"
        "[parameter.least_count]\n2025-02-01 = {{ value = {}, source = 'a' }}\n".format,
        st.integers(0, 300_00),
        st.integers(0, 20_000_00),
        st.integers(0, 60),
    ),
    "policies_interest": st.builds(
        "[parameter.rate_bp]\n2025-01-01 = {{ value = {}, source = 'a' }}\n".format, st.integers(0, 10_000)
    ),
    "policies_training": st.just("remove = true"),
    "policies_extra": st.just(EXTRA),
    "policies_rows": st.just(ROWS),
    "formulas_all": st.builds(
        "[parameter.small_count]\n2025-01-01 = {{ value = {}, source = 'a' }}\n".format, st.integers(0, 120)
    ),
    "measures_all": st.just(MOST),
    "registers_loan": st.just('absence = "unknown"'),
    "limits_together": st.one_of(
        st.just("remove = true"),
        st.builds(
            "[parameter.cap_fen]\n2025-01-01 = {{ value = {}, source = 'a' }}\n".format, st.integers(0, 9_000_00)
        ),
    ),
}
reforms = st.fixed_dictionaries({}, optional=FILES).filter(bool).map(lambda files: north.reform(**files))
firms = st.lists(
    st.builds(
        Firm,
        st.none() | st.integers(0, 120),
        st.sampled_from(["990101", "990102"]),
        st.lists(st.none() | st.integers(0, 20_000), max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=12,
)


def told(firms: list[Firm], proposed: Reform, *, named: bool = False) -> dict[str, Any]:
    return figures(north.comparison(firms, proposed), proposed, named)


@settings(max_examples=20)
@given(firms, reforms)
def test_both_sides_equal_two_whole_runs_whatever_the_reform_touches(firms: list[Firm], proposed: Reform) -> None:
    found = north.comparison(firms, proposed)
    for side, book in ((found.before, north.base()), (found.after, proposed.rulebook)):
        run = north.whole_run(firms, book)
        assert side.enterprises.equals(run.enterprises, null_equal=True)
        assert side.verdicts.equals(run.verdicts, null_equal=True)
        assert side.cuts.equals(run.cuts, null_equal=True)


@settings(max_examples=10)
@given(firms, reforms)
def test_every_table_of_the_figures_adds_up_to_the_same_money_and_the_same_firms(
    firms: list[Firm], proposed: Reform
) -> None:
    found = told(firms, proposed)
    for when in ("before", "after"):
        run = north.whole_run(firms, north.base() if when == "before" else proposed.rulebook)
        total = int(run.verdicts["awarded_fen"].sum())
        assert found["money"][f"{when}_fen"] == total
        assert sum(line[f"{when}_fen"] for line in found["payees"]) == total
        for lines in found["groups"].values():
            assert sum(line[f"{when}_fen"] for line in lines) == total
            assert sum(line["firms"] for line in lines) == len(firms)
    paid = found["firms"]
    assert found["money"]["after_fen"] - found["money"]["before_fen"] == paid["gained_fen"] - paid["lost_fen"]
    assert sum(line["firms"] for line in found["distribution"]) == paid["more"] + paid["less"] + paid["same"]
    for line in found["rules"]:
        moves = [each["firms"] for each in found["outcomes"] if each["rule"] == line["name"]]
        assert sum(moves) == len(firms)


def test_of_a_changed_rule_its_group_is_awarded_again_and_all_else_is_left_alone() -> None:
    found = north.comparison([Firm(20, loans=(1_000,))], north.reform(policies_hiring=TWICE))
    assert found.causes == {"hiring": "rule", "interest": "shared"}


def test_a_changed_formula_reaches_the_rules_that_read_it_and_only_where_its_values_differ() -> None:
    proposed = north.reform(formulas_all=SMALLER)
    assert north.comparison([Firm(50, loans=(1_000,))], proposed).causes == {"interest": "facts", "hiring": "shared"}
    assert north.comparison([Firm(5, loans=(1_000,))], proposed).causes == {}


def test_winners_and_losers_are_counted_by_what_they_are_paid() -> None:
    # 100 a head before, 200 after, but from 15 people on: 10 people lose 1,000, 20 gain 2,000, 5 never had any
    proposed = north.reform(
        policies_hiring=TWICE + "[parameter.least_count]\n2025-01-01 = { value = 15, source = 'b' }\n"
    )
    found = told([Firm(10), Firm(20, "990102"), Firm(5)], proposed)
    assert found["firms"] == {
        "more": 1,
        "less": 1,
        "same": 0,
        "first_paid": 0,
        "no_longer_paid": 1,
        "before_fen": 3_000_00,
        "after_fen": 4_000_00,
        "gained_fen": 2_000_00,
        "lost_fen": 1_000_00,
        "newly_met": 0,
        "no_longer_met": 1,
        "no_longer_certain": 0,
    }
    east, west = found["groups"]["district"]
    assert (east["title"]["en"], east["more"], east["less"]) == ("East", 0, 1)
    assert (west["title"]["en"], west["more"], west["less"]) == ("West", 1, 0)
    assert found["headline"] == {
        "zh": "改革后北政策支出由 3,000\u00a0元增至 4,000\u00a0元；1 家企业增加，1 家减少，1 家失去资格。",
        "en": "After the reform North spends CNY\u00a04\u00a0k instead of CNY\u00a03\u00a0k;"
        " 1 enterprise is paid more, 1 less, and 1 loses its eligibility.",
    }


def test_a_firm_that_crosses_a_line_is_counted_at_the_clause_that_decides() -> None:
    proposed = north.reform(policies_hiring="[parameter.least_count]\n2025-01-01 = { value = 5, source = 'b' }\n")
    (line,) = told([Firm(7), Firm(8), Firm(20), Firm(2)], proposed)["crossings"]
    assert line == {
        "rule": "hiring",
        "now": "met",
        "outcome": "failed",
        "clause": 1,
        "title": {"zh": "人数够", "en": "enough people"},
        "firms": 2,
    }


def test_a_rule_that_is_taken_away_costs_its_firms_what_they_had() -> None:
    found = told([Firm(5, loans=(100,)), Firm(5)], north.reform(policies_training="remove = true"))
    (line,) = found["rules"]
    assert (line["name"], line["is_dropped"], line["before"]["awarded_fen"], line["after"]["awarded_fen"]) == (
        "training",
        True,
        500_00,
        0,
    )
    assert found["firms"]["no_longer_met"] == 1
    assert {(each["from"], each["to"], each["firms"]) for each in found["outcomes"]} == {
        ("met", "no_rule", 1),
        ("failed", "no_rule", 1),
    }


def test_an_unknown_firm_is_told_with_its_document_and_priced_where_its_amount_is_known() -> None:
    proposed = north.reform(policies_interest="[parameter.rate_bp]\n2025-01-01 = { value = 10_000, source = 'a' }\n")
    found = told([Firm(None, loans=(1_000,)), Firm(5, loans=(300,))], proposed)["unknown"]
    assert found["after"]["low_fen"] == 300_00
    assert found["after"]["high_fen"] == 1_300_00
    assert found["before"]["high_fen"] == 650_00
    (line,) = found["after"]["documents"]
    assert (line["rule"], line["firms"], line["document"]["zh"]) == ("interest", 1, "社保名单")
    assert (found["after"]["firms"], found["after"]["priced"], found["after"]["unpriced"]) == (1, 1, 0)


def test_a_claim_whose_amount_is_unknown_stands_outside_the_range_and_is_counted() -> None:
    found = told([Firm(None), Firm(20)], north.reform(policies_hiring=TWICE))["unknown"]["after"]
    assert (found["low_fen"], found["high_fen"]) == (4_000_00, 4_000_00)
    assert (found["firms"], found["priced"], found["unpriced"]) == (1, 0, 1)


def test_a_rule_that_shares_a_limit_with_a_changed_one_is_told_of_where_it_pays_otherwise() -> None:
    # 20 people earn 4,000 of the joint 4,000, and nothing is left for half of 1,000 of interest
    proposed = north.reform(policies_hiring=TWICE)
    moved = {line["name"]: line for line in told([Firm(20, loans=(1_000,))], proposed)["rules"]}
    assert (moved["interest"]["cause"], moved["interest"]["moved"]["less"]) == ("shared", 1)
    assert (moved["interest"]["before"]["awarded_fen"], moved["interest"]["after"]["awarded_fen"]) == (500_00, 0)
    alone = told([Firm(20), Firm(5, loans=(1_000,))], proposed)
    assert [line["name"] for line in alone["rules"]] == ["hiring"]
    assert alone["unchanged"] == 2


def test_a_firm_whose_outcome_becomes_unknown_loses_certainty_and_not_its_eligibility() -> None:
    loose = north.reform(policies_training=north.TRAINING.replace("enterprise.interest_fen > 0", "enterprise.is_small"))
    found = told([Firm(None, loans=(100,))], loose)
    assert (found["firms"]["no_longer_met"], found["firms"]["no_longer_certain"]) == (0, 1)


def test_a_budget_tells_what_is_spent_of_it_and_what_it_takes() -> None:
    less = "[parameter.budget_fen]\n2025-01-01 = { value = 2_500_00, source = 'c' }\n"
    (line,) = told([Firm(20), Firm(10)], north.reform(policies_hiring=less))["budgets"]
    assert (line["limit_fen_before"], line["spent_fen_before"], line["cut_fen_before"]) == (100_000_00, 3_000_00, 0)
    assert (line["limit_fen_after"], line["spent_fen_after"], line["cut_fen_after"]) == (2_500_00, 2_500_00, 500_00)


def test_no_firm_is_named_unless_it_is_asked_for() -> None:
    proposed = north.reform(policies_hiring=TWICE)
    code = north.codes()[0]
    assert code not in str(told([Firm(10)], proposed))
    assert told([Firm(10)], proposed, named=True)["largest"]["gains"][0]["enterprise_id"] == code


def test_what_the_region_cannot_tell_apart_is_left_out_and_named() -> None:
    found = told([Firm(10)], north.reform(policies_hiring=TWICE))
    assert set(found["groups"]) == {"district", "size"}
    assert found["left_out"] == ["stage", "industry"]
    assert [line["code"] for line in found["groups"]["size"]] == ["0"]


def test_words_sources_and_worked_cases_are_no_difference() -> None:
    proposed = north.reform(
        policies_hiring='text = "other words"\ntitle = { zh = "别名", en = "Other name" }\n'
        "[parameter.each_fen]\n2020-01-01 = { value = 100_00, source = 'another source' }\n"
    )
    assert not differences(north.base(), proposed.rulebook, ON)
    assert first_day(north.base(), proposed.rulebook, ON) is None


def test_a_value_of_a_later_day_is_no_difference_yet_and_its_first_day_is_found() -> None:
    later = TWICE.replace("2025-01-01", "2026-01-01")
    proposed = north.reform(policies_hiring=later)
    assert not differences(north.base(), proposed.rulebook, ON)
    assert first_day(north.base(), proposed.rulebook, ON) == date(2026, 1, 1)
    assert differences(north.base(), proposed.rulebook, date(2026, 1, 1)).rules == {"hiring"}


def test_a_parameter_that_nothing_reads_is_no_difference() -> None:
    spare = north.FORMULAS + "[parameter.spare_count]\n2020-01-01 = { value = 1, source = '1' }\n"
    one, other = (
        reform_of(north.base(), {"reform.toml": north.SHEET, "formulas/more.toml": text.replace("is_small", "is_tiny")})
        for text in (north.FORMULAS, spare)
    )
    assert not differences(one.rulebook, other.rulebook, ON)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "idea/reform.toml:1: no file stands beside it: the reform changes nothing"),
        (
            {"policies/hiring.toml": "[parameter.each_fn]\n2025-01-01 = { value = 1, source = 'a' }"},
            "did you mean each_fen",
        ),
        ({"policies/hirring.toml": TWICE}, "did you mean policies/hiring.toml?"),
        ({"policies/hirring.toml": "remove = true"}, "there is no policies/hirring.toml to remove"),
        ({"region.toml": 'currency = "USD"'}, "the currency becomes USD"),
        ({"policies/interest.toml": "remove = true"}, "interest"),
        (
            {"policies/hiring.toml": "[[when]]\nis = 'enterprise.headcuont > 1'\ntitle = { zh = 'a', en = 'b' }"},
            "idea/policies/hiring.toml:2: ",
        ),
    ],
)
def test_a_reform_that_does_not_fit_the_pack_is_refused_with_its_file_and_a_hint(
    files: dict[str, str], said: str
) -> None:
    with pytest.raises(RulebookErrors) as error:
        reform_of(north.base(), {"reform.toml": north.SHEET, **files}, "idea")
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        (None, "a reform needs this sheet"),
        ("name = 'x y'", "names are lower-case words"),
        (north.SHEET.replace("source", "suorce"), "unknown key 'suorce'"),
        (north.SHEET + "why = 1", "reform.toml:6"),
    ],
)
def test_a_reform_without_a_sound_sheet_is_refused(sheet: str | None, said: str) -> None:
    texts = {"policies/hiring.toml": TWICE} | ({"reform.toml": sheet} if sheet is not None else {})
    with pytest.raises(RulebookErrors, match=r"idea/reform\.toml") as error:
        reform_of(north.base(), texts, "idea")
    assert said in str(error.value)


def test_a_region_without_a_file_of_an_optional_register_says_so() -> None:
    facts = {"firm": north.facts([Firm(10)])["firm"], "loan": north.Raw("loan")}
    proposed = north.reform(policies_hiring=TWICE)
    found = compared(facts, north.base(), proposed.rulebook, award.nothing_used(), ON)
    assert [item["name"] for item in figures(found, proposed)["missing_registers"]] == ["loan"]


def test_the_report_shows_markup_in_a_title_as_text_and_needs_nothing_from_elsewhere() -> None:
    evil = "</script><script>alert(1)</script>"
    proposed = north.reform(policies_hiring=TWICE + f'[title]\nzh = "{evil}"\nen = "{evil}"\n')
    page = report(told([Firm(10)], proposed))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "http:" not in page
    assert "https:" not in page
    assert page.count("</script>") == page.count("<script")


def test_without_the_chart_library_every_number_stands_in_tables_and_the_page_says_how_to_get_charts() -> None:
    found = told([Firm(10), Firm(20)], north.reform(policies_hiring=TWICE))
    page = report(found)
    assert "Run ./kerong once" in page
    assert "Run ./kerong once" not in report(found, echarts="window.echarts = undefined;")
    assert page.count("<tbody>") >= 6


def test_of_two_reforms_only_the_data_differ_and_the_base_is_the_same_to_the_fen() -> None:
    one = north.comparison([Firm(10), Firm(30)], north.reform(policies_hiring=TWICE))
    other = north.comparison([Firm(10), Firm(30)], north.reform(limits_together="remove = true"))
    assert one.before.verdicts.equals(other.before.verdicts, null_equal=True)
    assert one.after.verdicts.filter(pl.col("rule") == "training").equals(
        one.before.verdicts.filter(pl.col("rule") == "training"), null_equal=True
    )
