from pathlib import Path

import numpy as np
import pytest

from kerong.lab.names import company_names, other_spelling
from kerong.lab.trades import TRADES


def test_no_two_firms_share_a_name_and_rare_characters_occur() -> None:
    rng = np.random.default_rng(5)
    names = company_names(rng, "示范", rng.integers(0, len(TRADES), 20_000))
    assert len(set(names)) == 20_000
    for part in ("龑", "䶮", "㛃", "（示范）", "股份有限公司", "（集团）"):
        assert any(part in name for name in names), part
    assert any(any("A" <= sign <= "z" for sign in name) for name in names)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("瑞芯（示范）软件有限公司", "瑞芯(示范)软件有限公司"),
        ("示范瑞芯软件有限公司", "示范瑞芯软件有限责任公司"),
        ("示范瑞芯软件股份有限公司", "示范瑞芯软件股份有限公司"),
    ],
)
def test_another_office_spells_brackets_or_the_legal_form_otherwise(name: str, other: str) -> None:
    assert other_spelling(name) == other


def test_industry_classes_are_those_of_the_national_standard(shared: Path) -> None:
    lines = (shared / "data" / "codes" / "gbt4754_2017.csv").read_text("utf-8").splitlines()
    known = {line.split(",")[0] for line in lines}
    assert {trade.industry[1:] for trade in TRADES} <= known
