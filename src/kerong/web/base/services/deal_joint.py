"""Investment with a loan, and joint growth: a bank lends while an investor holds an option, or while both are to grow.

The loans are deals of their own, bound to the joint one (deal_bound). `details` of investment with a loan: `option`,
`bank_share_bp`: the bank's part of the option's gain, `proceeds_fen` so far. Of joint growth: `milestone` (a field of
the record and what it must reach) and `shares` (basis points by party) of what is shared.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kerong.engine.deal.option import kept_option
from kerong.engine.money.ledger.chain import sm3
from kerong.engine.money.split import largest_remainder
from kerong.rulebook.content import Rulebook
from kerong.rulebook.load_registers import provided_type
from kerong.rulebook.types import Type
from kerong.rulebook.waterfalls import WHOLE_BP
from kerong.web.base.models import DealMove, Role
from kerong.web.base.services.case_award import pinned_rules
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_bound import all_agreed, bound_over
from kerong.web.base.services.deal_changes import row_of
from kerong.web.base.services.deal_deciding import DealDeciding, Doing
from kerong.web.base.services.deal_details import details_of, kept_details
from kerong.web.base.services.deal_fund import EFFECTS, PARTS
from kerong.web.base.services.deal_guards import COMMON, brought, is_seen, on_offer
from kerong.web.base.services.deal_guards import seen as seen_amount
from kerong.web.base.services.deal_options import (
    OPTION,
    exercisable,
    let_go,
    option_given,
    option_held,
    option_in_range,
    option_over,
)

BANK_SHARE, PROCEEDS = "bank_share_bp", "proceeds_fen"
MILESTONE, SHARES = "milestone", "shares"
# how a file is named in a history: its title, and in brackets how its digest begins
DIGEST = re.compile(r"(?:^|[^0-9a-f])([0-9a-f]{12})[0-9a-f]{0,52}\)?$")


# investment with a loan


def _amount(at: DealDeciding) -> int | None:
    """An option is used at its price; everything else is about the loan's amount."""
    return option_held(at).price_fen if at.move.name == "exercise" else None


def _seen(at: DealDeciding) -> None:
    settled = _amount(at)
    is_seen(at, at.deal.fen if settled is None else settled)


def _bind(at: DealDeciding) -> None:
    """The investor binds itself: the option, and which part of its gain the bank has."""
    share = at.wish.details.get(BANK_SHARE, 0)
    if type(share) is not int or not 0 <= share <= WHOLE_BP:
        raise CaseRefused("deal.refused.shares")
    option_given(at)
    kept_details(at, **{BANK_SHARE: share})


def _lend(at: DealDeciding) -> None:
    """From now on the loan may be drawn; the option is held at the price that the history keeps."""
    option = option_held(at)
    at.detail |= {OPTION: kept_option(option), "price_fen": option.price_fen}


def _exercise(at: DealDeciding) -> None:
    at.entries.append(("invested", at.fen, ""))


def _share(at: DealDeciding) -> None:
    """Of what came in above the option's price the bank has its part, counted over all proceeds.

    Of two parties a larger sum never gives one of them less, so what is due now is never below 0.
    """
    details = details_of(at.deal)
    before, price = int(details.get(PROCEEDS, 0)), option_held(at).price_fen
    due = [_bank_fen(max(0, fen - price), int(details[BANK_SHARE])) for fen in (before, before + at.fen)]
    bank = due[1] - due[0]
    kept_details(at, **{PROCEEDS: before + at.fen})
    at.detail[PARTS] = {str(Role.BANK): bank, str(Role.FUND): at.fen - bank}
    at.entries.append(("proceeds", at.fen, ""))
    if bank:
        at.entries.append(("shared", bank, str(Role.BANK)))


def _bank_fen(gain_fen: int, share_bp: int) -> int:
    parts = largest_remainder(gain_fen, {Role.BANK: share_bp, Role.FUND: WHOLE_BP - share_bp})
    return parts[Role.BANK]


INVESTMENT_LOAN = Doing(
    guards={
        **COMMON,
        "offer": on_offer,
        "documents": brought,
        "seen": _seen,
        "all_agreed": all_agreed,
        "option_range": option_in_range,
        "exercisable": exercisable,
        "option_over": option_over,
        "repaid": bound_over,
    },
    changes={"bind": _bind, "lend": _lend, "exercise": _exercise, "let_go": let_go, "share": _share},
    effects=EFFECTS,
    products=("loan",),
    amount=_amount,
)

