"""What must be true before a case moves: one function for each guard that the tables of moves name."""

from collections.abc import Callable, Mapping
from datetime import date

from kerong.engine.deal.subsidy import Payee, TermsRefused, exclusions, is_passed, spelt
from kerong.engine.money.ledger.chain import sm3
from kerong.engine.money.pool import bare
from kerong.rulebook.compound import compound, parted
from kerong.rulebook.content import Rule
from kerong.web.base.models import Case, EvidenceUse, Instruction
from kerong.web.base.models.payment import WAITING
from kerong.web.base.services.case_award import check_award, left_under_caps, rulebook_of
from kerong.web.base.services.case_deciding import Deciding
from kerong.web.base.services.case_people import hands
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.ledger_refusals import yuan
from kerong.web.base.services.locks import lock

Guard = Callable[[Deciding], None]


def _call(at: Deciding) -> None:
    """The call of the year stands; whether it grants without an application is its own word."""
    if not at.case.call.is_free:
        raise CaseRefused("case.refused.call.not_free")


def _window(at: Deciding) -> None:
    call = at.case.call
    if not call.opens_on <= at.today <= call.closes_on:
        raise CaseRefused("case.refused.window", first=call.opens_on, last=call.closes_on)


def _award(at: Deciding) -> None:
    check_award(at.case)


def _within(at: Deciding) -> None:
    fen = at.wish.fen
    if fen is None or not 1 <= fen <= at.case.awarded_fen:
        raise CaseRefused("case.refused.within", most=yuan(at.case.awarded_fen))


def _payee(at: Deciding) -> None:
    """The payee that is named now, or else the one that the case has, fits its code and has an account."""
    case = at.case
    kept = Payee(case.payee_name, case.bank, case.account) if case.account else None
    payee = at.wish.payee if "payee" in at.move.needs else kept
    if payee is None:
        raise CaseRefused("case.refused.payee.missing")
    try:
        payee.check(case.payee_names)
    except TermsRefused as refused:
        raise CaseRefused(str(refused)) from refused


def _seen(at: Deciding) -> None:
    """Whoever decides decides on the amount that the page showed."""
    if at.wish.fen != at.case.fen:
        raise CaseRefused("case.refused.seen", now=yuan(at.case.fen))


def _year(at: Deciding) -> None:
    if at.on.year != at.case.budget_year:
        raise CaseRefused("case.refused.year", year=at.case.budget_year)


def _unpaid(at: Deciding) -> None:
    """No other case holds the evidence; the database keeps it so (`evidence_pays_once_in_a_group`)."""
    for group, key in evidence_keys(at):
        other = EvidenceUse.objects.filter(region=at.case.region, group=group, key=key, stands=True)
        found = other.exclude(case=at.case).first()
        if found is not None:
            raise CaseRefused("case.refused.evidence", case=found.case_id)


def _caps(at: Deciding) -> None:
    lock(f"caps {at.case.region}")
    left = left_under_caps(at.case)
    if left < at.case.fen:
        raise CaseRefused("case.refused.caps", left=yuan(left), wanted=yuan(at.case.fen))


def _overdue(at: Deciding) -> None:
    if at.case.due_on is None or at.today <= at.case.due_on:
        raise CaseRefused("case.refused.not_overdue")


def _in_time(at: Deciding) -> None:
    if at.case.due_on is not None and at.today > at.case.due_on:
        raise CaseRefused("case.refused.late", due=at.case.due_on)


def _expert(at: Deciding) -> None:
    if not at.case.call.experts or at.actor is None:
        raise CaseRefused("case.refused.no_experts")
    if at.case.scores.filter(person__in=hands(at.actor)).exists():
        raise CaseRefused("case.refused.scored_twice")


def _scored(at: Deciding) -> None:
    call = at.case.call
    points = list(at.case.scores.values_list("points", flat=True))
    if not call.experts or not is_passed(points, call.experts, call.pass_mark):
        raise CaseRefused("case.refused.scores", have=len(points), experts=call.experts, mark=call.pass_mark)


def _no_review(at: Deciding) -> None:
    if at.case.call.experts:
        raise CaseRefused("case.refused.review_first")


def notice_end(at: Deciding) -> date:
    """The last day of the public notice: an objection that is dismissed does not begin it again."""
    began = at.case.moves.filter(name="notice").order_by("-version").values_list("on", flat=True).first()
    if began is None:
        raise CaseRefused("case.refused.notice")
    return at.after(began, at.case.call.notice_days)


