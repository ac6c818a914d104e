"""What the tables' words do, by kind of deal; a kind that is not here has a table and cannot be stored yet."""

from collections.abc import Mapping

from kerong.web.base.services.deal_changes import CHANGES
from kerong.web.base.services.deal_deciding import Closing, Doing
from kerong.web.base.services.deal_guards import GUARDS
from kerong.web.base.services.deal_pool import EFFECTS, reservation_kept

LOAN_DAYS = Closing(
    states=("drawing", "repaying", "overdue", "claimed", "verified"),
    falls={"drawing": "fall_overdue", "repaying": "fall_overdue"},
    cures={"overdue": "cure"},
    settles={"repaying": "settle", "overdue": "settle"},
)
DOINGS: Mapping[str, Doing] = {
    "loan": Doing(GUARDS, CHANGES, EFFECTS, reservation_kept, ("loan",), closing=LOAN_DAYS),
}
