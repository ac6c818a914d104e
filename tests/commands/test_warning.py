"""Warnings of a run, and how good kinds of warning were on past months; one of them warns of everybody."""

import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from kerong import past
from kerong.cli import app
from kerong.commands.facts import opened_facts
from kerong.commands.warning import VERDICTS, by_worth
from kerong.engine.monitor.grading import GRADES
from kerong.engine.score.warning.table import KEY, WARNINGS
from kerong.rulebook import Rulebook, load
from kerong.rulebook.outcomes import MET
from kerong.store.packs import read_pack

ON = date(2025, 6, 30)
EVERYBODY = """name = "everybody_alert"
kind = "alert"
title = { zh = "凡企业皆提示", en = "Warns of everybody" }
mechanism = "information"
text = "凡成立的企业一律提示。"
source = { document = "办法", clause = "第一条", status = "assumed", why = "a rule that tells nothing" }
[alert]
severity = 1
owner = "finance_office"
due_days = 10
action = { zh = "走访", en = "visit" }
event = "distress"
lead_months = 6
[[when]]
is = "enterprise.age_months >= 0"
title = { zh = "已成立", en = "founded" }
evidence = { zh = "营业执照", en = "the business licence" }
"""


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load(read_pack("demo"))


@pytest.fixture(scope="module")
def warnings(run: Path) -> pl.DataFrame:
    return pl.read_parquet(run / "warnings.parquet")