def _on_notice(at: Deciding) -> None:
    last = notice_end(at)
    if at.today > last:
        raise CaseRefused("case.refused.notice_ended", last=last)


def _notice_over(at: Deciding) -> None:
    last = notice_end(at)
    if at.today <= last:
        raise CaseRefused("case.refused.notice_stands", last=last)


def _year_over(at: Deciding) -> None:
    if at.today.year <= at.case.budget_year:
        raise CaseRefused("case.refused.year_stands", year=at.case.budget_year)


def _untouched(at: Deciding) -> None:
    if at.case.paid_fen:
        raise CaseRefused("case.refused.touched", paid=yuan(at.case.paid_fen))


def _touched(at: Deciding) -> None:
    if not at.case.paid_fen:
        raise CaseRefused("case.refused.untouched")


def recall_named(case: Case) -> str:
    """How what is not sent yet is recalled: beside what is on its way, after a payment, or as all there is; or ""."""
    waiting = set(
        Instruction.objects.filter(part__case=case, state__in=WAITING).order_by().values_list("state", flat=True)
    )
    if case.state != "in_payment" or "made" not in waiting:
        return ""
    return "recall_one" if "sent" in waiting else "recall_rest" if case.paid_fen else "recall_all"


def _unsent(at: Deciding) -> None:
    if at.move.name != recall_named(at.case):
        raise CaseRefused("case.refused.recall")


def _carry(at: Deciding) -> None:
    """Somebody proposed it since it was last carried over; that it was somebody else, separate hands see to."""
    last = at.case.moves.filter(name__in=("carry_propose", "carry_confirm")).order_by("-version").first()
    if last is None or last.name != "carry_propose":
        raise CaseRefused("case.refused.carry")


def _milestone(at: Deciding) -> None:
    parts = [part for part in at.parts(at.wish.stage) if part.paid_fen < part.fen]
    if not parts:
        raise CaseRefused("case.refused.stage")
    if any(part.milestone and part.met_on is None for part in parts):
        raise CaseRefused("case.refused.milestone", milestone=parts[0].milestone)


def _back(at: Deciding) -> None:
    if at.wish.fen is None or not 1 <= at.wish.fen <= at.case.paid_fen:
        raise CaseRefused("case.refused.back", most=yuan(at.case.paid_fen))


def _coming(at: Deciding) -> None:
    open_fen = at.case.ordered_fen - at.case.returned_fen
    if at.wish.fen is None or not 1 <= at.wish.fen < open_fen:
        raise CaseRefused("case.refused.coming", open=yuan(open_fen))


def _coming_whole(at: Deciding) -> None:
    open_fen = at.case.ordered_fen - at.case.returned_fen
    if at.wish.fen != open_fen:
        raise CaseRefused("case.refused.coming", open=yuan(open_fen))


def evidence_keys(at: Deciding) -> list[tuple[str, str]]:
    """(group, SM3 of the key) of everything that the case's evidence must not have paid before."""
    book = rulebook_of(at.case)
    rule, claim = book.rules[at.case.rule], dict(at.case.claim)
    claim |= {"row_key": spelt(str(claim["row_key"])), "evidence": _number(str(claim.get("evidence") or ""), rule)}
    found = exclusions(rule, book.groups.values(), claim)
    return [(group, sm3(key.encode()).hex()) for group, key in found]


def _number(evidence: str, rule: Rule) -> str:
    """One paper is one piece of evidence, however its number is written: what a mark or a blank more would make two.

    Where a rule names no evidence of its own, its rows are that.
    """
    if not rule.fingerprint:
        return spelt(evidence)
    return compound(bare(part) or spelt(part) for part in parted(evidence))


GUARDS: Mapping[str, Guard] = {
    "call": _call,
    "window": _window,
    "award": _award,
    "within": _within,
    "payee": _payee,
    "seen": _seen,
    "year": _year,
    "unpaid": _unpaid,
    "caps": _caps,
    "overdue": _overdue,
    "in_time": _in_time,
    "expert": _expert,
    "scored": _scored,
    "no_review": _no_review,
    "on_notice": _on_notice,
    "notice_over": _notice_over,
    "year_over": _year_over,
    "untouched": _untouched,
    "touched": _touched,
    "unsent": _unsent,
    "carry": _carry,
    "milestone": _milestone,
    "back": _back,
    "coming": _coming,
    "coming_whole": _coming_whole,
}
