"""`kerong rules`: packs are checked, proved and shown."""

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kerong.cli import app
from kerong.store.packs import read_pack

cli = CliRunner()


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the demo pack with its base, in a folder of the user's."""
    folder = tmp_path / "mycity"
    for name, text in read_pack("demo").items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace('extends = "china"', ""), "utf-8")
    return folder


def test_every_case_of_every_shipped_region_holds_in_both_evaluators() -> None:
    done = cli.invoke(app, ["rules", "test"])
    assert done.exit_code == 0, done.output
    assert ", 0 fail" in done.output


def test_a_changed_amount_fails_its_cases_by_name_and_line(pack: Path) -> None:
    file = pack / "products" / "tax_loan.toml"
    file.write_text(file.read_text("utf-8").replace("value = 8,", "value = 9,"), "utf-8")
    done = cli.invoke(app, ["rules", "test", str(pack)])
    assert done.exit_code == 1
    assert "products/tax_loan.toml:" in done.output
    assert "expected 240000000" in done.output.replace("\n", "")


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("enterprise.taxpayer_levle >= 2", "enterprise.taxpayer_level >= 2", "did you mean enterprise.taxpayer_level?"),
        ("enterprise.tax_paid_12m_fen >= enterprise.age_years", "enterprise.tax_paid_12m_fen >= tax_least_fen", "fen"),
        ("open('/etc/passwd')", "enterprise.taxpayer_level >= 2", "is not a function of the language"),
        ("enterprise.taxpayer_level", "enterprise.taxpayer_level >= 2", "not a condition"),
    ],
)
def test_an_error_names_the_file_the_line_and_the_nearest_known_name(
    wrong: str, right: str, said: str, pack: Path
) -> None:
    file = pack / "products" / "tax_loan.toml"
    text = file.read_text("utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong, 1), "utf-8")
    line = file.read_text("utf-8")[: file.read_text("utf-8").index(wrong)].count("\n") + 1
    done = cli.invoke(app, ["rules", "check", str(pack)])
    assert done.exit_code == 2
    assert f"products/tax_loan.toml:{line}:" in done.output
    assert said in done.output
    assert "nothing was loaded" in done.output


def test_all_errors_of_a_pack_are_named_at_once(pack: Path) -> None:
    for name in ("tax_loan", "order_loan"):
        file = pack / "products" / f"{name}.toml"
        file.write_text(file.read_text("utf-8").replace("round = ", "ruond = "), "utf-8")
    shutil.copy(pack / "products" / "angel_fund.toml", pack / "products" / "again.toml")
    done = cli.invoke(app, ["rules", "check", str(pack)])
    assert done.output.count("unknown key 'ruond'") == 2
    assert "did you mean round?" in done.output
    assert "angel_fund is defined twice" in done.output


def test_showing_a_rule_gives_its_text_its_clauses_and_its_dated_parameters() -> None:
    done = cli.invoke(app, ["rules", "show", "demo", "tax_loan", "--lang", "en"])
    assert done.exit_code == 0
    assert "taxpayer grade A, B or M" in done.output
    assert "2023-07-01" in done.output


def shown(*words: str) -> str:
    done = cli.invoke(app, ["rules", "show", *words, "--lang", "en"])
    assert done.exit_code == 0, done.output
    return done.output


def test_showing_a_rule_gives_its_amount_payee_evidence_limits_and_groups() -> None:
    said = shown("demo", "guarantee_fee_subsidy")
    amount = "least(share_bp(guarantee.fee_fen, fee_share_bp), share_bp(guarantee.amount_fen, amount_share_bp))"
    assert f"amount: {amount} (rounded: down)" in said
    assert "evidence: the fee invoice" in said
    assert "limit enterprise_year: scope enterprise_year, fen cap_fen" in said
    assert "limit budget: scope budget, fen budget_fen, share first_come" in said
    assert "order of claims: guarantee.start_on" in said
    assert "stands in group: " in said
    assert "paid to: institution loan.institution" in shown("demo", "bank_volume_reward")


def test_showing_a_rule_gives_its_exceptions_tables_and_base() -> None:
    said = shown("china", "tech_sme_registration")
    assert re.search(r"^     - [a-z_]+.*: .* when ", said, re.MULTILINE)
    assert "[staff_points] = " in said
    assert "base: " in shown("demo", "county_interest_subsidy")


def test_showing_a_group_gives_its_rules_and_what_it_counts() -> None:
    said = shown("demo", "interest_ceiling")
    assert "[interest_ceiling] joint, per row" in said
    assert "fen: base" in said
    assert "[county_interest_subsidy]" in said
    assert "interest_ceiling" in shown("demo")


def test_showing_a_waterfall_gives_its_layers_in_words_its_source_and_its_rule() -> None:
    said = shown("demo", "risk_pool")
    assert "rows by the rule: Compensation of technology-loan losses [loan_risk_compensation]" in said
    assert "the whole amount: Risk pool 80 % where the loan is unsecured, else 60 %; Bank the rest" in said
    assert "what lies above goes to Bank" in said
    assert "第三条、第八条、第九条 (assumed)" in said
    assert "risk_pool" in shown("demo")


def test_checking_proving_and_mutating_one_waterfall_is_possible_by_its_name() -> None:
    for command, told in (
        ("check", "2 parties, 1 layers, 8 cases"),
        ("test", "8 cases, 0 fail"),
        ("mutate", "0 处无人发现"),
    ):
        done = cli.invoke(app, ["rules", command, "demo", "risk_pool"])
        assert done.exit_code == 0
        assert told in done.output


def test_an_unknown_rule_is_answered_with_the_nearest_one() -> None:
    done = cli.invoke(app, ["rules", "show", "demo", "tax_lown"])
    assert done.exit_code == 2
    assert "did you mean tax_loan?" in done.output


def test_a_bracket_in_a_title_is_shown_as_it_stands(pack: Path) -> None:
    file = pack / "products" / "tax_loan.toml"
    title = 'title = { zh = "[/x][red]税", en = "[/x]" }'
    file.write_text(re.sub("(?m)^title = .*$", title, file.read_text("utf-8"), count=1), "utf-8")
    done = cli.invoke(app, ["rules", "show", str(pack)])
    assert done.exit_code == 0
    assert "[/x][red]税" in done.output


def test_what_a_pack_says_of_itself_moves_no_terminal(pack: Path) -> None:
    (pack / "policies" / "x\x1b[2J.toml").write_text('[[when]]\nis = "\\u001b[31m\\nkerong: all is well"', "utf-8")
    done = cli.invoke(app, ["rules", "check", str(pack)])
    assert done.exit_code == 2
    assert "policies/x\\x1b[2J.toml:" in done.output
    assert "\x1b" not in done.output
