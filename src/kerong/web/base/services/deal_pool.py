"""A deal and its pool: registration, claim, compensation, recovery, each judged by the pure life of the pool.

The pool's row is locked first, so that claims are served one after the other whoever else claims; a pool is judged
whole, by the portal itself, whoever asks. What binds a loan was frozen at its first drawdown: the record's row, the
rulebook, and with the registration what the bank stated of it.
"""

import io
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from math import isfinite
from types import MappingProxyType
from typing import Any

import polars as pl

from kerong.engine import entitle
from kerong.engine.deal.loan import account_on
from kerong.engine.deal.states import KINDS
from kerong.engine.deal.subsidy import is_one_line
from kerong.engine.entitle.explain import facts_of
from kerong.engine.money.ledger import accounts, movements
from kerong.engine.money.ledger.chain import sm3
from kerong.engine.money.ledger.transfers import Act
from kerong.engine.money.pool import Answer, after, eligible, loan_fingerprint
from kerong.rulebook.content import Rulebook
from kerong.rulebook.pools import Instrument, Pool, PoolEvent
from kerong.rulebook.rows import subjects
from kerong.rulebook.tree import walk
from kerong.rulebook.types import Type
from kerong.web.base.models import Deal, DealParty, PinnedRulebook, PoolLoan, RiskPool, Role
from kerong.web.base.models import Transfer as Row
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.selectors.ledger import transfers
from kerong.web.base.services.case_award import pinned_rules
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_deciding import DealDeciding, Doer, agreed_of, receipts_of
from kerong.web.base.services.deal_losses import covered_beside, in_force, refuse_past_covers, twins_of
from kerong.web.base.services.deal_paying import act_of
from kerong.web.base.services.pool_events import OF_LOAN, Cause, PoolRefused, happened, pool_locked, state_of

LOAN, DRAWN_ON = "loan", "drawn_on"  # of a register of loans


def fingerprint(deal: Deal) -> str:
    """Of the loan's contract: the same firm and contract are one loan, whichever bank writes it and however."""
    return sm3(loan_fingerprint(deal.enterprise_id, deal.contract).encode()).hex()


@reading_as(SYSTEM)
def pool_takes(at: DealDeciding) -> None:
    """Guard: the pool takes the loan, as of its first drawdown."""
    deal, wish = at.deal, at.wish
    refuse_past_covers(deal)
    _refuse_bare(deal, wish.instrument)
    is_name = is_one_line(wish.pool)  # PostgreSQL takes no NUL
    pool = RiskPool.objects.filter(region=deal.region, name=wish.pool).first() if is_name else None
    if pool is None or deal.drawn_rulebook is None or deal.drawn_on_facts is None:
        raise CaseRefused("deal.refused.no_pool")
    pool = pool_locked(pool.pk)
    book = pinned_rules(deal.drawn_rulebook.digest)
    rules = book.pools.get(wish.pool)
    if rules is None:
        raise PoolRefused("no_terms")
    begin, name = agreed_of(deal, at.days), fingerprint(deal)
    facts = {key: value for key, value in wish.facts.items() if "." not in key}
    drawn_on = min(date.fromisoformat(on) for on, _ in begin.terms["drawdowns"])
    frame = pl.read_parquet(io.BytesIO(bytes(deal.drawn_on_facts)))
    event = PoolEvent(
        do="register",
        on=at.on,
        loan=name,
        bank=deal.institution,
        firm=deal.enterprise_id,
        group=_group(book, deal.product, frame, drawn_on),
        instrument=wish.instrument,
        fen=deal.drawn_fen,
        drawn_on=drawn_on,
        eligible=eligible_as_said(book, rules, frame, drawn_on, wish.facts),
        judged_on=drawn_on,
        elsewhere=PoolLoan.objects.filter(region=deal.region, loan=name).exclude(pool=pool).exists(),
        facts=MappingProxyType(facts),
    )
    at.answer = happened(pool, rules, event, _cause(at, deal.drawn_rulebook), at.days.days)
    PoolLoan.objects.create(
        pool=pool,
        region=deal.region,
        deal=deal,
        rulebook=deal.drawn_rulebook,
        **{name: getattr(event, name) for name in OF_LOAN[:7]},
        facts=facts,
        balance_fen=event.fen,
    )
    DealParty.objects.get_or_create(deal=deal, role=Role.OFFICIAL, code="")
    at.detail |= {"pool": wish.pool, "loan": name, "facts": dict(wish.facts)}


