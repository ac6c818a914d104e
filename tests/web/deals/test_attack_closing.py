"""One deal whose day cannot be closed keeps no other from being closed, and is named."""

from datetime import date

import pytest

from kerong.web.base.models import BusinessDay
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.deal_closing import rate_publish
from tests.web.deals.town import TERMS, LendingTown

pytestmark = pytest.mark.database
THROUGH = date(2025, 6, 30)


def test_a_deal_whose_rate_fell_below_zero_keeps_no_other_from_being_closed(town: LendingTown) -> None:
    rate_publish(None, "LPR1Y", date(2024, 1, 2), 31_000, "全国银行间同业拆借中心")
    floating = {"base": "LPR1Y", "spread_bp": -300, "reset_months": 1}
    bad, good = town.drawn(1, terms={**TERMS, "rate": floating}), town.drawn(2)
    rate_publish(None, "LPR1Y", date(2025, 4, 1), 29_000, "全国银行间同业拆借中心")
    with pytest.raises(CaseRefused) as told:
        town.close(THROUGH)
    assert str(bad.pk) in told.value.sentence("zh")
    assert not BusinessDay.objects.filter(closed_through__gte=THROUGH).exists()
    for deal in (bad, good):
        deal.refresh_from_db()
    assert (good.closed_through, good.state) == (THROUGH, "overdue")
    assert bad.closed_through is not None
    assert bad.closed_through < THROUGH
