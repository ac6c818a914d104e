"""Application-free grants (免申即享) for many at once: each is a case of its own, one that fails stops none."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied

from kerong.engine.deal.calendar import WorkingDays
from kerong.web.base.models import Call, Role, User
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case import case_open_from_award
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.ledger_refusals import LedgerBusy

MOST = 500  # in one step


@dataclass(frozen=True, slots=True)
class Proposed:
    """How many cases were opened, and what was refused (firm and row, why in both languages)."""

    opened: int
    refused: tuple[tuple[str, Mapping[str, str]], ...]


def grants_propose(
    actor: User,
    published: Published,
    run_id: str,
    call: Call,
    chosen: Collection[tuple[str, str]],
    *,
    today: date,
    days: WorkingDays,
) -> Proposed:
    """Proposes the call's grant for every (firm, row) chosen.

    Raises PermissionDenied for anybody but an official, CaseRefused where nothing or too much is chosen, or the run was
    replaced since the page was made.
    """
    if actor.role != Role.OFFICIAL:
        raise PermissionDenied
    if not 0 < len(chosen) <= MOST:
        raise CaseRefused("case.refused.chosen", most=MOST)
    if run_id != published.run_id:
        raise CaseRefused("case.refused.run")
    opened, refused = 0, []
    for firm, row in sorted(chosen):
        try:
            case_open_from_award(actor, published, run_id, call.rule, firm, row, today=today, days=days)
        except CaseRefused as error:
            refused.append((firm, {lang: error.sentence(lang) for lang in ("zh", "en")}))
        except LedgerBusy:
            refused.append((firm, {lang: CaseRefused("form.busy").sentence(lang) for lang in ("zh", "en")}))
        else:
            opened += 1
    return Proposed(opened, tuple(refused))
