"""What the covering kinds are tested with: products, institutions, people of each, and the ways to a loss."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from kerong.web.base.models import Account, Deal, DealStep, Role, User
from kerong.web.base.services.deal import DealWish, Opening, deal_open
from kerong.web.base.services.institution_book import BookEvent, book_code, institution_book_open, institution_money
from tests.intake.office import code
from tests.web.cases.town import REGION
from tests.web.deals.town import FILES, POOL, PRODUCT, WATERFALL, LendingTown

MONEY = 100_000_000
INSTITUTIONS = "".join(
    f'[[institution]]\ncode = "{name}"\nkind = "{kind}"\ntitle = {{ zh = "{zh}", en = "{en}" }}\n'
    for name, kind, zh, en in (
        ("guarantor_oak", "guarantor", "橡树担保", "Oak Guarantee"),
        ("guarantor_fir", "guarantor", "冷杉担保", "Fir Guarantee"),
        ("guarantor_yew", "guarantor", "红豆杉担保", "Yew Guarantee"),
        ("insurer_elm", "insurer", "榆树保险", "Elm Insurance"),
        ("fund_ash", "fund", "白蜡基金", "Ash Fund"),
    )
)
PEOPLE = {
    "guarantor_oak": (Role.GUARANTOR, ("oak1", "oak2", "oak3", "oak4", "oak5")),
    "guarantor_fir": (Role.GUARANTOR, ("fir1", "fir2", "fir3", "fir4", "fir5")),
    "guarantor_yew": (Role.GUARANTOR, ("yew1", "yew2", "yew3")),
    "insurer_elm": (Role.INSURER, ("elm1", "elm2", "elm3", "elm4", "elm5")),
}


def product(name: str, kind: str, provider: str, numbers: str = "", offer: str = "") -> str:
    """A product on offer to every firm, of CNY 500,000 at most."""
    text = PRODUCT.replace('name = "growth"', f'name = "{name}"').replace('kind = "loan"', f'kind = "{kind}"')
    text = text.replace("bank_river", provider).replace("term_months = 12", f"term_months = 12\n{offer}")
    return text + numbers


def dated(name: str, value: int, later: int | None = None) -> str:
    """A dated number of a product; `later`: from April 2025 on."""
    after = "" if later is None else f'2025-04-01 = {{ value = {later}, source = "第三条" }}\n'
    return f'[parameter.{name}]\n2024-01-01 = {{ value = {value}, source = "第三条" }}\n{after}'


OAK = dated("counter", 1) + dated("cover_bp", 8000) + dated("reguarantee_bp", 3000)
OAK += dated("report_within_days", 30, 5) + dated("fee_bp", 100)
PATENT = """
name = "patent"
title = { zh = "专利", en = "Patents" }
files = ["patent"]
row = ["number"]
identify = "credit_code"
known = "granted_on"
[column.credit_code]
title = { zh = "信用代码", en = "Credit code" }
header = ["信用代码"]
type = "credit_code"
required = true
[column.number]
title = { zh = "专利号", en = "Number" }
header = ["专利号"]
type = "text"
required = true
[column.granted_on]
title = { zh = "授权日", en = "Granted on" }
header = ["授权日"]
type = "date"
required = true
[column.in_force]
title = { zh = "有效", en = "In force" }
header = ["有效"]
type = "flag"
"""
MARK = PATENT.replace('"patent"', '"mark"').replace("专利号", "商标号")
PER_PATENT = product("per_patent", "loan", "bank_river").replace('per = "enterprise"', 'per = "patent"')
PER_PATENT = PER_PATENT.replace("enterprise.capital_fen > 0", "patent.in_force")
RIGHTS = "信用代码,专利号,授权日,有效\n" + "".join(
    f"{code(firm)},{number},2024-01-02,{force}\n"
    for firm, number, force in ((1, "ZL-1", "是"), (1, "ZL-2", "否"), (2, "ZL-3", "是"))
)
PRODUCTS = {
    "registers/patent.toml": PATENT,
    "registers/mark.toml": MARK,
    "products/per_patent.toml": PER_PATENT,
    "patent.csv": RIGHTS,
    "products/quota.toml": product("quota", "loan", "bank_river", dated("quota_year_fen", 10_000_000)),
    "products/oak.toml": product("oak", "guarantee", "guarantor_oak", OAK, 'fee_bp = "fee_bp"'),
    "products/fir.toml": product("fir", "guarantee", "guarantor_fir"),
    "products/yew.toml": product("yew", "guarantee", "guarantor_yew"),
    "products/elm.toml": product("elm", "insurance", "insurer_elm"),
}


TRIO_LOSS = (
    WATERFALL.replace('"eighty"', '"trio_loss"')
    .replace("pool = {", 'government = { zh = "政府", en = "Government" }\nguarantor = {', 1)
    .replace('pool = "8000"', 'government = "2000"\nguarantor = "6000"')
)
TRIO = POOL.replace('"shield"', '"trio"').replace('"eighty"', '"trio_loss"').replace('"pool"', '"government"')


def files() -> dict[str, str]:
    """The lending town's pack with guarantors, an insurer and a fund, and what they offer."""
    shared = {"waterfalls/trio_loss.toml": TRIO_LOSS, "pools/trio.toml": TRIO}
    return {**FILES, **PRODUCTS, **shared, "region.toml": FILES["region.toml"] + INSTITUTIONS}


