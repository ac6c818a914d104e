"""What the tables' words do, by kind of deal; a kind that is not here has a table and cannot be stored yet."""

from collections.abc import Mapping

from kerong.web.base.services.deal_changes import CHANGES
from kerong.web.base.services.deal_claims import CLAIM
from kerong.web.base.services.deal_cover import GUARANTEE
from kerong.web.base.services.deal_deciding import Closing, Doing
from kerong.web.base.services.deal_entrusted import ENTRUSTED
from kerong.web.base.services.deal_equity import EQUITY
from kerong.web.base.services.deal_group import GROUP_CREDIT
from kerong.web.base.services.deal_guards import GUARDS
from kerong.web.base.services.deal_joint import INVESTMENT_LOAN, JOINT_GROWTH
from kerong.web.base.services.deal_lease import LEASE
from kerong.web.base.services.deal_pledges import PLEDGE
from kerong.web.base.services.deal_policies import INSURANCE
from kerong.web.base.services.deal_pool import EFFECTS, reservation_kept
from kerong.web.base.services.deal_shared_risk import DOUBLE_COVER, GOVERNMENT_BANK_GUARANTEE

LOAN_DAYS = Closing(
    states=("drawing", "repaying", "overdue", "claimed", "verified"),
    falls={"drawing": "fall_overdue", "repaying": "fall_overdue"},
    cures={"overdue": "cure"},
    settles={"repaying": "settle", "overdue": "settle"},
)
DOINGS: Mapping[str, Doing] = {
    "entrusted_lending": ENTRUSTED,
    "equity": EQUITY,
    "group_credit": GROUP_CREDIT,
    "investment_loan": INVESTMENT_LOAN,
    "joint_growth": JOINT_GROWTH,
    "lease": LEASE,
    "loan": Doing(GUARDS, CHANGES, EFFECTS, reservation_kept, ("loan",), closing=LOAN_DAYS),
    "claim": CLAIM,
    "guarantee": GUARANTEE,
    "insurance": INSURANCE,
    "pledge": PLEDGE,
    "government_bank_guarantee": GOVERNMENT_BANK_GUARANTEE,
    "double_cover": DOUBLE_COVER,
}
