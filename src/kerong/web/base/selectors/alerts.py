"""Alerts as their readers see them: the desk, overdue ones first, one alert with its history, how good a kind is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Case, Count, F, Q, QuerySet, Value, When

from kerong.engine.entitle.candidates import type_of
from kerong.engine.entitle.values import field_title, value_in_words
from kerong.rulebook.content import Institution, Rulebook, Text
from kerong.rulebook.warned import title_of_kind
from kerong.web.base.models import Alert, AlertMove, User
from kerong.web.base.models.alert import STANDING, WAITING
from kerong.web.base.pages import today
from kerong.web.base.permissions import FULL_VIEW, Reach, reach
from kerong.web.base.selectors.carried import carried, carried_unasked
from kerong.web.base.selectors.contagion import Along, coming_over
from kerong.web.base.selectors.grades import Grade, grades
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.alert import MOVES, Move, visible
from kerong.web.base.services.objection import is_of_firm

PAGE_ROWS = 25
VIEWS = ("waiting", "overdue", "acting", "closed", "lapsed", "all")
PURPOSE = "early_warning"  # of a region: what it may carry of firms that nobody has asked
SEVERITIES = ("3", "2", "1")
CARD_WORDS = {
    "probability_bp": Text("违约概率", "Probability of default"),
    "points": Text("评分", "Points"),
    "points_low": Text("评分下限", "Points at worst"),
    "points_high": Text("评分上限", "Points at best"),
    "reasons": Text("主要原因", "Main reasons"),
    "coverage_bp": Text("已知程度", "Share that is known"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked of the desk; what makes no sense falls back to the default."""

    view: str = "waiting"
    kind: str = ""
    severity: str = ""
    page: int = 1

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Question":
        """From the parameters of an address."""
        page, view, severity = asked.get("page", "1"), asked.get("view", ""), asked.get("severity", "")
        return cls(
            view=view if view in VIEWS else VIEWS[0],
            kind=asked.get("kind", "")[:200].replace("\0", ""),
            severity=severity if severity in SEVERITIES else "",
            page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 7 and int(page) else 1,
        )

    @property
    def parameters(self) -> dict[str, str]:
        """The question as address parameters, without page and defaults."""
        told = {"view": "" if self.view == VIEWS[0] else self.view, "kind": self.kind, "severity": self.severity}
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert of a list. `title` is None where the firm has not consented to what the warning reads being shown."""

    item: Alert
    name: str
    district: str | None
    title: Text | None
    action: Text | None
    owner: Text | None
    days_left: int | None
    is_overdue: bool
    reach: Reach | None

    @property
    def days_overdue(self) -> int:
        """How many days late it is; 0 where it is not."""
        return max(0, -(self.days_left or 0))


@dataclass(frozen=True, slots=True)
class KindLine:
    """A kind of warning on the desk: how many stand, and how good it has been."""

    name: str
    title: Text
    standing: int
    grade: Grade | None


@dataclass(frozen=True, slots=True)
class Desk:
    """A page of the desk. `counts` are of all alerts that the reader may see, by view."""

    lines: list[AlertLine]
    counts: Mapping[str, int]
    kinds: list[KindLine]
    total: int
    page: int
    pages: int

    @property
    def quiet(self) -> int:
        """How many kinds have nothing standing."""
        return sum(not kind.standing for kind in self.kinds)

    @property
    def previous(self) -> int:
        """The page before."""
        return self.page - 1

    @property
    def next(self) -> int:
        """The page after."""
        return self.page + 1


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One move of the history. `said` is None where the note was written by somebody of another house."""

    item: AlertMove
    who: str
    said: str | None


@dataclass(frozen=True, slots=True)
class OpenMove:
    """A move that the reader may make now."""

    name: str
    move: Move


@dataclass(frozen=True, slots=True)
class AlertPage:
    """One alert: what was seen, what has been done, what may be done. `hidden`: why no evidence is shown, or empty.

    `over`: what may come over from others.
    """

    line: AlertLine
    evidence: list[tuple[Text, str]]
    hidden: str
    rule: str
    history: list[MoveLine]
    moves: list[OpenMove]
    own_hands: bool
    grade: Grade | None
    over: tuple[Along, ...] = ()