@dataclass
class CoverTown(LendingTown):
    """The lending town with guarantors and an insurer, each with a book of CNY 1,000,000."""

    made: int = field(default=0)

    @classmethod
    def open(cls, run: Path, fen: int = MONEY) -> "CoverTown":
        """The town; every institution has `fen` in its book, but one that has opened none."""
        base = LendingTown.open(run)
        town = cls(base.published, base.days, base.pool, people=base.people)
        for institution, (role, names) in PEOPLE.items():
            for name in names:
                made = User.objects.create_user(username=name, role=role, institution=institution)
                town.people[name] = made
            if institution == "guarantor_yew":
                continue
            keeper = town.people[names[0]]
            institution_book_open(keeper, town.published)
            event = BookEvent("pay_in", date(2025, 1, 2), fen, "owner")
            institution_money(keeper, "first", town.published, event, today=town.today)
        return town

    def open_deal(self, who: User, kind: str, base: Deal | None, product: str, first: str, **wish: Any) -> Deal:
        """A new deal, told by the page as it is now."""
        parties: Mapping[str, str] = wish.pop("parties", {})
        asked = Opening(kind, product, None if base is None else base.pk, parties=parties)
        told = {"documents": ("申请书.pdf",), "note": "因为", **wish}
        return deal_open(
            who,
            self.published,
            self.published.run_id,
            asked,
            DealWish(first, 0, **told),
            today=self.today,
            days=self.days,
        )

    def lost(self, deal: Deal, until: date = date(2025, 6, 30)) -> Deal:
        """Time goes by and nothing is paid on the loan; its days are closed through the day before."""
        self.today = until
        self.close(until - timedelta(days=1))
        deal.refresh_from_db()
        return deal

    def guaranteed(
        self, loan: Deal, fen: int = 10_000_000, by: str = "fir", terms: Mapping[str, Any] | None = None
    ) -> Deal:
        """A guarantee of the loan in force, without counter-guarantee, of 80 % of the loss unless told otherwise."""
        told = {"counter": False, "cover_bp": 8000, "fee_fen": 0, **(terms or {})}
        firm = User.objects.get(enterprise_id=loan.enterprise_id)
        deal = self.open_deal(firm, "guarantee", loan, by, "apply", fen=fen)
        self.do(f"{by}1", deal, "take")
        self.do(f"{by}1", deal, "recommend", fen=fen, details=told)
        self.do(f"{by}2", deal, "approve", fen=fen)
        self.made += 1
        return self.do(f"{by}3", deal, "issue", contract=f"保函{self.made}")


def held(institution: str, kind: str = "guarantor") -> tuple[int, int, int]:
    """(in, reserved, out) of an institution's money, in fen."""
    account = Account.objects.get(book__code=book_code(kind, REGION, institution), code="money")
    return account.credits_posted, account.debits_reserved, account.debits_posted


def steps(deal: Deal) -> list[tuple[str, int]]:
    """The transfers of a deal, in their order."""
    found = DealStep.objects.filter(move__deal=deal).order_by("id")
    return list(found.values_list("transfer__step", "transfer__fen"))


def firm_code(number: int) -> str:
    """The code of the firm with that number."""
    return code(number)