def _refuse_bare(deal: Deal, instrument: str) -> None:
    """What is registered as a guarantee or a policy has one in force behind it; a loan is a loan."""
    if instrument in KINDS and instrument != deal.kind and not in_force(deal, instrument):
        raise CaseRefused("deal.refused.no_cover")


def eligible_as_said(
    book: Rulebook, rules: Pool, frame: pl.DataFrame, drawn_on: date, said: Mapping[str, Any]
) -> bool | None:
    """What the pool's clauses say of the frozen row; a pool that asks none takes every borrower.

    What they ask of the loan itself (`loan.security`) is what the bank said of it; the day of drawdown is known.
    """
    if rules.rule is None:
        return True
    rule = book.rules[rules.rule]
    facts = facts_of(frame.row(0, named=True)) | facts_of(stated(book, rules, said))
    if rule.per == LOAN:
        facts |= facts_of({f"{LOAN}.{DRAWN_ON}": drawn_on})
    return eligible(rules, rule, facts, drawn_on)


def loan_facts(book: Rulebook, rules: Pool) -> Mapping[str, Type]:
    """What the pool's clauses ask of the loan itself and only the bank can say, by the name of the field."""
    if rules.rule is None:
        return {}
    asked = [book.rules[rules.rule].clauses[at - 1].condition for at in rules.clauses]
    fields = {node.field: node.type for one in asked for node in walk(one) if node.kind == "field"}
    return {
        f"{table}.{column}": type_
        for (table, column), type_ in fields.items()
        if table != "enterprise" and (table, column) != (LOAN, DRAWN_ON)
    }


def stated(book: Rulebook, rules: Pool, said: Mapping[str, Any]) -> dict[str, Any]:
    """What was said of the fields that the pool's clauses ask, each as its type has it; None where nothing was said.

    A form and the history tell a day as "2025-06-30". Raises CaseRefused for what is no value of the field's type.
    """
    asked = loan_facts(book, rules)
    return {name: None if said.get(name) is None else _typed(name, type_, said[name]) for name, type_ in asked.items()}


def _typed(name: str, type_: Type, value: Any) -> Any:
    match type_.kind, value:
        case "date", str():
            with suppress(ValueError):
                return date.fromisoformat(value)
        case ("date", date()) | ("bool", bool()):
            return value
        case "int" | "float", int() if not isinstance(value, bool):
            return value
        case "float", float() if isfinite(value):
            return value
        case "text", str() if value in type_.codes or not type_.codes:
            return value
    raise CaseRefused("deal.refused.fact", name=name, value=str(value)[:40])


def _group(book: Rulebook, product: str, frame: pl.DataFrame, on: date) -> str:
    """By which name the firm's affiliates go in the frozen row; "" where it stands alone."""
    rule = book.rules.get(product)
    if rule is None or book.affiliates is None or rule.per != "enterprise":
        return ""
    nodes = list(entitle.expressions(rule, book.affiliates).values())
    found, _ = entitle.decided_rule(rule, subjects("enterprise", nodes, frame, {}), on, book.affiliates)
    return str(found.row(0, named=True).get("affiliates") or "")


