"""A town that lends: a loan on offer to every firm, a pool that shares its loss, and people with one hand each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from kerong.engine.deal.calendar import WorkingDays, working_days
from kerong.rulebook.pools import PoolEvent
from kerong.web.base.models import Account, Deal, RiskPool, Role, User
from kerong.web.base.selectors.published import Published, current
from kerong.web.base.services.deal import DealWish, Opening, deal_move, deal_open
from kerong.web.base.services.deal_closing import Closed, days_close
from kerong.web.base.services.pool import pool_money, pool_open
from kerong.web.base.services.run import run_publish
from tests.intake.office import code
from tests.web.cases.town import REGION, texts

DAY = date(2025, 3, 3)
POOL_FEN = 100_000_000
PRODUCT = """
name = "growth"
kind = "loan"
title = { zh = "成长贷", en = "Growth loan" }
per = "enterprise"
provider = "bank_river"
source = { document = "文件", clause = "第一条" }
text = "条文"
[[when]]
is = "enterprise.capital_fen > 0"
title = { zh = "条件", en = "condition" }
[amount]
fen = "most_fen"
round = "down"
[offer]
term_months = 12
[parameter.most_fen]
2024-01-01 = { value = 50_000_000, source = "第二条" }
"""
WATERFALL = """
name = "eighty"
kind = "loss"
title = { zh = "八二分担", en = "Eighty to twenty" }
per = "loan"
mechanism = "spreading"
text = "资金池80%，银行20%。"
amount = "loss_fen"
rest = "bank"
[source]
document = "文件"
clause = "第五条"
[parties]
pool = { zh = "资金池", en = "Pool" }
bank = { zh = "银行", en = "Bank" }
[input.loss_fen]
title = { zh = "损失", en = "Loss" }
[[layer]]
title = { zh = "分担", en = "Shared" }
[layer.shares]
pool = "8000"
bank = "2000"
"""
POOL = """
name = "shield"
title = { zh = "风险池", en = "Shield" }
text = "放款后30日内备案，逾期60日可申请补偿，补偿80%。"
eligible = { rule = "growth", clauses = [1] }
[source]
document = "文件"
clause = "第六条"
[[instrument]]
kind = "loan"
waterfall = "eighty"
payer = "pool"
from = { loss_fen = "loss" }
[parameter.register_within_days]
2024-01-01 = { value = 30, source = "第六条" }
[parameter.trigger_days]
2024-01-01 = { value = 60, source = "第六条" }
[parameter.interest_bp]
2024-01-01 = { value = 1000, source = "第六条" }
"""
SECOND_BANK = '[[institution]]\ncode = "bank_hill"\nkind = "bank"\ntitle = { zh = "小山银行", en = "Hill Bank" }\n'
HILL = PRODUCT.replace('"growth"', '"hill"').replace("bank_river", "bank_hill")
FILES = {
    "products/growth.toml": PRODUCT,
    "products/hill.toml": HILL,
    "waterfalls/eighty.toml": WATERFALL,
    "pools/shield.toml": POOL,
    "region.toml": texts()["region.toml"] + SECOND_BANK,
}
TERMS: Mapping[str, Any] = {
    "maturity": "2026-03-10",
    "rate": {"ppm": 36_000},
    "count": "act_360",
    "method": "interest_only",
    "dues": {"every_months": 1},
}


@dataclass
class LendingTown:
    """People, days, and what they do; every move is made with the page as it is now unless told otherwise."""

    published: Published
    days: WorkingDays
    pool: RiskPool
    today: date = DAY
    people: dict[str, User] = field(default_factory=dict)

    @classmethod
    def open(cls, run: Path, fen: int = POOL_FEN) -> "LendingTown":
        """The run is published, the pool open with `fen`; officers and officials have a log-in."""
        run_publish(run)
        published = current()
        assert published is not None
        people = {}
        for name in ("lin", "wang", "zhao"):
            people[name] = User.objects.create_user(username=name, role=Role.OFFICIAL)
        for bank, names in (("bank_river", ("bai", "chen", "deng", "fang")), ("bank_hill", ("gao", "hu", "ji"))):
            for name in names:
                people[name] = User.objects.create_user(username=name, role=Role.BANK, institution=bank)
        pool = pool_open(people["lin"], published, "shield")
        event = PoolEvent(do="pay_in", on=date(2025, 1, 2), fen=fen, party="city")
        pool_money(people["lin"], "first", published, pool.pk, event)
        return cls(published, working_days(published.rulebook.calendars), pool, people=people)

    def firm(self, number: int) -> User:
        """The firm's own person."""
        name = f"firm{number}"
        if name not in self.people:
            made = User.objects.create_user(username=name, role=Role.ENTERPRISE, enterprise_id=code(number))
            self.people[name] = made
        return self.people[name]

    def applied(self, number: int, fen: int = 10_000_000, product: str = "growth") -> Deal:
        """A firm's application with a document."""
        return deal_open(
            self.firm(number),
            self.published,
            self.published.run_id,
            Opening("loan", product),
            DealWish("apply", 0, fen=fen, documents=("报表.pdf",)),
            today=self.today,
            days=self.days,
        )

    def do(self, who: str, deal: Deal, name: str, **wish: Any) -> Deal:
        """A move as the page stands now."""
        deal.refresh_from_db()
        told = {"version": deal.version, "note": "因为", **wish}
        moved = deal_move(
            self.people[who],
            REGION,
            deal.pk,
            DealWish(name, **told),
            today=self.today,
            days=self.days,
            published=self.published,
        )
        assert moved is not None
        return moved

    def drawn(
        self,
        number: int = 1,
        fen: int = 10_000_000,
        terms: Mapping[str, Any] = TERMS,
        product: str = "growth",
        officers: tuple[str, str, str] = ("bai", "chen", "deng"),
    ) -> Deal:
        """A loan that is drawn whole today; by whom it is reviewed, approved and released."""
        review, approve, release = officers
        deal = self.applied(number, fen, product)
        self.do(review, deal, "take")
        self.do(review, deal, "recommend", fen=fen, terms=terms)
        self.do(approve, deal, "approve", fen=fen)
        self.do(review, deal, "sign", contract=f"合同{number}")
        return self.do(release, deal, "draw", fen=fen)

    def pooled(self, number: int = 1, fen: int = 10_000_000) -> Deal:
        """A loan that is drawn and in the pool."""
        return self.do("bai", self.drawn(number, fen), "register", pool="shield")

    def overdue(self, number: int = 1, fen: int = 10_000_000, until: date = date(2025, 6, 30)) -> Deal:
        """A loan in the pool of which nothing was ever paid, closed through the day before `until`, which is today."""
        deal = self.pooled(number, fen)
        self.today = until
        self.close(date.fromordinal(until.toordinal() - 1))
        deal.refresh_from_db()
        return deal

    def close(self, through: date) -> Closed:
        """Close of business."""
        return days_close(REGION, through, today=max(self.today, through), days=self.days)


def pool_book() -> tuple[int, int, int]:
    """(in, reserved, out) of the pool's money, in fen."""
    account = Account.objects.get(book__kind="pool", code="money")
    return account.credits_posted, account.debits_reserved, account.debits_posted
