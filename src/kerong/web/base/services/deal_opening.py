"""How a deal of any kind is opened: by whom, on which offer or which other deal, and who is part of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import PermissionDenied

from kerong.engine.deal.calendar import WorkingDays
from kerong.engine.deal.moves import Kind, Move
from kerong.engine.deal.states import KINDS
from kerong.rulebook import Rulebook
from kerong.web.base.models import Deal, DealParty, Role, User
from kerong.web.base.models.user import INSTITUTION_ROLES
from kerong.web.base.permissions import reach
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case_award import pinned
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_changes import row_of
from kerong.web.base.services.deal_deciding import DealDeciding, DealWish
from kerong.web.base.services.deal_kinds import DOINGS
from kerong.web.base.services.deal_people import code_of, hand_of, visible
from kerong.web.base.services.group_line import GROUP, own_lines


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new deal is to be: its kind, the product on offer, the deal that it stands on, the firm, who else is part.

    `firm` is needed where neither the actor nor the base says it; `parties`: by role the code of an institution.
    """

    kind: str
    product: str = ""
    base: int | None = None
    firm: str = ""
    parties: Mapping[str, str] = field(default_factory=dict)


def opening_of(kind: Kind) -> Move:
    """The one move that opens a deal of the kind."""
    (move,) = kind.moves_from("")
    return move


def opened(
    actor: User,
    published: Published,
    run_id: str,
    asked: Opening,
    wish: DealWish,
    *,
    today: date,
    days: WorkingDays,
) -> DealDeciding:
    """The new deal with its parties, in the caller's transaction, ready for its first move.

    `run_id` is the run that the page showed. Raises PermissionDenied where the actor has no such opening, CaseRefused
    where the kind cannot be stored, the run was replaced since, offers no such product to the firm, the base is not
    there or not the firm's, or somebody whom the table needs is not named.
    """
    kind = KINDS.get(asked.kind)
    if kind is None or asked.kind not in DOINGS:
        raise CaseRefused("deal.refused.kind")
    move = opening_of(kind)
    if actor.role not in move.roles or (not code_of(actor) and actor.role != Role.OFFICIAL):
        raise PermissionDenied
    if run_id != published.run_id:
        raise CaseRefused("case.refused.run")
    region = published.rulebook.region.name
    base = _base(actor, region, asked)
    firm = actor.enterprise_id or (base.enterprise_id if base is not None else asked.firm)
    if base is None and not _may_open_for(actor, published, firm, today):
        raise CaseRefused("deal.refused.firm")
    provider, most = _offered(published, firm, asked)
    if base is not None and base.kind == GROUP and provider != base.institution:
        raise CaseRefused("deal.refused.base")
    if actor.institution and _is_of_another(actor, published.rulebook, provider):
        raise CaseRefused("deal.refused.offer")
    parties = _parties(actor, kind, published.rulebook, base, provider, asked)
    with reading_as(SYSTEM):  # before its parties stand nobody is part of it
        deal = Deal.objects.create(
            kind=kind.name,
            region=region,
            product=asked.product or (base.product if base is not None else ""),
            enterprise_id=firm,
            institution=provider or _leading(kind, parties),
            state="",
            since=today,
            run_id=published.run_id,
            on=published.on,
            rulebook=pinned(published),
            decided_on=row_of(published, firm),
            offered_fen=most,
            fen=max(wish.fen or 0, 1),
            base=base,
        )
        rows = [(Role.ENTERPRISE, firm), *((role, code) for role, code in parties.items())]
        DealParty.objects.bulk_create([DealParty(deal=deal, role=role, code=code) for role, code in rows])
    return DealDeciding(actor, deal, move, wish, today, days, published)


def _may_open_for(actor: User, published: Published, firm: str, today: date) -> bool:
    """An institution opens deals with firms that consented to it; of others it does not learn whether there are any."""
    return published.enterprise(firm) is not None and (not actor.institution or reach(actor, firm, today) is not None)


def _is_of_another(actor: User, rulebook: Rulebook, provider: str) -> bool:
    """Is the product on offer of another institution in whose hand the actor's own would be?"""
    kinds = {one.code: hand_of(one.kind) for one in rulebook.region.institutions}
    return kinds.get(provider) == actor.role and provider != actor.institution


def _base(actor: User, region: str, asked: Opening) -> Deal | None:
    if asked.base is None:
        return None
    found = visible(actor, region).filter(pk=asked.base).first()
    if asked.kind == "loan" and (found is None or found.kind == GROUP):
        found = _line_of_member(actor, region, asked.base)
    if found is None:
        raise CaseRefused("deal.refused.base")
    return found


def _line_of_member(actor: User, region: str, base: int) -> Deal | None:
    """A line whose member the actor's firm is; the firm need not see the line itself."""
    if not any(line.deal_id == base for line in own_lines(actor, region)):
        return None
    with reading_as(SYSTEM):
        return Deal.objects.get(pk=base)


def _offered(published: Published, firm: str, asked: Opening) -> tuple[str, int | None]:
    """Who provides the product and the most that is offered; ("", None) where the kind stands on no offer."""
    if not asked.product:
        return "", None
    rule = published.rulebook.rules.get(asked.product)
    offer = next((one for one in published.offers_of(firm) if one["rule"] == asked.product), None)
    if rule is None or offer is None or not rule.provider or rule.kind not in DOINGS[asked.kind].products:
        raise CaseRefused("deal.refused.offer")
    return rule.provider, offer["amount_fen"]


def _parties(
    actor: User, kind: Kind, rulebook: Rulebook, base: Deal | None, provider: str, asked: Opening
) -> dict[str, str]:
    """By role the institution that is part. Raises CaseRefused where a line of the table would be nobody's."""
    kinds = {one.code: hand_of(one.kind) for one in rulebook.region.institutions}
    found: dict[str, str] = {}
    if base is not None:
        found |= {role: code for role, code in base.parties.values_list("role", "code") if role in INSTITUTION_ROLES}
    found |= asked.parties
    if provider:
        found[kinds.get(provider, "")] = provider
    if actor.institution:
        found[actor.role] = actor.institution
    found = {role: code for role, code in found.items() if role in kind.seen_by}
    for role, code in found.items():
        if role not in INSTITUTION_ROLES or kinds.get(code) != role:
            raise CaseRefused("deal.refused.party", code=code)
    if DOINGS[kind.name].is_before_office:
        found[Role.OFFICIAL] = ""
    here = {Role.ENTERPRISE, Role.OFFICIAL, "machine", *found}
    for move in kind.moves.values():
        if not move.roles & here:
            raise CaseRefused("deal.refused.parties", roles=", ".join(sorted(move.roles)))
    return found


def _leading(kind: Kind, parties: Mapping[str, str]) -> str:
    """Whose deal it is where no product says so: of the institution that moves it first, else of any."""
    first = next((parties[role] for role in _movers(kind) if parties.get(role)), "")
    return first or min(filter(None, parties.values()), default="")


def _movers(kind: Kind) -> Iterator[str]:
    for move in kind.moves.values():
        if move.begin:
            yield from sorted(move.roles)
