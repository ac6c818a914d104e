"""All public support of one firm and its group, from cases, the ledger, pools and funds, for one reader."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import F, Q, Sum

from kerong.engine.deal.states import KINDS
from kerong.engine.money.split import largest_remainder
from kerong.engine.monitor.support import Cover, Exposure, Investment, Line, Member, Statement, Sums, support_of
from kerong.paper.support_content import Titles, support_content
from kerong.paper.support_pdf import support_pdf
from kerong.paper.typeset import FontMissing
from kerong.rulebook.content import Rulebook, Text
from kerong.web.base.models import Account, Call, Case, CasePart, CaseStep, Deal, DealStep, PoolLoan, Role, User
from kerong.web.base.models.case import GONE
from kerong.web.base.permissions import FULL_VIEW
from kerong.web.base.selectors.affiliates import Affiliates, affiliates_of, titles_of
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.support_caps import Asked, cap_uses
from kerong.web.base.selectors.used import used_in
from kerong.web.base.services import deal_people
from kerong.web.base.services.case_people import OF_INSTITUTIONS, visible
from kerong.web.base.words import WORDS

__all__ = ["FontMissing", "content", "paper", "support_statement"]
TO_FIRM = "enterprise"
COVERS = ("guarantee", "insurance", "pledge")
POSTED = ("post", "post_reserved")
Key = tuple[int, str, str, int]  # case, programme, level, year
OFFICE = (Role.OFFICIAL, Role.ENTERPRISE)  # who is shown deals: the firm its own, officials what came before the office


def content(actor: User, published: Published, firm: str, lang: str, *, today: date) -> dict[str, Any] | None:
    """What the statement says to the reader, in words; None where there is none for this reader."""
    found = support_statement(actor, published, firm, today=today)
    kinds = {name: kind.title for name, kind in KINDS.items()}
    titles = Titles(_words("level."), _words("limit."), kinds)
    return None if found is None else support_content(found, published.rulebook, titles, lang)


def paper(published: Published, told: dict[str, Any]) -> bytes:
    """The same as PDF. Raises FontMissing."""
    return support_pdf(told, published.rulebook.region, published.short_id)


def _words(family: str) -> dict[str, Text]:
    return {key.removeprefix(family): Text(*pair) for key, pair in WORDS.items() if key.startswith(family)}


def support_statement(actor: User, published: Published, firm: str, *, today: date) -> Statement | None:
    """The statement of a firm for a person: officials and analysts with its group, the firm itself its own alone.

    None for anybody else, and where the run knows no such firm.
    """
    is_own = actor.role == Role.ENTERPRISE and actor.enterprise_id == firm
    if published.enterprise(firm) is None or not (is_own or actor.role in FULL_VIEW):
        return None
    book, region = published.rulebook, published.rulebook.region.name
    seen = visible(actor, region)
    group = Affiliates({}, {}, "withheld") if is_own else _with_then(affiliates_of(published, firm), firm, region)
    firms = [firm, *group.grounds]
    cases = list(
        seen.filter(Q(enterprise_id__in=firms) | Q(payee_kind=TO_FIRM, payee__in=firms)).select_related("call")
    )
    standing = [case for case in cases if case.state not in GONE]
    received = [case for case in standing if case.payee_kind == TO_FIRM and case.payee in firms]
    aside = [case for case in standing if not (case.payee_kind == TO_FIRM and case.payee in firms)]
    holding = {case.enterprise_id for case in standing if case.enterprise_id in firms}
    used = used_in(region, among=seen)
    asked = Asked([firm, *sorted(holding - {firm})], set(firms), group.keys, standing, seen, used, is_own)
    caps, untouched = cap_uses(book, asked, today)
    titles = titles_of(published, firms)
    return Statement(
        firm=firm,
        on=today,
        run=published.short_id,
        is_own=is_own,
        group=group.state,
        members=tuple(Member(one, titles[one], group.grounds.get(one, ())) for one in firms),
        support=support_of(_lines(received, by_payee=True)),
        on_account=support_of(_lines(aside, by_payee=False)),
        come_to_nothing=len(cases) - len(standing),
        caps=caps,
        untouched=untouched,
        exposures=_exposures(actor, region, firms),
        investments=_investments(actor, region, firms),
        deals=actor.role in OFFICE,
        ledger_fen=None if is_own else _on_accounts(region, firms),
        unrecorded=_unrecorded(book, region),
        since=Call.objects.filter(region=region).order_by("year").values_list("year", flat=True).first(),
    )


def _with_then(group: Affiliates, firm: str, region: str) -> Affiliates:
    """The group with the firms that a case was granted on as of one group: they count under its caps still."""
    keys = {key for key in (group.keys.get(firm),) if key}
    keys |= {
        key
        for key in Case.objects.filter(region=region, enterprise_id=firm).values_list("claim__affiliates", flat=True)
        if key
    }
    found = Case.objects.filter(region=region, claim__affiliates__in=sorted(keys)) if keys else Case.objects.none()
    then = {other for other in found.values_list("enterprise_id", flat=True) if other != firm}
    grounds = {
        one: (*group.grounds.get(one, ()), *(("then",) if one in then else ())) for one in {*group.grounds, *then}
    }
    return Affiliates(
        group.keys, dict(sorted(grounds.items())), group.state if group.grounds or not grounds else "found"
    )


def _lines(cases: Sequence[Case], *, by_payee: bool) -> list[Line]:
    """What each level and year gives in each case: shares as the call has them, money as the ledger moved it."""
    applied, approved = Counter[Key](), Counter[Key]()
    for case in cases:
        shares = dict(case.call.shares)
        for told, fen in ((applied, case.awarded_fen), (approved, case.approved_fen if case.is_approved else 0)):
            for level, part in (largest_remainder(fen, shares) if fen else {}).items():
                told[case.pk, case.call.programme, level, case.budget_year] += part
    reserved, (paid, returned) = _reserved(cases), _moved(cases)
    of = {case.pk: case for case in cases}
    return [
        Line(
            case=key[0],
            enterprise_id=of[key[0]].payee if by_payee else of[key[0]].enterprise_id,
            rule=of[key[0]].rule,
            programme=key[1],
            level=key[2],
            year=key[3],
            sums=Sums(applied[key], approved[key], reserved[key], paid[key], returned[key]),
        )
        for key in sorted({*applied, *approved, *reserved, *paid, *returned})
    ]


def _reserved(cases: Iterable[Case]) -> Counter[Key]:
    parts = CasePart.objects.filter(case__in=[case.pk for case in cases], is_dropped=False, reserved_fen__gt=0)
    found = Counter[Key]()
    budget = [f"budget__{name}" for name in ("programme", "level", "year")]
    for case, programme, level, year, fen in parts.values_list("case", *budget, "reserved_fen"):
        found[case, programme, level, year] += fen
    return found


def _moved(cases: Iterable[Case]) -> tuple[Counter[Key], Counter[Key]]:
    """What the ledger paid to and got back from payees in cases, by the budget of the book it moved on."""
    budget = [f"transfer__book__budget__{name}" for name in ("programme", "level", "year")]
    steps = CaseStep.objects.filter(move__case__in=[case.pk for case in cases], transfer__move__in=POSTED)
    columns = ("move__case", *budget, "transfer__fen", "transfer__credit__kind", "transfer__debit__kind")
    paid, returned = Counter[Key](), Counter[Key]()
    for case, programme, level, year, fen, to, source, reverses in steps.values_list(*columns, "transfer__reverses"):
        key, sign = (case, programme, level, year), 1 if reverses is None else -1
        if "payee" in (to, source):
            (paid if (to == "payee") == (reverses is None) else returned)[key] += sign * fen
    return paid, returned


def _on_accounts(region: str, firms: Collection[str]) -> int:
    """What the accounts of these payees hold on the region's budgets: paid less what came back."""
    held = Account.objects.filter(book__budget__region=region, kind="payee", subject__in=firms)
    return int(held.aggregate(fen=Sum(F("credits_posted") - F("debits_posted")))["fen"] or 0)


