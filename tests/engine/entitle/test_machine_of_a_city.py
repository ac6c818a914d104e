"""The tables of a whole region are the same bytes with the machine and without it."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from kerong.commands.assess import assess
from kerong.engine.entitle import decisions
from kerong.lab import make_city, write_city
from kerong.rulebook.content import Rule
from kerong.rulebook.machine import Machine, Paid, Verdict
from kerong.store.packs import read_pack

ON = date(2025, 6, 30)
TABLES = ("verdicts", "cuts", "offers", "problems")


def test_the_tables_of_a_city_are_the_same_bytes_with_the_machine_and_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_city(make_city(300, 7, ON, texts=read_pack("demo")), tmp_path / "registers")
    asked, run, paid = list[Rule](), list[str](), list[str]()

    class Counted(Machine):
        def verdicts(self, rules: Sequence[Rule]) -> dict[str, Verdict]:
            found = super().verdicts(rules)
            asked.extend(rules)
            run.extend(found)
            return found

        def paid(self, found: Sequence[tuple[Rule, Verdict]]) -> dict[str, Paid]:
            answer = super().paid(found)
            paid.extend(name for name, one in answer.items() if one.fen is not None)
            return answer

    monkeypatch.setattr(decisions, "_machine", lambda rules, table: Counted(table.table, table.on, table.pool))
    assess(tmp_path / "registers", "demo", tmp_path / "by_machine", str(ON), as_json=False)
    monkeypatch.setattr(decisions, "_machine", lambda rules, table: None)
    assess(tmp_path / "registers", "demo", tmp_path / "by_polars", str(ON), as_json=False)
    for name in TABLES:
        by_machine, by_polars = (tmp_path / way / f"{name}.parquet" for way in ("by_machine", "by_polars"))
        assert by_machine.read_bytes() == by_polars.read_bytes(), name
    assert 10 * len(run) > 9 * len(asked) > 0
    assert 2 * len(paid) > sum(rule.amount is not None and rule.name in run for rule in asked)


SMALL = """
import sys
import polars as pl
from kerong.engine.entitle import entitlements
from tests.engine.entitle.rules import rule, rulebook_of
from tests.rulebook.generated import ON
firms = pl.DataFrame({"enterprise_id": ["a", "b"], "n": [1, 2]})
found, _ = entitlements(firms, {}, rulebook_of(rule("r", ["enterprise.n > 1"], "5")), ON)
assert found["entitled_fen"].to_list() == [None, 5]
assert "numba" not in sys.modules
"""


def test_a_small_run_imports_no_compiler() -> None:
    root = Path(__file__).resolve().parents[3]
    subprocess.run([sys.executable, "-c", SMALL], cwd=root, check=True)
