"""A deal and its pool in words: the answer to a claim, what a move that is tried would do, what moves have said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kerong.engine.deal.states import KINDS
from kerong.engine.deal.terms.schedule import Row
from kerong.engine.money.ledger.movements import MOVEMENTS
from kerong.engine.money.pool import REASONS, Answer
from kerong.rulebook.content import Text
from kerong.rulebook.pools import BALANCE, PARAMETERS, SHARED, Pool
from kerong.rulebook.said import Source
from kerong.web.base.models import Deal, DealMove, PoolLoan
from kerong.web.base.selectors.move_forms import worded
from kerong.web.base.services.case_award import pinned_rules
from kerong.web.base.services.deal_trying import Tried
from kerong.web.base.services.ledger_refusals import yuan

RESCHEDULING = frozenset({"draw", "draw_part", "prepay"})  # beside the moves that bring terms
CUTS: Mapping[str, Text] = {**PARAMETERS, BALANCE: worded("pool.cut.balance"), SHARED: worded("pool.cut.waterfall")}


@dataclass(frozen=True, slots=True)
class Instalment:
    """A row of the schedule; `state`: "fallen" (by the last closed day), "next" or "ahead"."""

    row: Row
    state: str


@dataclass(frozen=True, slots=True)
class Shared:
    """What a pool answers to a claim: who bears what, what cut it, and by which clauses. `refused`: why not."""

    pool: Pool
    refused: Text | None
    parts: tuple[tuple[Text, int], ...]
    fen: int
    cut_by: Text | None
    clauses: tuple[str, ...]
    waterfall: str

    @property
    def source(self) -> Source:
        """The document of the pool."""
        return self.pool.source


@dataclass(frozen=True, slots=True)
class Preview:
    """What a move that was tried would do: where the deal would stand, who would bear what, money, the schedule."""

    move: Text
    state: Text
    parts: tuple[tuple[Text, int], ...]
    transfers: tuple[tuple[Text, int], ...]
    rows: tuple[Instalment, ...]

    @property
    def interest_fen(self) -> int:
        """All interest of the schedule."""
        return sum(one.row.interest_fen for one in self.rows)


def pool_of(pooled: PoolLoan | None) -> Pool | None:
    """The rules by which a loan stands in its pool."""
    return None if pooled is None else pinned_rules(pooled.rulebook.digest).pools.get(pooled.pool.name)


def shared_of(pool: Pool, answer: Answer, instrument: str) -> Shared:
    """What a pool answers to a claim, in words."""
    found, cut_by, on = pool.instruments[instrument].loss.waterfall, answer.cut_by, answer.event.on
    clauses = [] if found.source.clause == pool.source.clause else [found.source.clause]
    for name in ("trigger_days", cut_by):
        if name in pool.parameters:
            clauses += [source for start, _, source in pool.parameters[name].values if start <= on][-1:]
    return Shared(
        pool=pool,
        refused=REASONS[answer.refused] if answer.refused else None,
        parts=tuple(_parted(pool, answer.parts)),
        fen=sum(moved.fen for moved in answer.moved),
        cut_by=CUTS[cut_by] if cut_by else None,
        clauses=tuple(dict.fromkeys(clauses)),
        waterfall=found.name,
    )


def preview_of(deal: Deal, tried: Tried) -> Preview:
    """What a move that was tried would do, in words."""
    pooled = PoolLoan.objects.filter(deal=deal).select_related("pool", "rulebook").first()
    kind = KINDS[deal.kind]
    move = kind.moves[deal.state, tried.name]
    changes_schedule = "terms" in move.needs or move.name in RESCHEDULING
    return Preview(
        move=move.title,
        state=kind.states[tried.state].title,
        parts=tuple(_parted(pool_of(pooled), tried.detail.get("parts", {}))),
        transfers=tuple((MOVEMENTS[one.step].title, one.fen) for one in tried.transfers),
        rows=tuple(Instalment(row, "ahead") for row in (tried.rows or () if changes_schedule else ())),
    )


def details_of(pool: Pool | None, move: DealMove) -> Iterator[tuple[Text, Text]]:
    """What a move said beyond its amount, as far as it is for people."""
    held = move.detail
    for name in held.get("documents", ()):
        yield worded("deal.detail.document"), Text(str(name), str(name))
    if held.get("contract"):
        yield worded("deal.need.contract"), Text(str(held["contract"]), str(held["contract"]))
    if pool is not None and held.get("pool"):
        yield worded("deal.detail.pool"), pool.title
    if held.get("recovered_fen"):
        yield worded("deal.need.recovered"), _amount(held["recovered_fen"])
    for title, fen in _parted(pool, held.get("parts", {})):
        yield title, _amount(fen)
    if held.get("cut_by") in CUTS:
        yield worded("deal.detail.cut_by"), CUTS[held["cut_by"]]


def _parted(pool: Pool | None, parts: Mapping[str, int]) -> Iterator[tuple[Text, int]]:
    """Parts by the titles of their parties."""
    titles: dict[str, Text] = {}
    for one in pool.instruments.values() if pool is not None else ():
        titles |= one.loss.waterfall.parties
    for name, fen in parts.items():
        yield titles.get(name, Text(name, name)), fen


def _amount(fen: int) -> Text:
    return Text(yuan(fen), yuan(fen))