def _exposures(actor: User, region: str, firms: Collection[str]) -> tuple[Exposure, ...]:
    seen = deal_people.visible(actor, region).filter(enterprise_id__in=firms)
    held = PoolLoan.objects.filter(deal__in=seen.values("pk")).select_related("pool", "deal").order_by("firm", "deal")
    covers: dict[int, list[Cover]] = defaultdict(list)
    for deal in (
        seen.filter(kind__in=COVERS, base__in=[row.deal_id for row in held]).exclude(contract="").order_by("pk")
    ):
        if not KINDS[deal.kind].states[deal.state].is_end and deal.base_id is not None:
            covers[deal.base_id].append(Cover(deal.pk, deal.kind, deal.institution, deal.fen))
    return tuple(
        Exposure(
            deal=row.deal_id,
            enterprise_id=row.firm,
            pool=row.pool.name,
            instrument=row.instrument,
            bank=row.bank,
            registered_fen=row.fen,
            balance_fen=row.balance_fen,
            as_of=row.deal.closed_through,
            compensated_on=row.paid_on,
            paid_fen=row.paid_fen,
            borne=dict(sorted(row.borne.items())),
            returned=dict(sorted(row.returned.items())),
            is_void=row.is_void,
            is_written_off=row.is_written_off,
            covers=tuple(covers[row.deal_id]),
        )
        for row in held
    )


def _investments(actor: User, region: str, firms: Collection[str]) -> tuple[Investment, ...]:
    """What funds' books moved for deals that the reader may see."""
    seen = deal_people.visible(actor, region).filter(enterprise_id__in=firms)
    steps = DealStep.objects.filter(
        move__deal__in=seen.values("pk"), transfer__book__kind="fund", transfer__move__in=POSTED
    )
    sums: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    columns = ("move__deal", "transfer__book__owner", "transfer__fen", "transfer__credit__kind")
    for deal, fund, fen, to in steps.values_list(*columns):
        sums[deal, fund]["invested" if to == "investee" else "returned"] += fen
    deals = Deal.objects.in_bulk([number for number, _ in sums])
    return tuple(
        Investment(number, deals[number].enterprise_id, deals[number].kind, fund, told["invested"], told["returned"])
        for (number, fund), told in sorted(sums.items())
    )


def _unrecorded(book: Rulebook, region: str) -> tuple[str, ...]:
    """The policies that pay firms and of which no case is kept here, in the order of the rulebook."""
    known = set(Call.objects.filter(region=region).values_list("rule", flat=True))
    pays = (
        rule for rule in book.rules.values() if rule.is_policy and rule.amount and rule.amount.to not in OF_INSTITUTIONS
    )
    return tuple(rule.name for rule in pays if rule.name not in known)
