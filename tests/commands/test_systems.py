"""`kerong region compare`: systems side by side on a small city, and what is refused before any work."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kerong.cli import app
from kerong.store.packs import SHEET, read_pack

cli = CliRunner()
KEYS = {
    *("version", "headline", "on", "city", "currency", "left_out", "groups", "everywhere", "nowhere", "systems"),
    "ranked",
}
OF_A_SYSTEM = {
    *("name", "title", "currency", "rate", "rules", "waterfalls", "figures", "numbers", "assumed", "not_in_force"),
    *("laid", "reached", "by", "instruments", "public", "leverage", "mechanisms", "gaps"),
}


@pytest.fixture(scope="session")
def side_by_side(registers: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The report and the figures of three systems."""
    out = tmp_path_factory.mktemp("systems") / "report.html"
    names = ["suzhou", "hangzhou", "demo"]
    done = cli.invoke(app, ["region", "compare", *names, "--data", str(registers), "--out", str(out), "--json"])
    assert done.exit_code == 0, done.output
    return out, json.loads(done.stdout)


def refused(registers: Path, *arguments: str) -> str:
    """The one line that the command says instead of comparing."""
    done = cli.invoke(app, ["region", "compare", *arguments, "--data", str(registers)])
    assert done.exit_code == 2, done.output
    return done.output.replace("\n", " ")


def own_pack(folder: Path, texts: dict[str, str], **changes: str) -> Path:
    """A pack of one's own in a folder, its sheet changed."""
    folder.mkdir()
    sheet = texts[SHEET]
    for one, other in changes.items():
        sheet = re.sub(rf'^{one} = ".*"$', f'{one} = "{other}"', sheet, flags=re.MULTILINE)
    for path, text in {**texts, SHEET: re.sub(r"^extends = .*$", "", sheet, flags=re.MULTILINE)}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def test_systems_are_compared_and_their_page_is_complete_in_itself(
    side_by_side: tuple[Path, dict[str, Any]],
) -> None:
    out, told = side_by_side
    assert set(told) == KEYS
    assert [line["name"] for line in told["systems"]] == ["suzhou", "hangzhou", "demo"]
    assert all(set(line) == OF_A_SYSTEM for line in told["systems"])
    assert all(sum(line["reached"].values()) == told["city"]["firms"] for line in told["systems"])
    page = out.read_text("utf-8")
    assert told["headline"]["zh"] in page
    assert told["headline"]["en"] in page
    markup = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert "src=" not in markup
    assert "<link" not in markup


def test_a_system_is_shown_in_a_line_each_and_a_report_may_replace_a_report(
    registers: Path, tmp_path: Path, side_by_side: tuple[Path, dict[str, Any]]
) -> None:
    earlier = tmp_path / "report.html"
    shutil.copy(side_by_side[0], earlier)
    arguments = ["region", "compare", "suzhou", "--data", str(registers), "--out", str(earlier)]
    done = cli.invoke(app, [*arguments, "--lang", "en"])
    assert done.exit_code == 0, done.output
    (line,) = [text for text in done.output.splitlines() if text.strip().startswith("suzhou ")]
    reached = side_by_side[1]["systems"][0]["reached"]
    assert line.split()[1:4] == [f"{reached[name]:,}" for name in ("certain", "possible", "nothing")]
    assert "under the system of Suzhou" in done.output.replace("\n", " ")


def test_a_currency_without_a_rate_is_refused_before_any_work(tmp_path: Path, registers: Path) -> None:
    own_pack(tmp_path / "abroad", read_pack("suzhou"), name="abroad", currency="USD")
    said = refused(registers, str(tmp_path / "abroad"))
    assert "abroad counts in USD and the city in CNY: say what one USD is worth, as USD=7.10" in said


def test_a_rate_turns_money_of_a_system_into_the_citys(tmp_path: Path, registers: Path) -> None:
    folder = own_pack(tmp_path / "abroad", read_pack("suzhou"), name="abroad", currency="USD")
    arguments = ["region", "compare", "suzhou", str(folder), "--data", str(registers), "--rate", "USD=7.1", "--json"]
    done = cli.invoke(app, arguments)
    assert done.exit_code == 0, done.output
    one, other = json.loads(done.stdout)["systems"]
    assert other["reached"] == one["reached"]
    assert other["rate"] == "71/10"
    assert abs(other["public"]["spent_fen"] * 10 - one["public"]["spent_fen"] * 71) < 10 * 71 + 10


def test_a_region_with_registers_of_its_own_needs_a_view_of_the_citys(tmp_path: Path, registers: Path) -> None:
    texts = {file: text for file, text in read_pack("usa").items() if not file.startswith("views")}
    folder = own_pack(tmp_path / "far", texts, name="far")
    said = refused(registers, str(folder), "--rate", "USD=7.10")
    assert "far reads registers of its own, and has no view of the city's" in said


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        (["USD=0"], "write a currency and what one unit is worth, above zero"),
        (["USD=-7.1"], "write a currency and what one unit is worth, above zero"),
        (["USD=seven"], "write a currency and what one unit is worth, above zero"),
        (["USD=nan"], "write a currency and what one unit is worth, above zero"),
        (["7.1"], "write a currency and what one unit is worth, above zero"),
        (["CNY=7.1"], "CNY is the city's own currency"),
        (["USD=7.1", "USD=7.2"], "USD is given twice"),
        (["EUR=8"], "no region that is compared counts in EUR"),
    ],
)
def test_a_rate_that_says_nothing_sound_is_refused(registers: Path, rates: list[str], said: str) -> None:
    arguments = [text for rate in rates for text in ("--rate", rate)]
    assert said in refused(registers, "usa", "suzhou", *arguments)


def test_titles_of_a_foreign_pack_are_no_markup_of_the_report_and_move_no_terminal(
    tmp_path: Path, registers: Path
) -> None:
    evil = r"</script><script>alert(1)</script><img src=x>[bold]\u001b[31m"
    texts = {
        file: text
        if file.startswith("registers/")  # with other titles they would be no registers of the city
        else re.sub(r'zh = "([^"]*)", en = "([^"]*)"', lambda t: f'zh = "{t[1]}{evil}", en = "{t[2]}{evil}"', text)
        for file, text in read_pack("suzhou").items()
    }
    folder, out = own_pack(tmp_path / "evil", texts, name="evil"), tmp_path / "report.html"
    done = cli.invoke(app, ["region", "compare", str(folder), "--data", str(registers), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "<script>alert(1)</script>[bold]" in done.stdout.replace("<img src=x>", "")
    assert "\u001b[31m" not in done.stdout
    written = out.read_text("utf-8")
    assert "&lt;img src=x&gt;" in written
    assert "<img src=x>" not in written
    assert "<script>alert(1)" not in written


def test_a_region_named_twice_or_unknown_is_refused(registers: Path) -> None:
    assert "the region suzhou is named twice" in refused(registers, "suzhou", "demo", "suzhou")
    assert "no region “atlantis”; there are:" in refused(registers, "atlantis")


def test_nothing_is_written_over_a_file_that_is_no_report(registers: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.html").write_text("my notes", "utf-8")
    assert "exists and is no report" in refused(registers, "suzhou", "--out", str(tmp_path / "notes.html"))
    assert (tmp_path / "notes.html").read_text("utf-8") == "my notes"


def test_a_day_before_all_numbers_says_which_have_none(registers: Path) -> None:
    arguments = ["region", "compare", "suzhou", "--data", str(registers), "--on", "2001-01-31", "--lang", "en"]
    done = cli.invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert "suzhou: no number in force on 2001-01-31:" in done.output
