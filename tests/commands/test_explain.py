"""`kerong explain` in regions that have less than the demo city."""

from pathlib import Path

from typer.testing import CliRunner

from kerong.cli import app
from tests.rulebook.packs import pack

cli = CliRunner()


def test_an_enterprise_is_explained_by_its_id_where_the_region_provides_no_names(tmp_path: Path) -> None:
    texts = pack()
    texts["region.toml"] = texts["region.toml"].replace('name = ["firm.label"]\n', "")
    for name, text in texts.items():
        (tmp_path / "pack" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pack" / name).write_text(text, encoding="utf-8")
    (tmp_path / "registers").mkdir()
    (tmp_path / "registers/firm.csv").write_text(
        "代码,名称,片区,资金\n91330000MA0000007W,甲,东岸,1\n", encoding="utf-8"
    )
    folders = [str(tmp_path / "registers"), "--region", str(tmp_path / "pack"), "--out", str(tmp_path / "run")]
    assert cli.invoke(app, ["assess", *folders]).exit_code == 0
    done = cli.invoke(app, ["explain", str(tmp_path / "run"), "91330000MA0000007W"])
    assert (done.exit_code, done.output.strip()) == (0, "91330000MA0000007W")
    assert "has no enterprise 甲" in cli.invoke(app, ["explain", str(tmp_path / "run"), "甲"]).stderr
