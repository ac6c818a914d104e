"""What a move changes on the deal itself, before its money moves: one function for each move that changes something."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from kerong.engine.deal.loan import Change as Agreement
from kerong.engine.deal.loan import account_on, added_fen, drawn, schedule_of, with_change
from kerong.engine.deal.terms.loans import MOST_FEN, Cash
from kerong.engine.deal.terms.overdue import written_off
from kerong.engine.money.pool import bare
from kerong.store.runs import parquet_bytes
from kerong.web.base.models import Deal
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case_award import pinned
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_bound import let_draw
from kerong.web.base.services.deal_deciding import DealDeciding, Doer, agreed_of, receipts_of
from kerong.web.base.services.locks import lock

MOST_DOCUMENTS = 50


def documents_kept(at: DealDeciding) -> None:
    """Documents that came along are named in the history."""
    documents = at.wish.documents
    if documents:
        if len(documents) > MOST_DOCUMENTS or not all(0 < len(name) <= MOST_DOCUMENTS * 10 for name in documents):
            raise CaseRefused("deal.refused.documents")
        at.detail["documents"] = list(documents)


def row_of(published: Published, enterprise_id: str) -> bytes:
    """The record's row of a firm, whole, to be kept. Raises CaseRefused where the record has none."""
    found = published.enterprises.filter(published.enterprises["enterprise_id"] == enterprise_id)
    if found.height != 1:
        raise CaseRefused("deal.refused.offer")
    return parquet_bytes(found)


def _recommend(at: DealDeciding) -> None:
    at.deal.fen, at.deal.terms = at.fen, dict(at.wish.terms or {})
    at.detail["terms"] = at.deal.terms


@reading_as(SYSTEM)
def _sign(at: DealDeciding) -> None:
    """A contract is one deal of an institution, whoever signs meanwhile."""
    deal, contract = at.deal, (at.wish.contract or "").strip()
    lock(f"contracts {deal.region} {deal.institution}")
    others = Deal.objects.filter(region=deal.region, institution=deal.institution).exclude(pk=deal.pk)
    of_firm = others.filter(enterprise_id=deal.enterprise_id).exclude(contract="")
    is_known = any(bare(one) == bare(contract) for one in of_firm.values_list("contract", flat=True))
    if is_known or others.filter(contract=contract).exists():  # of one firm, however its number is written
        raise CaseRefused("deal.refused.contract_twice", contract=contract)
    deal.contract = contract
    at.detail["contract"] = contract


def _draw(at: DealDeciding) -> None:
    """The schedule is frozen at drawdown, and at the first one what a pool will judge by."""
    let_draw(at)
    deal = at.deal
    before = deal.agreed.filter(do="draw").last()
    terms = drawn(deal.terms if before is None else before.args, Cash(at.on, at.fen))
    if before is None:
        if at.published is None:
            raise CaseRefused("case.refused.run")
        deal.drawn_on_facts, deal.drawn_rulebook = row_of(at.published, deal.enterprise_id), pinned(at.published)
        deal.closed_through = at.on - timedelta(days=1)
    at.agreed = ("draw", terms)
    deal.drawn_fen += at.fen
    deal.outstanding_fen += at.fen
    at.entries.append(("drawn", at.fen, ""))


def _receive(at: DealDeciding) -> None:
    if at.fen > MOST_FEN:
        raise CaseRefused("case.refused.needs.fen")
    at.entries.append(("received", at.fen, ""))


def _change(at: DealDeciding) -> None:
    """A change of terms, refused where it allows no schedule; what it makes due at once is told by its entry."""
    args: dict[str, Any] = dict(at.wish.terms or {})
    if at.move.name == "prepay":
        args["fen"] = at.fen
    now = with_change(agreed_of(at.deal, at.days), Agreement(at.move.name, at.on, args))
    rows = schedule_of(now).rows
    at.agreed = (at.move.name, args)
    if at.move.name == "prepay":
        settled = next(row for row in reversed(rows) if row.number == 0 and row.end == at.on)
        at.entries.append(("received", settled.total_fen, "prepay"))
    added = added_fen(now)
    if added:
        at.entries.append(("capitalised", added, ""))


def _write_off(at: DealDeciding) -> None:
    held = account_on(agreed_of(at.deal, at.days), receipts_of(at.deal), at.on)
    for kind, fen in written_off(held, at.deal.grade).items():
        if fen:
            at.entries.append(("written_off", fen, kind))


def _collect(at: DealDeciding) -> None:
    at.entries.append(("collected", at.fen, ""))


def _answered(at: DealDeciding) -> None:
    """What the pool answered stays in the history."""
    if at.answer is not None:
        at.detail["moved"] = [asdict(moved) for moved in at.answer.moved]


CHANGES: Mapping[str, Doer] = {
    "recommend": _recommend,
    "sign": _sign,
    "draw": _draw,
    "draw_part": _draw,
    "receive": _receive,
    "prepay": _change,
    "reprice": _change,
    "extend": _change,
    "restructure": _change,
    "write_off": _write_off,
    "collect": _collect,
    "claim": _answered,
    "verify": _answered,
    "recover": _answered,
}
