"""Every kind of deal is worked by forms that come from its table: covers on loans, and boxes for each guard."""

from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from kerong.engine.deal.states import DEALS
from kerong.web.base.models import Deal
from kerong.web.base.selectors.deal_details import detail_boxes, nested
from kerong.web.base.services.deal_kinds import DOINGS
from tests.web.cases.office import page_of, said_after
from tests.web.deals.cover import CoverTown
from tests.web.deals.office import alerts, clients, do, file, moves_on

pytestmark = pytest.mark.database


@pytest.fixture
def office(cover_town: CoverTown, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> CoverTown:
    """The covering town with a portal whose clock shows the town's day."""
    monkeypatch.setattr(timezone, "localdate", lambda: cover_town.today)
    settings.DATA = tmp_path
    return cover_town


def test_a_guarantor_takes_a_guarantee_with_its_counter_guarantee_to_force_by_forms(office: CoverTown) -> None:
    loan = office.drawn()
    firm, one, two, three, bank = clients(office, "firm1", "oak1", "oak2", "oak3", "bai")
    assert f"/deals/open/guarantee/?base={loan.pk}" in page_of(firm, f"/deals/{loan.pk}/")
    path = f"/deals/open/guarantee/?base={loan.pk}"
    assert "橡树" not in page_of(firm, "/deals/")
    given = {"run_id": office.published.run_id, "product": "oak", "fen": "100,000.00"}
    said_after(firm, path, **given, files=file("申请书.pdf"))
    deal = Deal.objects.get(kind="guarantee")
    assert (deal.base_id, deal.institution) == (loan.pk, "guarantor_oak")
    assert moves_on(one, deal) == {"take", "decline"}
    do(one, deal, "take")
    said = do(one, deal, "recommend", fen="100000", detail_fee_fen="x")
    assert "“x”不是金额" in alerts(said)
    assert 'value="x"' in said
    more = {"detail_counter": "1", "detail_cover_bp": "80", "detail_fee_fen": "1,000.00"}
    do(one, deal, "recommend", fen="100000", **more)
    assert deal.state == "recommended"
    do(two, deal, "approve")
    counter = {"detail_counters.0.kind": "surety", "detail_counters.0.giver": "王某"}
    assert "请附材料" in alerts(do(one, deal, "counter", **counter))
    do(one, deal, "counter", **counter, files=file("保证合同.pdf"))
    assert deal.state == "countered"
    assert deal.details is not None
    assert deal.details["counters"][0]["giver"] == "王某"
    do(three, deal, "issue", contract="保函1")
    assert deal.state == "in_force"
    page = page_of(bank, f"/deals/{deal.pk}/")
    assert "担保有效" in page
    assert f'href="/deals/{loan.pk}/"' in page
    assert f'href="/deals/{deal.pk}/"' in page_of(bank, f"/deals/{loan.pk}/")


def test_a_right_is_pledged_by_a_form(office: CoverTown) -> None:
    loan = office.drawn()
    firm, bank = clients(office, "firm1", "bai")
    path = f"/deals/open/pledge/?base={loan.pk}"
    assert "专利" in page_of(firm, path)
    right = {"detail_rights.0.register": "patent", "detail_rights.0.number": "ZL-9"}
    given = {"run_id": office.published.run_id}
    said = said_after(firm, path, **given, **right, files=file())
    assert "ZL-9" in alerts(said)
    said_after(firm, path, **given, **right | {"detail_rights.0.number": "ZL-1"}, files=file())
    deal = Deal.objects.get(kind="pledge")
    assert deal.state == "proposed"
    do(bank, deal, "value", fen="80000", detail_valuer="中立评估")
    assert (deal.state, deal.fen) == ("valued", 8_000_000)


def test_every_move_of_every_kind_has_boxes_with_words(office: CoverTown) -> None:
    deal = office.drawn()
    names = set()
    for kind in DEALS:
        assert kind.name in DOINGS
        for move in kind.moves.values():
            for box in detail_boxes(office.published, kind, move, deal if move.begin else None):
                assert box.title.zh != box.title.en
                names.add(box.name)
    assert {"detail_counter", "detail_option.share_bp", "detail_members", "detail_rights.0.number"} <= names


def test_dotted_names_are_tables_and_numbers_places_of_a_list() -> None:
    told = [("detail_a", 1), ("detail_b.c", 2), ("detail_d.2.e", 3), ("detail_d.0.e", 4), ("detail_d.0.f", 5)]
    assert nested(told) == {"a": 1, "b": {"c": 2}, "d": [{"e": 4, "f": 5}, {"e": 3}]}
