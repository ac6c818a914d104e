"""A town with capital: a lessor, two funds, products of every kind that stands on their money, people with one hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from kerong.engine.deal.calendar import WorkingDays, working_days
from kerong.web.base.models import Account, Consent, Deal, Role, User
from kerong.web.base.selectors.published import Published, current
from kerong.web.base.services.deal import DealWish, Opening, deal_move, deal_open
from kerong.web.base.services.deal_closing import Closed, days_close
from kerong.web.base.services.institution_book import BookEvent, institution_book_open, institution_money
from kerong.web.base.services.run import run_publish
from tests.intake.office import code
from tests.web.cases.town import REGION, texts
from tests.web.deals.town import DAY, PRODUCT, SECOND_BANK

FUND_FEN = 1_000_000_000
INSTITUTIONS = "".join(
    f'[[institution]]\ncode = "{name}"\nkind = "{kind}"\ntitle = {{ zh = "{zh}", en = "{en}" }}\n'
    for name, kind, zh, en in (
        ("fund_ash", "fund", "白蜡基金", "Ash Fund"),
        ("fund_yew", "fund", "紫杉基金", "Yew Fund"),
        ("lease_elm", "lease", "榆树租赁", "Elm Leasing"),
        ("platform_oak", "platform", "橡树统贷平台", "Oak Platform"),
    )
)
OPTION_BOUNDS = """
[parameter.option_least_bp]
2024-01-01 = { value = 100, source = "第三条" }
[parameter.option_most_bp]
2024-01-01 = { value = 300, source = "第三条" }
"""
QUOTA = """
[parameter.quota_year_fen]
2024-01-01 = { value = 60_000_000, source = "第三条" }
"""


def product(name: str, kind: str, provider: str, more: str = "") -> str:
    """A product that is offered to every firm, up to 50,000,000 fen."""
    text = PRODUCT.replace('"growth"', f'"{name}"').replace('kind = "loan"', f'kind = "{kind}"')
    return text.replace("bank_river", provider) + more


FILES: Mapping[str, str] = {
    "products/growth.toml": PRODUCT,
    "products/tools.toml": product("tools", "lease", "lease_elm"),
    "products/stake.toml": product("stake", "equity", "fund_ash", OPTION_BOUNDS),
    "products/plain_stake.toml": product("plain_stake", "equity", "fund_ash"),
    "products/group.toml": product("group", "loan", "bank_river"),
    "products/linked.toml": product("linked", "loan", "bank_river", OPTION_BOUNDS),
    "products/joint.toml": product("joint", "loan", "bank_river"),
    "products/unified.toml": product("unified", "loan", "platform_oak", QUOTA),
    "region.toml": texts()["region.toml"] + SECOND_BANK + INSTITUTIONS,
}
PEOPLE: Mapping[tuple[Role, str], tuple[str, ...]] = {
    (Role.OFFICIAL, ""): ("lin", "wang"),
    (Role.BANK, "bank_river"): ("bai", "chen", "deng", "fang"),
    (Role.BANK, "bank_hill"): ("gao",),
    (Role.BANK, "lease_elm"): ("rui", "song", "tao"),
    (Role.FUND, "fund_ash"): ("mei", "nan", "ou", "pan"),
    (Role.FUND, "fund_yew"): ("yu",),
    (Role.FUND, "platform_oak"): ("xia",),
}


@dataclass
class CapitalTown:
    """People, days, and what they do; every move is made with the page as it is now unless told otherwise."""

    published: Published
    days: WorkingDays
    today: date = DAY
    people: dict[str, User] = field(default_factory=dict)

    @classmethod
    def open(cls, run: Path, fen: int = FUND_FEN) -> "CapitalTown":
        """The run is published; Ash Fund and Oak Platform have `fen` each in their books."""
        run_publish(run)
        published = current()
        assert published is not None
        town = cls(published, working_days(published.rulebook.calendars))
        for (role, institution), names in PEOPLE.items():
            for name in names:
                town.people[name] = User.objects.create_user(username=name, role=role, institution=institution)
        for name in ("mei", "xia"):
            institution_book_open(town.people[name], published)
            event = BookEvent("call_capital", date(2025, 1, 2), fen, "city")
            institution_money(town.people[name], "first", published, event, today=DAY)
        return town

    def firm(self, number: int) -> User:
        """The firm's own person."""
        name = f"firm{number}"
        if name not in self.people:
            made = User.objects.create_user(username=name, role=Role.ENTERPRISE, enterprise_id=code(number))
            self.people[name] = made
        return self.people[name]

    def consents(self, institution: str, number: int = 1) -> None:
        """The firm lets an institution read of it for a month from today on."""
        firm, until = self.firm(number), self.today + timedelta(days=30)
        told = {"purpose": "financing", "sections": ["profile"], "starts_on": self.today, "expires_on": until}
        Consent.objects.create(enterprise_id=firm.enterprise_id, institution=institution, granted_by=firm, **told)

    def opened(
        self, who: str, name: str, kind: str, product: str, *, parties: Mapping[str, str] | None = None, **wish: Any
    ) -> Deal:
        """A new deal: `firm` and `base` are the opening's, everything else is the wish's."""
        firm, base = wish.pop("firm", ""), wish.pop("base", None)
        if who.startswith("firm"):
            self.firm(int(who.removeprefix("firm")))
        told = {"fen": 10_000_000, "documents": ("报表.pdf",), **wish}
        asked = Opening(kind, product, base=base, firm=firm, parties=parties or {})
        actor, made = self.people[who], DealWish(name, 0, **told)
        return deal_open(actor, self.published, self.published.run_id, asked, made, today=self.today, days=self.days)

    def do(self, who: str, deal: Deal, name: str, **wish: Any) -> Deal:
        """A move as the page stands now."""
        deal.refresh_from_db()
        made = DealWish(name, **{"version": deal.version, "note": "因为", **wish})
        moved = deal_move(
            self.people[who], REGION, deal.pk, made, today=self.today, days=self.days, published=self.published
        )
        assert moved is not None
        return moved

    def close(self, through: date) -> Closed:
        """Close of business."""
        return days_close(REGION, through, today=max(self.today, through), days=self.days)

    def loan(self, base: Deal, number: int = 1, fen: int = 10_000_000, product: str = "growth") -> Deal:
        """A loan on a joint deal, signed and not drawn: `bai`, `chen`."""
        terms = {"maturity": "2026-03-10", "rate": {"ppm": 36_000}, "method": "interest_only"}
        deal = self.opened(f"firm{number}", "apply", "loan", product, fen=fen, base=base.pk)
        self.do("bai", deal, "take")
        self.do("bai", deal, "recommend", fen=fen, terms=terms)
        self.do("chen", deal, "approve", fen=fen)
        return self.do("bai", deal, "sign", contract=f"合同{number}-{deal.pk}")


def fund_book(institution: str = "fund_ash") -> tuple[int, int, int]:
    """(in, reserved, out) of a fund's money, in fen."""
    account = Account.objects.get(book__code=f"fund:{REGION}:{institution}", code="money")
    return account.credits_posted, account.debits_reserved, account.debits_posted
