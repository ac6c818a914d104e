"""The page of one deal as a person reads it: how far it is, what can be done, what is owed, what happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kerong.engine.deal.loan import account_on
from kerong.engine.deal.states import KINDS
from kerong.engine.deal.terms import TermsRefused
from kerong.engine.deal.terms.grades import GRADES
from kerong.engine.deal.terms.overdue import Account
from kerong.engine.deal.way import ahead, came_to_nothing, trail
from kerong.engine.money.pool import Answer
from kerong.rulebook.content import Text
from kerong.rulebook.pools import Pool
from kerong.web.base.models import Deal, DealEntry, DealMove, DealStep, PoolLoan, User
from kerong.web.base.models.user import INSTITUTION_ROLES
from kerong.web.base.permissions import reach
from kerong.web.base.selectors.deal_agreed import agreed_lines
from kerong.web.base.selectors.deal_forms import Asking, granted_to
from kerong.web.base.selectors.deal_moves import forms_of, waits_of
from kerong.web.base.selectors.deal_shared import Instalment, Shared, details_of, pool_of, shared_of
from kerong.web.base.selectors.deals import DealLine, institution_of, line_of, moves_of
from kerong.web.base.selectors.due import days_of
from kerong.web.base.selectors.move_forms import HistoryLine, MoveForm, MoveLine, Step, history_of, worded
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_deciding import agreed_of, receipts_of
from kerong.web.base.services.deal_people import visible
from kerong.web.base.services.deal_trying import schedule_rows

ENTRIES = ("drawn", "received", "capitalised", "written_off", "collected")
MOST_ENTRIES = 200
COVERS = ("guarantee", "insurance", "pledge")


@dataclass(frozen=True, slots=True)
class Owing:
    """What is owed at the close of a day, as far as it is closed; fen."""

    on: date
    account: Account
    grade: Text | None

    @property
    def past_due_fen(self) -> int:
        """All that is past due; 0 where nothing is."""
        held = self.account
        owed = held.principal_fen + held.interest_fen + held.penalty_fen + held.compound_fen + held.fee_fen
        return owed if held.days_past_due else 0


@dataclass(frozen=True, slots=True)
class DealView:
    """All that the page of a deal shows. `opens`: nothing is waited for, so what can be done stands open.

    `base`: the deal that it stands on. `covered`: in its place for who covers a loan without being part of it: how the
    loan stands, and nothing else of it.
    """

    line: DealLine
    steps: tuple[Step, ...]
    forms: tuple[MoveForm, ...]
    waits: tuple[tuple[Text, str], ...]
    asked: MoveLine | None
    history: tuple[HistoryLine, ...]
    parties: tuple[tuple[Text, Text], ...]
    schedule: tuple[Instalment, ...]
    owing: Owing | None
    entries: tuple[DealEntry, ...]
    pooled: PoolLoan | None
    pool: Pool | None
    shared: Shared | None
    agreed: tuple[tuple[Text, Text], ...]
    base: DealLine | None
    covered: DealLine | None
    bound: tuple[DealLine, ...]
    may_open_firm: bool

    @property
    def awaited(self) -> tuple[MoveForm, ...]:
        """What the deal waits for from this person."""
        return tuple(form for form in self.forms if form.is_ready)

    @property
    def others(self) -> tuple[MoveForm, ...]:
        """What else the person may do."""
        return tuple(form for form in self.forms if not form.is_ready)

    @property
    def opens(self) -> bool:
        """Nothing is waited for: what can be done is shown at once."""
        return not self.awaited


def is_visible(actor: User, region: str, deal_id: int) -> bool:
    """May the person see the deal?"""
    return visible(actor, region).filter(pk=deal_id).exists()


def deal_view(
    actor: User, published: Published, deal_id: int, *, today: date, seen_version: int = 0
) -> DealView | None:
    """The page of a deal; None where the person may see none of that id. Moves after `seen_version` are new."""
    region = published.rulebook.region.name
    deal = visible(actor, region).select_related("base").filter(pk=deal_id).first()
    if deal is None:
        return None
    moves = list(deal.moves.select_related("by"))
    told = tuple(_told(published, actor, deal, move) for move in moves)
    steps_made = DealStep.objects.filter(move__in=[move.pk for move in moves])
    pooled = PoolLoan.objects.filter(deal=deal).select_related("pool", "rulebook").first()
    pool = pool_of(pooled)
    details = {move.pk: tuple(details_of(pool, move)) for move in moves}
    mine = moves_of(actor, [deal])[deal.pk]
    granted = next((found for move in mine if (found := granted_to(Asking(actor, published, deal, move, today)))), None)
    seen = visible(actor, region)
    base = seen.filter(pk=deal.base_id).first() if deal.base_id is not None else None
    return DealView(
        line=line_of(deal, published, today),
        steps=steps(deal, moves),
        forms=tuple(forms_of(actor, published, deal, mine, today)),
        waits=tuple(waits_of(deal, today)),
        asked=_asked(actor, deal, told),
        history=history_of(told, steps_made, seen_version, details),
        parties=tuple(_parties(published, deal)),
        schedule=tuple(_schedule(deal, published, today)),
        owing=_owing(deal, published),
        entries=tuple(deal.entries.filter(kind__in=ENTRIES).order_by("-on", "-id")[:MOST_ENTRIES]),
        pooled=pooled,
        pool=pool,
        shared=_shared(pooled, pool, granted),
        agreed=agreed_lines(deal, published),
        base=None if base is None else line_of(base, published, today),
        covered=line_of(deal.base, published, today) if base is None and deal.kind in COVERS and deal.base else None,
        bound=tuple(line_of(one, published, today) for one in seen.filter(base=deal)),
        may_open_firm=reach(actor, deal.enterprise_id, today) is not None,
    )


def steps(deal: Deal, moves: list[DealMove]) -> tuple[Step, ...]:
    """The way that the deal came, where it stands, and the shortest way on to a good end."""
    kind = KINDS[deal.kind]
    past = trail(move.end for move in moves)[:-1]
    on = ahead(kind, deal.state, past)
    is_end, is_failure = kind.states[deal.state].is_end, deal.state in came_to_nothing(kind)
    done = [Step(kind.states[name].title, "done") for name in past if name not in on]
    now = Step(kind.states[deal.state].title, "ended" if is_failure else "done" if is_end else "now")
    return (*done, now, *(Step(kind.states[name].title, "ahead") for name in on))


def _told(published: Published, actor: User, deal: Deal, move: DealMove) -> MoveLine:
    """Names are told to the own side; so are notes, but for those that the table asks for: they are an answer."""
    kind = KINDS[deal.kind]
    line = kind.moves[move.begin, move.name]
    is_own = move.role == actor.role and (move.institution == actor.institution)
    name = (move.by.get_full_name() or move.by.username) if move.by is not None else ""
    if move.institution:
        by = institution_of(published, move.institution)
    else:
        by = worded("deal.by_close" if move.by is None else f"role.{move.role}")
    return MoveLine(
        move=move,
        title=line.title,
        begin=kind.states[move.begin].title if move.begin else None,
        end=kind.states[move.end].title,
        by=by,
        who=name if is_own else "",
        note=move.note if is_own or "note" in line.needs or move.duty == "submit" else "",
    )


def _asked(actor: User, deal: Deal, told: tuple[MoveLine, ...]) -> MoveLine | None:
    """What the other side said when it brought the deal to where it stands."""
    last = next((line for line in reversed(told) if line.move.begin != line.move.end), None)
    is_others = last is not None and last.move.role != actor.role
    return last if last is not None and is_others and last.note and last.move.end == deal.state else None


def _parties(published: Published, deal: Deal) -> Iterator[tuple[Text, Text]]:
    for role, code in deal.parties.exclude(role="enterprise").values_list("role", "code"):
        known = INSTITUTION_ROLES if code else ()
        title = worded(f"deal.open.{role}" if role in known else f"role.{role}")
        yield title, institution_of(published, code) if code else worded("deal.office")


def _schedule(deal: Deal, published: Published, today: date) -> Iterator[Instalment]:
    through = deal.closed_through or date.min
    is_next = True
    for row in schedule_rows(deal, today, days_of(published)) or ():
        if row.due <= through and deal.drawn_fen:
            yield Instalment(row, "fallen")
        else:
            yield Instalment(row, "next" if is_next and deal.drawn_fen else "ahead")
            is_next = False


def _owing(deal: Deal, published: Published) -> Owing | None:
    """As of the last closed day; on the day of the drawdown itself none is."""
    drawn = deal.entries.filter(kind="drawn").order_by("on").values_list("on", flat=True).first()
    if deal.closed_through is None or drawn is None or drawn > deal.closed_through:
        return None
    try:
        account = account_on(agreed_of(deal, days_of(published)), receipts_of(deal), deal.closed_through)
    except (TermsRefused, CaseRefused):
        return None
    return Owing(deal.closed_through, account, GRADES.get(deal.grade))


def _shared(pooled: PoolLoan | None, pool: Pool | None, granted: Answer | None) -> Shared | None:
    if pooled is None or pool is None or granted is None or pooled.instrument not in pool.instruments:
        return None
    return shared_of(pool, granted, pooled.instrument)
