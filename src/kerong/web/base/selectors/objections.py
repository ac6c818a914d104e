"""Objections as they are shown: marks beside values, the enterprise's own list, the desk of those who answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from kerong.engine.entitle.values import field_title
from kerong.rulebook.content import Rulebook, Text
from kerong.web.base.models import Objection, User
from kerong.web.base.models.objection import STANDING
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.objection import MOVES, may_answer

CLOSED_SHOWN = 50
INDICATOR = "indicator_"


@dataclass(frozen=True)
class Disputed:
    """What of one enterprise is in dispute: fields, and rows by register and place, each with its state."""

    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    rows: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, name: str) -> str:
        """The state of an objection to a field; empty where there is none."""
        return self.fields.get(name, "")

    def of_row(self, register: str, place: str) -> str:
        """The state of an objection to a row; empty where there is none."""
        return self.rows.get((register, place), "")

    @property
    def names(self) -> list[str]:
        """The fields in dispute."""
        return sorted(self.fields)


@dataclass(frozen=True, slots=True)
class ObjectionLine:
    """One objection with what a page needs: its title, days left (negative: overdue), and the moves that are open."""

    item: Objection
    title: Text
    register: Text | None
    name: str
    days_left: int
    is_overdue: bool
    moves: tuple[str, ...]
    is_own: bool = False


def disputed(enterprise_id: str) -> Disputed:
    """The marks of one enterprise."""
    held = Objection.objects.filter(enterprise_id=enterprise_id, state__in=STANDING)
    told = list(held.values_list("register", "subject", "state"))
    return Disputed(
        {subject: state for register, subject, state in told if not register},
        {(register, subject): state for register, subject, state in told if register},
    )


def in_dispute() -> frozenset[str]:
    """The enterprises of whose record something is in dispute."""
    return frozenset(Objection.objects.filter(state__in=STANDING).values_list("enterprise_id", flat=True))


def objections_of(published: Published, enterprise_id: str, today: date, actor: User) -> list[ObjectionLine]:
    """The objections of one enterprise, those that stand first, then the newest."""
    held = Objection.objects.filter(enterprise_id=enterprise_id).order_by("-id")
    lines = [_line(published, item, today, actor) for item in held]
    return sorted(lines, key=lambda line: line.item.state not in STANDING)


def answers_untold(enterprise_id: str) -> int:
    """How many answers the enterprise has not seen."""
    return Objection.objects.filter(enterprise_id=enterprise_id, told=False).count()


def desk(published: Published, today: date, actor: User) -> tuple[list[ObjectionLine], list[ObjectionLine]]:
    """(those that wait for an answer or a correction, overdue ones first; the last that were closed)."""
    standing = Objection.objects.filter(state__in=STANDING).select_related("answered_by").order_by("due_on", "id")
    closed = Objection.objects.exclude(state__in=STANDING).select_related("answered_by").order_by("-moved_at", "-id")
    waiting = [_line(published, item, today, actor) for item in standing]
    waiting.sort(key=lambda line: (not line.is_overdue, line.item.state != "open"))
    return waiting, [_line(published, item, today, actor) for item in closed[:CLOSED_SHOWN]]


def overdue(today: date) -> int:
    """How many objections nobody answered in time."""
    return Objection.objects.filter(state="open", due_on__lt=today).count()


def _line(published: Published, item: Objection, today: date, actor: User) -> ObjectionLine:
    book = published.rulebook
    row = published.enterprise(item.enterprise_id) or {}
    own = actor.enterprise_id == item.enterprise_id and bool(actor.enterprise_id)
    may = own or may_answer(actor, item)
    open_moves = [name for (state, name), move in MOVES.items() if state == item.state and actor.role in move.by]
    return ObjectionLine(
        item=item,
        title=Text(item.subject, item.subject) if item.register else subject_title(book, item.subject),
        register=_register_title(book, item),
        name=str(row.get("name") or item.enterprise_id),
        days_left=(item.due_on - today).days,
        is_overdue=item.is_overdue(today),
        moves=tuple(open_moves) if may else (),
        is_own=own,
    )


def named_subject(book: Rulebook, item: Objection) -> Text:
    """What is objected to on one line: a field's title, or a register's with the place of the row."""
    register = _register_title(book, item)
    if register is None:
        return subject_title(book, item.subject)
    return Text(f"{register.zh} {item.subject}", f"{register.en} {item.subject}")


def _register_title(book: Rulebook, item: Objection) -> Text | None:
    """The title of the register of a row; its name where the book has it no longer, None for a field."""
    register = book.registers.get(item.register)
    return register.title if register else Text(item.register, item.register) if item.register else None


def subject_title(book: Rulebook, name: str) -> Text:
    """The title of a field or of an indicator."""
    indicator = book.indicators.get(name.removeprefix(INDICATOR)) if name.startswith(INDICATOR) else None
    return indicator.title if indicator else field_title(book, "enterprise", name)