def day_of(published: Published) -> date:
    """The day by which alerts are overdue: KERONG_DAY, of a demo the run's own day, else today."""
    return settings.DAY or (published.on if settings.DEMO else today())


def seen_by(published: Published, actor: User) -> QuerySet[Alert]:
    """The alerts of the run's region that a person may see."""
    return visible(actor, published.rulebook.region.name)


def desk(published: Published, actor: User, question: Question, lang: str) -> Desk:
    """The page of the desk that was asked for: overdue ones first, then the gravest, then what is due soonest."""
    held, day = seen_by(published, actor), day_of(published)
    found = found_alerts(published, actor, question)
    total = found.count()
    pages = max(1, -(-total // PAGE_ROWS))
    page = min(question.page, pages)
    shown = list(found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS])
    kinds = _kinds(published, held, lang) if actor.role in FULL_VIEW else []
    return Desk(lines(published, shown, actor), _counts(held, day), kinds, total, page, pages)


def found_alerts(published: Published, actor: User, question: Question) -> QuerySet[Alert]:
    """All alerts that fit the question, in the order of the desk. Kinds are asked for by those who see all alone."""
    day = day_of(published)
    held = seen_by(published, actor).filter(_view(question.view, day))
    if question.kind and actor.role in FULL_VIEW:
        held = held.filter(kind=question.kind)
    if question.severity:
        held = held.filter(severity=int(question.severity))
    late = Case(When(_view("overdue", day), then=Value(True)), default=Value(False), output_field=BooleanField())
    stands = Case(When(state__in=STANDING, then=Value(True)), default=Value(False), output_field=BooleanField())
    return held.annotate(late=late, stands=stands).order_by(
        "-late", "-stands", "-severity", F("due").asc(nulls_last=True), "subject", "kind"
    )


def lines(published: Published, items: Iterable[Alert], actor: User) -> list[AlertLine]:
    """Alerts as lines, each with what its reader may know of it."""
    return [_line(published, item, actor) for item in items]


def alert(published: Published, actor: User, alert_id: int, lang: str) -> AlertPage | None:
    """One alert; None where the reader may see none of that id."""
    item = seen_by(published, actor).filter(pk=alert_id).first()
    if item is None:
        return None
    line = _line(published, item, actor)
    evidence, hidden = _evidence(published, line, lang)
    own = is_of_firm(actor, item.subject)
    may = [
        OpenMove(name, move) for (state, name), move in MOVES.items() if state == item.state and actor.role in move.by
    ]
    moves = item.moves.select_related("by").order_by("-version")
    return AlertPage(
        line=line,
        evidence=evidence,
        hidden=hidden,
        rule=item.kind if line.title and item.kind in published.rulebook.rules else "",
        history=[_told(move, actor) for move in moves],
        moves=[] if own else may,
        own_hands=own and bool(may),
        grade=grades(published).get(item.kind) if line.title else None,
        over=coming_over(published, actor, item.subject),
    )


def standing_of(published: Published, actor: User) -> int:
    """How many alerts wait for the reader's institution or office."""
    return seen_by(published, actor).filter(state__in=STANDING).count()


def _view(view: str, day: date) -> Q:
    late = Q(state__in=WAITING, due__lt=day)
    return {"waiting": Q(state__in=STANDING), "overdue": late, "all": Q()}.get(view, Q(state=view))


def _counts(held: QuerySet[Alert], day: date) -> dict[str, int]:
    told = held.aggregate(**{view: Count("pk", filter=_view(view, day)) for view in VIEWS if view != "all"})
    return {**told, "all": held.count()}


def _kinds(published: Published, held: QuerySet[Alert], lang: str) -> list[KindLine]:
    """Every kind that the region's rules and cards can warn of, and those that only old alerts have."""
    book, known = published.rulebook, grades(published)
    counts = dict(held.filter(state__in=STANDING).values_list("kind").annotate(Count("pk")).order_by())
    names = {*counts, *held.values_list("kind", flat=True).distinct(), *known}
    names |= {rule.name for rule in book.rules.values() if rule.is_alert}
    told = [KindLine(name, title_of_kind(book, name), counts.get(name, 0), known.get(name)) for name in names]
    return sorted(told, key=lambda line: (-line.standing, line.title.in_(lang), line.name))


def _line(published: Published, item: Alert, actor: User) -> AlertLine:
    book, day = published.rulebook, day_of(published)
    row = published.enterprise(item.subject) or {}
    granted = reach(actor, item.subject, today())
    is_told = actor.role in FULL_VIEW or _may_know(published, item, granted)
    action = Text(item.action.get("zh", ""), item.action.get("en", "")) if item.action else None
    return AlertLine(
        item=item,
        name=str(row.get("name") or item.subject),
        district=row.get("district"),
        title=title_of_kind(book, item.kind) if is_told else None,
        action=action if is_told else None,
        owner=_owner(book, item.owner),
        days_left=(item.due - day).days if item.due and item.state in WAITING else None,
        is_overdue=item.is_overdue(day),
        reach=granted,
    )


def _owner(book: Rulebook, owner: str) -> Text | None:
    """The title of an institution; None for an office or a kind of institution, whose words the pages have."""
    found: Institution | None = next((item for item in book.region.institutions if item.code == owner), None)
    return found.title if found else None


def _may_know(published: Published, item: Alert, granted: Reach | None) -> bool:
    """May an officer know what the warning is about: what it reads is carried by early warning, or by a consent?"""
    book = published.rulebook
    rule, card = book.rules.get(item.kind), book.cards.get(item.kind)
    consented = carried(published, granted) if granted and granted.covers("profile") else None
    if rule is not None:
        read = [clause.condition for clause in rule.clauses]
        return carried_unasked(published, PURPOSE).has_all(*read) or (
            consented is not None and consented.has_all(*read)
        )
    if card is None or consented is None or granted is None:
        return False
    nodes = book.models[card.model].nodes()
    return bool(settings.CREDIT_VIEW) and granted.covers("score") and consented.has_all(*nodes)


def _evidence(published: Published, line: AlertLine, lang: str) -> tuple[list[tuple[Text, str]], str]:
    book, item = published.rulebook, line.item
    if line.title is None:
        return [], "consent"
    of_model = item.kind in book.cards or "probability_bp" in item.evidence
    if of_model and (not settings.CREDIT_VIEW or line.reach is None or line.reach.consent is None):
        return [], "credit"  # of one firm, only where the setting allows it and the firm has consented
    return [
        (_titled(book, name), _worded(book, name, value, lang)) for name, value in sorted(item.evidence.items())
    ], ""


def _field(name: str) -> tuple[str, str]:
    table, dot, column = name.partition(".")
    return (table, column) if dot else ("enterprise", name)


def _titled(book: Rulebook, name: str) -> Text:
    if name == "row_key":
        return Text("依据的行", "Row")
    if name in CARD_WORDS:
        return CARD_WORDS[name]
    return field_title(book, *_field(name))


def _worded(book: Rulebook, name: str, value: Any, lang: str) -> str:
    if name.endswith("_bp") and name in CARD_WORDS and isinstance(value, int):
        return f"{value / 100:.2f}%"
    if isinstance(value, list):
        return ("、" if lang == "zh" else ", ").join(str(part) for part in value)
    if isinstance(value, dict):
        return str(value)
    return value_in_words(value, type_of(_field(name), book), book, lang)


def _told(move: AlertMove, actor: User) -> MoveLine:
    """A line of the history: lenders of one firm are rivals, so the words of another house are for officials alone."""
    sees_all = actor.role in FULL_VIEW
    is_own = move.by is None or move.institution == actor.institution
    who = (move.by.get_full_name() or move.by.username) if move.by and (sees_all or is_own) else ""
    return MoveLine(move, who, move.note if sees_all or is_own or not move.note else None)