@reading_as(SYSTEM)
def pool_grants(at: DealDeciding) -> None:
    """Guard: the pool grants the claim. A claim is only judged, its verification changes the pool."""
    pooled, rules = _pooled(at)
    twins_of(at.deal)  # asks for their lock, which at registration too comes before the pool's
    pool = pool_locked(pooled.pool_id)
    pooled.refresh_from_db()
    event = _claimed(at, pooled)
    if at.move.name == "verify":
        at.answer = happened(pool, rules, event, _cause(at, pooled.rulebook))
    else:
        _, at.answer = after(rules, state_of(pool), event)
        if at.answer.refused:
            raise PoolRefused(at.answer.refused)
    told = {"principal_fen": event.principal_fen, "interest_fen": event.interest_fen}
    told |= {"recovered_fen": _told_recovered(at), "covered_fen": event.recovered_fen - _told_recovered(at)}
    at.detail |= told | {"parts": dict(at.answer.parts), "cut_by": at.answer.cut_by}


def _claimed(at: DealDeciding, pooled: PoolLoan) -> PoolEvent:
    """The claim as it stands on the day of the move; what came in and is not due yet is not lost."""
    held = account_on(agreed_of(at.deal, at.days), receipts_of(at.deal), at.on)
    return PoolEvent(
        do="claim",
        on=at.on,
        loan=pooled.loan,
        bank=pooled.bank,
        principal_fen=min(max(0, held.outstanding_fen - held.surplus_fen), pooled.balance_fen),
        interest_fen=held.interest_fen,
        recovered_fen=_told_recovered(at) + covered_beside(at.deal, _instrument(pooled)),
    )


def _instrument(pooled: PoolLoan) -> Instrument:
    return pinned_rules(pooled.rulebook.digest).pools[pooled.pool.name].instruments[pooled.instrument]


def _told_recovered(at: DealDeciding) -> int:
    """What the bank says, or said when it claimed, that it recovered; what covers paid is known without it."""
    return at.wish.recovered_fen if at.move.name == "claim" else _recovered(at)


@reading_as(SYSTEM)
def pool_would_grant(at: DealDeciding) -> Answer | None:
    """What the pool would answer to the claim: nothing is locked or changed; None where the deal is in no pool."""
    if at.pooled is None:
        return None
    pooled, rules = _pooled(at)
    return after(rules, state_of(pooled.pool), _claimed(at, pooled))[1]


def _recovered(at: DealDeciding) -> int:
    """What the bank said it had recovered when it claimed."""
    claim = at.deal.moves.filter(name="claim").order_by("-version").first()
    return int(claim.detail.get("recovered_fen", 0)) if claim is not None else 0


@reading_as(SYSTEM)
def pool_gives_back(at: DealDeciding) -> None:
    """Guard: what was recovered goes back to those who bore the loss, at most what each bore."""
    pooled, rules = _pooled(at)
    event = PoolEvent(do="recover", on=at.on, loan=pooled.loan, fen=at.fen)
    at.answer = happened(pool_locked(pooled.pool_id), rules, event, _cause(at, pooled.rulebook))
    at.detail["parts"] = dict(at.answer.parts)


def _cause(at: DealDeciding, rulebook: PinnedRulebook) -> Cause:
    return Cause(rulebook, at.deal, at.version, at.actor)


def _pooled(at: DealDeciding) -> tuple[PoolLoan, Pool]:
    pooled = at.pooled
    if pooled is None:
        raise PoolRefused("not_registered")
    return pooled, pinned_rules(pooled.rulebook.digest).pools[pooled.pool.name]


@reading_as(SYSTEM)
def told_by_close(deal: Deal, on: date, principal_fen: int, days_past_due: int) -> None:
    """What close of business found, for the pool: principal repaid, overdue since when, cured. In no pool: nothing."""
    row = PoolLoan.objects.filter(deal=deal, paid_on=None).select_related("rulebook", "pool").first()
    if row is None:
        return
    pool = pool_locked(row.pool_id)
    row.refresh_from_db()
    rules = pinned_rules(row.rulebook.digest).pools[pool.name]
    cause = Cause(row.rulebook, deal)
    told = PoolEvent(do="repay", on=max(on, pool.on or on), loan=row.loan, fen=min(principal_fen, row.balance_fen))
    if told.fen:
        happened(pool, rules, told, cause)
    since = date.fromordinal(on.toordinal() - days_past_due) if days_past_due else None
    if since is not None and row.since is None:
        happened(pool, rules, replace(told, do="default", fen=0, since=max(since, row.drawn_on)), cause)
    elif since is None and row.since is not None:
        happened(pool, rules, replace(told, do="cure", fen=0), cause)