@pytest.fixture(scope="module")
def worthless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack whose one alert beside those of the demo city warns of everybody, always."""
    folder = tmp_path_factory.mktemp("packs") / "worthless"
    (folder / "alerts").mkdir(parents=True)
    sheet = read_pack("demo")["region.toml"].replace('name = "demo"', 'name = "worthless"', 1)
    (folder / "region.toml").write_text(sheet.replace('extends = "china"', 'extends = "demo"', 1), "utf-8")
    (folder / "alerts" / "everybody_alert.toml").write_text(EVERYBODY, "utf-8")
    return folder


def said(*arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["warning", *arguments])
    return found.exit_code, found.output


def test_every_warning_of_a_rule_is_a_verdict_that_is_met_and_every_such_verdict_warns_once(
    run: Path, warnings: pl.DataFrame, book: Rulebook
) -> None:
    names = [rule.name for rule in book.rules.values() if rule.is_alert]
    met = pl.read_parquet(run / "verdicts.parquet").filter(pl.col("rule").is_in(names) & (pl.col("outcome") == MET))
    told = warnings.filter(pl.col("kind").is_in(names))
    assert met.height > 0
    assert set(told.select("kind", "subject").rows()) == set(met.select("rule", "enterprise_id").rows())
    assert not warnings.select(KEY).is_duplicated().any()


def test_the_table_is_sorted_and_every_warning_says_who_acts_by_when(warnings: pl.DataFrame, book: Rulebook) -> None:
    assert warnings.schema == WARNINGS
    assert warnings.equals(warnings.sort(KEY))
    alerts = {rule.name: rule.alert for rule in (*book.rules.values(), *book.watches.values())}
    alerts |= {name: book.models[card.model].alert for name, card in book.cards.items()}
    for row in warnings.iter_rows(named=True):
        alert = alerts[row["kind"]]
        assert alert is not None
        assert (row["severity"], row["owner"], row["subject_kind"]) == (alert.severity, alert.owner, alert.subject_kind)
        assert (row["on"], row["due"]) == (ON, ON + timedelta(days=alert.due_days))
        assert json.loads(row["evidence"])


def test_a_card_warns_of_firms_at_risk_from_its_line_on(run: Path, warnings: pl.DataFrame, book: Rulebook) -> None:
    alert = book.models["hazard"].alert
    assert alert is not None
    credit = pl.read_parquet(run / "credit.parquet").filter(pl.col("card") == "hazard", "at_risk")
    above = credit.filter(pl.col("probability_bp") >= alert.least_bp)
    assert above["subject"].to_list() == warnings.filter(pl.col("kind") == "hazard")["subject"].to_list()


def test_grading_sees_on_a_day_what_the_run_of_that_day_warned_of(
    registers: Path, warnings: pl.DataFrame, book: Rulebook
) -> None:
    found = past.warned_months(opened_facts(registers, book, None).facts, book, [ON], ON)
    graded = warnings.filter(pl.col("kind").is_in(list(found.alerts)))
    trials = [name for name, alert in found.alerts.items() if alert.is_on_trial]
    told = found.warned.filter(~pl.col("kind").is_in(trials))
    assert told.sort(KEY).equals(graded)
    assert set(book.watches) <= set(found.alerts)
    assert told.height > 0


@given(st.permutations(list(VERDICTS)), st.permutations(range(3)))
def test_grades_are_shown_by_their_worth_whatever_their_order(verdicts: list[str], hits: list[int]) -> None:
    rows: list[dict[str, object]] = [{"kind": verdict, "verdict": verdict} for verdict in verdicts]
    rows += [
        {"kind": f"useful_{hit}", "verdict": "useful", "precision_low": 0.2 + 0.1 * hit, "base_value": 0.1}
        for hit in hits
    ]
    shown = [row["kind"] for row in by_worth(pl.DataFrame(rows, schema=GRADES))]
    useful = ["useful_2", "useful_1", "useful_0", "useful"]
    assert shown == [*useful, "too_few", "never_fired", "no_event", "not_judged", "worthless"]


def test_a_rule_that_warns_of_everybody_is_called_worthless(registers: Path, worthless: Path, tmp_path: Path) -> None:
    out = tmp_path / "grades.json"
    days = ["--from", "2024-06-30", "--to", "2024-09-30"]
    code, told = said("grade", str(registers), "--region", str(worthless), *days, "--lang", "en", "--out", str(out))
    assert code == 0, told
    assert "…" not in told  # long names are wrapped
    grades = {row["kind"]: row for row in json.loads(out.read_text("utf-8"))}
    row = grades["everybody_alert"]
    assert (row["verdict"], row["recall_value"]) == ("worthless", 1.0)
    assert row["precision_value"] == pytest.approx(row["base_value"])
    assert row["firm_months"] == row["warned"] > 0
    assert grades["enforcement_alert"]["event"] == "closure"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--from", "2025-01-31", "--to", "2024-01-31"], "no month to grade: 2025-01-31 is after 2024-01-31"),
        (["--from", "2024-06-30", "--fit-from", "2024-05-31"], "nothing to fit hazard on before 2024-06-30"),
    ],
)
def test_a_span_without_a_month_is_refused(registers: Path, arguments: list[str], told: str) -> None:
    code, output = said("grade", str(registers), "--region", "demo", *arguments)
    assert code != 0
    assert told in " ".join(output.split())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--card", "hazrd"], "the run has no card hazrd; did you mean hazard"),
        (["--weight", "suply=100"], "there is no channel suply; did you mean supply?"),
        (["--weight", "supply=10001"], "--weight supply=10001: basis points from 0 to 10000"),
        (["--weight", "supply=¹"], "basis points from 0 to 10000"),
        (["--steps", "0"], "not 0"),
        (["--measure", "nowhere"], "--measure needs --from"),
    ],
)
def test_contagion_of_a_run_names_what_is_not_there(run: Path, arguments: list[str], told: str) -> None:
    code, output = said("contagion", str(run), *arguments)
    assert (code != 0, told in " ".join(output.split())) == (True, True), output


def test_contagion_of_a_run_adds_up(run: Path, tmp_path: Path) -> None:
    code, output = said("contagion", str(run), "--out", str(tmp_path / "spread"))
    assert code == 0, output
    firms, ties = (pl.read_parquet(tmp_path / "spread" / f"{name}.parquet") for name in ("firms", "ties"))
    assert firms["at_risk_fen"].sum() == ties["at_risk_fen"].sum()
    assert firms["subject"].to_list() == pl.read_parquet(run / "enterprises.parquet")["enterprise_id"].to_list()
    own = pl.read_parquet(run / "contagion.parquet")
    assert firms.equals(own)
    assert set(ties["channel"].unique()) == {"supply", "support", "surety"}


def test_contagion_tells_what_each_tie_weighs_and_why_and_how_often_trouble_did_come_over(
    run: Path, registers: Path, tmp_path: Path
) -> None:
    out, days = tmp_path / "spread", ["--from", "2024-06-30"]
    code, output = said("contagion", str(run), "--lang", "en", "--measure", str(registers), *days, "--out", str(out))
    assert code == 0, output
    assert "assumed" in output
    assert "nothing shows that trouble comes over by this tie" in " ".join(output.split())
    found = pl.read_parquet(out / "lifts.parquet")
    assert found["channel"].to_list() == ["supply", "support", "surety"]
    assert found.filter(channel="supply")["other_months"][0] > 0
