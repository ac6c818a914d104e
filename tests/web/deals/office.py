"""The lending town's portal: its clock shows the town's day, and forms are sent as its pages give them."""

import re
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kerong.web.base.models import Deal
from tests.web.cases.office import client_of, page_of, said_after
from tests.web.deals.town import LendingTown

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
TERMS = {
    "base": "",
    "percent": "3.6",
    "spread_bp": "",
    "reset_months": "",
    "method": "interest_only",
    "count": "act_360",
    "maturity": "2026-03-10",
    "every_months": "1",
    "day": "",
    "adjust": "none",
}


def clients(town: LendingTown, *names: str) -> list[Client]:
    """The portal as each of the people sees it."""
    return [client_of(town, name) for name in names]  # type: ignore[arg-type]


def file(name: str = "报表.pdf", data: bytes = PDF) -> SimpleUploadedFile:
    """A file that somebody hands in."""
    return SimpleUploadedFile(name, data)


def do(client: Client, deal: Deal, move: str, **given: object) -> str:
    """Sends the form of a move as the page has it now; what the page then says."""
    deal.refresh_from_db()
    told = {"version": deal.version, "note": "因为", **given}
    if "fen" not in given:
        told.setdefault("seen", deal.fen)
    said = said_after(client, f"/deals/{deal.pk}/{move}/", **told)
    deal.refresh_from_db()
    return said


def moves_on(client: Client, deal: Deal) -> set[str]:
    """The moves that the page has forms for."""
    found = re.findall(r'action="/deals/\d+/([a-z_]+)/"', page_of(client, f"/deals/{deal.pk}/"))
    return set(found) - {"attachments"}


def alerts(page: str) -> str:
    """What a page says was refused."""
    return " ".join(re.findall(r'role="alert">(.*?)</p>', page, re.DOTALL))


def yesterday(town: LendingTown) -> date:
    """The day before the town's."""
    return date.fromordinal(town.today.toordinal() - 1)
