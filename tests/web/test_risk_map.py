"""The map of risk: small cells are hidden so that none can be worked out, and the table says what the chart says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from kerong.web.base.disclosure import hidden_cells
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.risk_map import LEAST_FIRMS, risk_map

COUNTS = st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 5)), st.integers(0, 30), max_size=36)


@given(COUNTS)
def test_no_hidden_cell_stands_alone_in_its_row_or_column(counts: dict[tuple[int, int], int]) -> None:
    hidden = hidden_cells(counts, LEAST_FIRMS)
    held = {cell: count for cell, count in counts.items() if count}
    assert {cell for cell, count in held.items() if count < LEAST_FIRMS} <= hidden <= held.keys()
    for side in (0, 1):
        for name in {cell[side] for cell in hidden}:
            line = [cell for cell in held if cell[side] == name]
            assert sum(cell in hidden for cell in line) > 1 or len(line) == 1
    if hidden:
        assert sum(held[cell] for cell in hidden) >= LEAST_FIRMS or hidden == held.keys()
    assert hidden_cells(dict(sorted(counts.items(), reverse=True)), LEAST_FIRMS) == hidden


def test_the_map_and_the_table_say_the_same_and_no_small_cell_is_in_either(published: Published) -> None:
    found = risk_map(published, "en")
    assert found.firms == published.sheet.height
    for y, row in enumerate(found.rows):
        for x, cell in enumerate(row.cells):
            drawn = [value for value in found.chart["values"] if value[:2] == [x, y]]  # type: ignore[attr-defined]
            assert bool(drawn) == (cell.share is not None)
            if cell.share is not None:
                assert cell.firms >= LEAST_FIRMS
                assert drawn[0][2] == round(cell.share, 1)


def test_with_the_credit_view_on_the_map_tells_mean_probabilities_of_cells_that_are_large_enough(
    published: Published, settings: Settings
) -> None:
    settings.CREDIT_VIEW = True
    if not any(
        published.rulebook.models[card.model].kind in ("hazard", "credit") for card in published.rulebook.cards.values()
    ):
        pytest.skip("the region has no card of default")
    cells = [cell for row in risk_map(published, "zh").rows for cell in row.cells]
    assert any(cell.probability_bp is not None for cell in cells)
    assert all(cell.firms >= LEAST_FIRMS for cell in cells if cell.probability_bp is not None)