# joint growth


def _framework(at: DealDeciding) -> None:
    """The strategic agreement names a number of the record that must be reached, and how growth is shared then."""
    _milestone_of(at, at.wish.details.get(MILESTONE))
    _shares_of(at.wish.details.get(SHARES))


def _milestone_of(at: DealDeciding, told: object) -> tuple[str, int]:
    """(field, least). Raises CaseRefused where the region's record has no such number."""
    held: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
    field, least = held.get("field"), held.get("least")
    kind = _type_of(pinned_rules(at.deal.rulebook.digest), str(field))
    if kind is None or not kind.is_number or type(least) is not int or set(held) != {"field", "least"}:
        raise CaseRefused("deal.refused.milestone_unclear", field=str(field)[:100])
    return str(field), least


def _type_of(book: Rulebook, field: str) -> Type | None:
    """Of what type a column of the record is; None where the region has no such column."""
    if field in book.region.provides:
        return provided_type(book.region.provides[field], book.registers)
    known = book.measures.get(field) or book.formulas.get(field)
    return None if known is None else known.type


def _shares_of(told: object) -> dict[str, int]:
    """Basis points of bank and firm. Raises CaseRefused where they do not part 10,000."""
    held: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
    good = set(held) == {"bank", "enterprise"} and all(type(bp) is int and bp >= 0 for bp in held.values())
    if not good or sum(held.values()) != WHOLE_BP:
        raise CaseRefused("deal.refused.shares")
    return dict(held)


def _frame(at: DealDeciding) -> None:
    field, least = _milestone_of(at, at.wish.details.get(MILESTONE))
    told = {MILESTONE: {"field": field, "least": least}, SHARES: _shares_of(at.wish.details.get(SHARES))}
    kept_details(at, **told)


def _digests(documents: object) -> Iterator[str]:
    """The digests by which documents are named, as far as names tell them."""
    for name in documents if isinstance(documents, list | tuple) else ():
        found = DIGEST.search(name)
        if found:
            yield found.group(1)


def _three_documents(at: DealDeciding) -> None:
    """Framework, letter of commitment and loan contract are there by digest, and are three papers."""
    moves: list[DealMove] = list(at.deal.moves.filter(name__in=("frame", "promise")).order_by("version"))
    papers = {move.name: set(_digests(move.detail.get("documents"))) for move in moves}
    papers["lend"] = set(_digests(at.wish.documents))
    given = [papers.get(name, set()) for name in ("frame", "promise", "lend")]
    if not all(given) or sum(map(len, given)) != len(set().union(*given)):
        raise CaseRefused("deal.refused.three_documents")


def _milestone(at: DealDeciding) -> None:
    """The record of the page's run says that the milestone is reached; what it says is frozen with the move."""
    if at.published is None:
        raise CaseRefused("case.refused.run")
    field, least = _milestone_of(at, details_of(at.deal).get(MILESTONE))
    row = at.published.enterprise(at.deal.enterprise_id) or {}
    value = row.get(field)
    if value is None or row.get(f"{field}!error"):
        raise CaseRefused("deal.refused.milestone_unknown", field=field)
    if value < least:
        raise CaseRefused("deal.refused.milestone", field=field, value=value, least=least)
    frozen = sm3(row_of(at.published, at.deal.enterprise_id)).hex()
    at.detail |= {"field": field, "value": value, "least": least, "run": at.published.run_id, "row": frozen}


def _share_growth(at: DealDeciding) -> None:
    """What is shared goes to the parties by largest remainder: the parts are the whole."""
    parts = largest_remainder(at.fen, details_of(at.deal)[SHARES])
    at.detail[PARTS] = parts
    at.entries += [("shared", fen, party) for party, fen in sorted(parts.items()) if fen]


JOINT_GROWTH = Doing(
    guards={
        **COMMON,
        "offer": on_offer,
        "seen": seen_amount,
        "framework": _framework,
        "three_documents": _three_documents,
        "milestone": _milestone,
        "repaid": bound_over,
    },
    changes={"frame": _frame, "share": _share_growth},
    effects={},
    products=("loan",),
)
