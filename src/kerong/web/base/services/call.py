"""What an office opens before anybody can be paid: budgets, and calls."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from kerong.engine.deal.subsidy import Stage, Terms, TermsRefused
from kerong.engine.money.ledger import accounts
from kerong.rulebook.content import Rulebook
from kerong.web.base.models import Budget, Call, Role, User
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.ledger import book_open

__all__ = ["Stage", "Terms", "budget_open", "call_open"]


def budget_open(actor: User, region: str, programme: str, level: str, year: int, currency: str = "CNY") -> Budget:
    """A budget of one level for a programme and year, with a book of its own and no money yet.

    Raises PermissionDenied for anybody but an official, CaseRefused where there is one, LedgerRefused for a code that
    no book can have.
    """
    _only_official(actor)
    code = f"budget:{region}:{programme}:{year}:{level}"
    with transaction.atomic():
        if Budget.objects.filter(region=region, programme=programme, level=level, year=year).exists():
            raise CaseRefused("case.refused.budget.twice")
        book = book_open(
            actor, accounts.Book(code, "budget", currency), title=f"{programme} {year} {level}", owner=level
        )
        return Budget.objects.create(book=book, region=region, programme=programme, level=level, year=year)


def call_open(
    actor: User, book: Rulebook, rule: str, programme: str, year: int, terms: Terms, is_free: bool = False
) -> Call:
    """A call for a rule and year. `terms.shares` name levels that have a budget of the programme and year.

    Raises PermissionDenied for anybody but an official, CaseRefused where terms make no sense, the rule pays nothing,
    a budget is missing, or there is a call already.
    """
    _only_official(actor)
    region, found = book.region.name, book.rules.get(rule)
    if found is None or found.amount is None or not found.is_policy:
        raise CaseRefused("case.refused.call.rule")
    try:
        terms.check()
    except TermsRefused as refused:
        raise CaseRefused(str(refused)) from refused
    _have_budgets(region, programme, year, terms.shares)
    try:
        with transaction.atomic():
            return Call.objects.create(
                region=region,
                rule=rule,
                programme=programme,
                year=year,
                opens_on=terms.opens_on,
                closes_on=terms.closes_on,
                is_free=is_free,
                experts=terms.experts,
                pass_mark=terms.pass_mark,
                notice_days=terms.notice_days,
                shares=[[level, share] for level, share in terms.shares.items()],
                stages=[[stage.share_bp, stage.milestone.strip()] for stage in terms.stages],
                made_by=actor,
            )
    except IntegrityError as error:
        raise CaseRefused("case.refused.call.twice") from error


def _have_budgets(region: str, programme: str, year: int, shares: Mapping[str, int]) -> None:
    held = Budget.objects.filter(region=region, programme=programme, year=year, level__in=list(shares))
    missing = sorted(set(shares) - set(held.values_list("level", flat=True)))
    if missing:
        raise CaseRefused("case.refused.budget", level=missing[0], year=year)


def _only_official(actor: User) -> None:
    if actor.role != Role.OFFICIAL:
        raise PermissionDenied
