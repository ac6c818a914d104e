"""What a move leaves in the outbox, in its own transaction: who is told of it, and files for others.

Told is whose move is next, by the table; and the firm (or the institution that is paid), when what concerns it was
decided. What is told are keys; who is told by name is found when it is delivered (`services.delivery`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kerong.engine.deal.moves import Move
from kerong.engine.deal.states import KINDS
from kerong.web.base.models import Case, CaseMove, Deal, DealMove, Objection, OutboxRow, Role, User
from kerong.web.base.services.case_people import MACHINE, OF_INSTITUTIONS, OFFICERS

# states of a subsidy of which the applicant hears, whoever is next
HEARD = frozenset(
    {"returned", "approved", "noticed", "objected", "failed", "partly", "paid", "recovering", "clawed_back"}
    | {"rejected", "lapsed"}
)
# of other kinds it hears what was decided, paid out or fell due, and every end
DECIDED = frozenset({"approve", "hear", "release", "compensate"})
INSTITUTION, PERSON = "institution", "person"  # audiences beside the roles: officers of any kind, one log-in


@dataclass(frozen=True, slots=True)
class Audience:
    """The people of a role who belong to `code`: a firm, an institution, "" for the region's office."""

    role: str
    code: str = ""


def outbox_notice(
    to: Audience, about: tuple[str, int | None], key: str, payload: Mapping[str, Any], *, kind: str = "notice"
) -> None:
    """A notice for an audience about a case, a deal …, in the caller's transaction; once per key."""
    row = OutboxRow(
        kind=kind,
        role=to.role,
        code=to.code,
        about_kind=about[0],
        about_id=about[1],
        payload=dict(payload),
        key=key,
    )
    OutboxRow.objects.bulk_create([row], ignore_conflicts=True)


def outbox_file(channel: str, name: str, text: str) -> None:
    """A file for a channel, in the caller's transaction; once per channel and name."""
    row = OutboxRow(kind="file", code=channel, payload={"name": name, "text": text}, key=f"file:{channel}:{name}")
    OutboxRow.objects.bulk_create([row], ignore_conflicts=True)


def case_told(case: Case, record: CaseMove, ways_on: Iterable[Move]) -> None:
    """Tells of a move of a case; `ways_on`: the moves that are open to anybody from where it stands now."""
    is_institution = case.payee_kind in OF_INSTITUTIONS
    applicant = Audience(INSTITUTION, case.payee) if is_institution else Audience(Role.ENTERPRISE, case.enterprise_id)

    def audiences(move: Move) -> Iterator[Audience]:
        yield from (Audience(role) for role in (Role.OFFICIAL, Role.ANALYST) if role in move.roles)
        if move.roles & {Role.ENTERPRISE, *OFFICERS}:
            yield applicant

    heard = (applicant,) if case.state in HEARD else ()
    _told(("case", case.pk), record, {move: tuple(audiences(move)) for move in ways_on}, heard)


def deal_told(deal: Deal, record: DealMove) -> None:
    """Tells of a move of a deal: its parties, by the roles of its table."""
    kind = KINDS[deal.kind]
    parties: dict[str, list[Audience]] = {}
    for role, code in deal.parties.order_by("role", "code").values_list("role", "code"):
        parties.setdefault(role, []).append(Audience(role, code))
    firm = Audience(Role.ENTERPRISE, deal.enterprise_id)
    is_heard = kind.states[record.end].is_end or record.duty in DECIDED or record.role == MACHINE
    ways_on = kind.moves_from(record.end)
    open_to = {move: tuple(one for role in sorted(move.roles) for one in parties.get(role, ())) for move in ways_on}
    _told(("deal", deal.pk), record, open_to, (firm,) if is_heard else ())


def objection_told(objection: Objection, name: str, actor: User) -> None:
    """Tells of a move of an objection: of a new one who may answer it, of an answer the firm; each move comes once."""
    waits_for: list[str] = []
    to: tuple[Audience, ...] = ()
    if objection.state == "open":
        to, waits_for = (Audience(Role.OFFICIAL), Audience(Role.STEWARD)), ["uphold", "refuse"]
    elif actor.role != Role.ENTERPRISE:
        to = (Audience(Role.ENTERPRISE, objection.enterprise_id),)
    told = {"move": name, "state": objection.state, "by": actor.pk, "waits_for": waits_for, "is_news": not waits_for}
    for one in to:
        outbox_notice(one, ("objection", objection.pk), f"objection:{objection.pk}:{name}:{one.role}:{one.code}", told)


def alerts_told(region: str, run_id: str, changed: Mapping[Audience, tuple[int, int]]) -> None:
    """Tells each audience once how many alerts a run opened or found worse for it, and how many it handed over to it.

    Whoever calls made these changes in this transaction; a run that changes nothing leaves no row.
    """
    begin = f"alerts:{region}:{run_id}:"
    times = OutboxRow.objects.filter(key__startswith=begin).count()  # a run of before may be published again
    for one, (raised, handed) in sorted(changed.items(), key=lambda pair: (pair[0].role, pair[0].code)):
        told = {"move": "warn", "state": "open", "region": region, "waits_for": [], "is_news": True}
        counts = {"raised": raised, "handed": handed}
        outbox_notice(one, ("alerts", None), f"{begin}{times}:{one.role}:{one.code}", told | counts)


def _told(
    about: tuple[str, int],
    record: CaseMove | DealMove,
    open_to: Mapping[Move, tuple[Audience, ...]],
    heard: tuple[Audience, ...],
) -> None:
    """One row per audience: what waits for it (moves with a time limit), and that something was decided."""
    if record.begin == record.end:
        return
    waiting: dict[Audience, list[str]] = {one: [] for one in heard}
    for move, audiences in open_to.items():
        if move.due_working_days is not None and MACHINE not in move.roles:
            for one in audiences:
                waiting.setdefault(one, []).append(move.name)
    told = {"version": record.version, "move": record.name, "begin": record.begin, "state": record.end}
    for one, moves in waiting.items():
        key = ":".join((*map(str, about), str(record.version), one.role, one.code))
        outbox_notice(one, about, key, {**told, "waits_for": moves, "is_news": one in heard})