def _act(at: DealDeciding, pooled: PoolLoan) -> Act:
    """A pool's transfers are by its own rules, those of the registration, and about the loan as the pool knows it."""
    return replace(act_of(at), rule=pooled.pool.name, rule_version=pooled.rulebook.digest, evidence=pooled.loan)


def _book(pooled: PoolLoan) -> accounts.Book:
    book = pooled.pool.book
    return accounts.Book(book.code, book.kind, book.currency)


def _reserve(at: DealDeciding, pooled: PoolLoan) -> None:
    fen = sum(moved.fen for moved in at.answer.moved) if at.answer is not None else 0
    (made,) = movements.reserve_compensation(_act(at, pooled), _book(pooled), pooled.bank, fen)
    at.transfers.append(made)


def _held(pooled: PoolLoan) -> Any:
    found = next(transfers(Row.objects.filter(ref=pooled.reservation_id)), None)
    if found is None:
        raise PoolRefused("not_compensated")
    return found


def _compensate(at: DealDeciding, pooled: PoolLoan) -> None:
    at.transfers += movements.compensate(_act(at, pooled), _held(pooled))


def _release(at: DealDeciding, pooled: PoolLoan) -> None:
    """The pool stands as though the claim had not been verified."""
    at.transfers += movements.release_compensation(_act(at, pooled), _held(pooled))
    PoolLoan.objects.filter(pk=pooled.pk).update(reservation_id=None)
    rules = pinned_rules(pooled.rulebook.digest).pools[pooled.pool.name]
    event = PoolEvent(do="undo_claim", on=at.on, loan=pooled.loan)
    happened(pool_locked(pooled.pool_id), rules, event, _cause(at, pooled.rulebook))


def _recover(at: DealDeciding, pooled: PoolLoan) -> None:
    fen = sum(moved.fen for moved in at.answer.moved) if at.answer is not None else 0
    if fen:
        at.transfers += movements.recover(_act(at, pooled), _book(pooled), pooled.bank, fen)


def _claw_back(at: DealDeciding, pooled: PoolLoan) -> None:
    rules = pinned_rules(pooled.rulebook.digest).pools[pooled.pool.name]
    event = PoolEvent(do="claw_back", on=at.on, loan=pooled.loan)
    answer = happened(pool_locked(pooled.pool_id), rules, event, _cause(at, pooled.rulebook))
    fen = sum(moved.fen for moved in answer.moved)
    if fen:
        at.transfers += movements.claw_back_compensation(_act(at, pooled), _book(pooled), pooled.bank, fen)


OF_POOL: Mapping[str, Callable[[DealDeciding, PoolLoan], None]] = {
    "reserve_compensation": _reserve,
    "compensate": _compensate,
    "release_compensation": _release,
    "recover": _recover,
    "claw_back_compensation": _claw_back,
}


def _effect(name: str) -> Doer:
    @reading_as(SYSTEM)
    def made(at: DealDeciding) -> None:
        pooled, _ = _pooled(at)
        OF_POOL[name](at, pooled)

    return made


EFFECTS: Mapping[str, Doer] = {name: _effect(name) for name in OF_POOL}


@reading_as(SYSTEM)
def reservation_kept(at: DealDeciding) -> None:
    """After the transfers are posted: which reservation a compensation has."""
    for name in at.move.effects:
        if name == "reserve_compensation":
            PoolLoan.objects.filter(deal=at.deal).update(reservation_id=at.transfers[-1].ref)
        elif name == "compensate":
            PoolLoan.objects.filter(deal=at.deal).update(reservation_id=None)
