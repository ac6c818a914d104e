"""docs/own-table.md: its sheet is one that loads, and every key of a sheet is told."""

import re
from pathlib import Path

from kerong.rulebook.table_models import KEYS, load_table_model

PAGE = (Path(__file__).parents[2] / "docs" / "own-table.md").read_text("utf-8")
SHEETS = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_sheet_of_the_page_loads_and_hides_what_the_page_says() -> None:
    (text,) = SHEETS
    model = load_table_model(text)
    assert [column.name for column in model.forbidden] == ["service_calls", "result"]
    assert [one.name for one in model.characteristics] == ["heads", "sector", "debt_ratio"]


def test_every_key_of_a_sheet_stands_in_its_table() -> None:
    told = set(re.findall(r"`\[*([a-z_]+)\]*`", PAGE))
    assert set(KEYS) <= told
