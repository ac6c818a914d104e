"""Entrusted unified lending: the platform selects, an entruster's money is lent through a bank, which only collects.

The entruster bears the loss. Its book pays the loan and takes what comes back; days are closed as a loan's are.
"""

from django.db.models import Sum

from kerong.web.base.models import Deal, DealParty, Role
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_bound import all_agreed
from kerong.web.base.services.deal_changes import CHANGES
from kerong.web.base.services.deal_deciding import Closing, DealDeciding, Doing
from kerong.web.base.services.deal_details import kept_details, number_of
from kerong.web.base.services.deal_fund import EFFECTS
from kerong.web.base.services.deal_guards import COMMON, GUARDS, on_offer, seen
from kerong.web.base.services.ledger_refusals import yuan
from kerong.web.base.services.locks import lock

KIND, YEAR = "entrusted_lending", "quota_year"
NOT_LENT = ("applied", "declined", "withdrawn")
ENTRUSTED_DAYS = Closing(states=("lent", "failing"), falls={"lent": "fail"}, cures={"failing": "cure"})


@reading_as(SYSTEM)
def _within_quota(at: DealDeciding) -> None:
    """What the entruster was asked to lend on the product in the year stays within the product's quota.

    Counted is what was selected in the year and not declined or withdrawn since; selections wait for one another.
    """
    deal, asked = at.deal, at.deal.fen
    if at.fen > asked:
        raise CaseRefused("deal.refused.asked", most=yuan(asked))
    quota = number_of(deal, "quota_year_fen", at.on)
    entruster = DealParty.objects.get(deal=deal, role=Role.FUND).code
    lock(f"quota {deal.region} {deal.product} {entruster} {at.on.year}")
    same = Deal.objects.filter(kind=KIND, region=deal.region, product=deal.product, details__quota_year=at.on.year)
    held = same.exclude(state__in=NOT_LENT).filter(
        pk__in=DealParty.objects.filter(role=Role.FUND, code=entruster).values("deal")
    )
    left = quota - (held.aggregate(fen=Sum("fen"))["fen"] or 0)
    if at.fen > left:
        raise CaseRefused("deal.refused.quota", left=yuan(max(0, left)), year=at.on.year)


def _select(at: DealDeciding) -> None:
    at.deal.fen = at.fen
    kept_details(at, **{YEAR: at.on.year})


def _close(at: DealDeciding) -> None:
    """What is outstanding is the entruster's loss."""
    at.entries.append(("lost", at.deal.outstanding_fen, str(Role.FUND)))


ENTRUSTED = Doing(
    guards={
        **COMMON,
        "offer": on_offer,
        "seen": seen,
        "within_quota": _within_quota,
        "all_agreed": all_agreed,
        **{name: GUARDS[name] for name in ("terms", "open_day", "past_due", "not_past_due", "repaid")},
    },
    changes={
        "select": _select,
        "entrust": CHANGES["sign"],
        "examine": CHANGES["recommend"],
        "lend": CHANGES["draw"],
        "receive": CHANGES["receive"],
        "close": _close,
    },
    effects=EFFECTS,
    products=("loan",),
    is_before_office=True,
    closing=ENTRUSTED_DAYS,
)
