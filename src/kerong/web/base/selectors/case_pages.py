"""The page of one case as a person reads it: how far it is, why this amount, what can be done, which money moved."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.core.paginator import Paginator

from kerong.engine import entitle
from kerong.engine.deal.moves import Move
from kerong.engine.deal.states import KINDS
from kerong.engine.entitle.explain import ExplainedClause
from kerong.engine.entitle.words import clause_sentences
from kerong.rulebook.content import Rule, Rulebook, Text
from kerong.rulebook.outcomes import OUTCOME_NAMES
from kerong.web.base.models import Case, CaseStep, Run, User
from kerong.web.base.selectors.cases import CaseLine, CasePage, case_page, line_of, viewed
from kerong.web.base.selectors.due import days_of
from kerong.web.base.selectors.move_forms import Field, HistoryLine, MoveForm, Step, history_of, note_field, worded
from kerong.web.base.selectors.payment_file import yuan_cell
from kerong.web.base.selectors.published import Published, opened
from kerong.web.base.selectors.tasks import is_awaited
from kerong.web.base.services.case import BY_FILE, LONGEST_NOTE, is_asked
from kerong.web.base.services.case_award import plain_facts, rulebook_of
from kerong.web.base.services.case_deciding import Deciding, Wish
from kerong.web.base.services.case_guards import GUARDS
from kerong.web.base.services.case_people import may_apply, visible
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.words import WORDS

PAGE = 50
STEPS = ("applied", "accepted", "verified", "reserved", "approved", "noticed", "cleared", "in_payment", "paid")
ACTING = ("official", "enterprise", "analyst")
_AT_STEP = {
    "proposed": "applied",
    "returned": "applied",
    "corrected": "applied",
    "reviewed": "accepted",
    "objected": "noticed",
    "instructed": "cleared",
    "failed": "cleared",
    "partly": "in_payment",
    "evaluated": "paid",
    "recovering": "paid",
    "clawed_back": "paid",
}
# what can be judged before anything is typed; the others are judged when it is done
_FORESEEN = frozenset(
    {"overdue", "in_time", "on_notice", "notice_over", "year_over", "untouched", "touched", "carry", "scored"}
)


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """A clause of the rule for this case: its words, how it came out, what was compared."""

    title: Text
    outcome: str
    said: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class CaseView:
    """All that the page of a case shows; `account` is masked for whoever is neither office nor applicant."""

    page: CasePage
    rule: Rule | None
    steps: tuple[Step, ...]
    reasons: tuple[ReasonLine, ...]
    cut_by: tuple[str, ...]
    forms: tuple[MoveForm, ...]
    history: tuple[HistoryLine, ...]
    account: str
    is_own: bool
    waits: tuple[tuple[Text, str], ...]

    @property
    def awaited(self) -> tuple[MoveForm, ...]:
        """What the case waits for from this person."""
        return tuple(form for form in self.forms if form.is_ready)

    @property
    def others(self) -> tuple[MoveForm, ...]:
        """What else the person may do."""
        return tuple(form for form in self.forms if not form.is_ready)


@dataclass(frozen=True, slots=True)
class CaseList:
    """One page of the cases that a person may see."""

    lines: tuple[CaseLine, ...]
    total: int
    page: int
    pages: int


def case_list(actor: User, published: Published, view: str, number: int, *, today: date) -> CaseList:
    """A page of one of VIEWS, those due first."""
    held = visible(actor, published.rulebook.region.name).select_related("call")
    found = Paginator(viewed(held, view, today), PAGE).get_page(number)
    lines = tuple(line_of(case, published, today) for case in found)
    return CaseList(lines, found.paginator.count, found.number, found.paginator.num_pages)


def case_view(
    actor: User, published: Published, case_id: int, *, today: date, seen_version: int = 0
) -> CaseView | None:
    """The page of a case; None where the person may see none of that id. Moves after `seen_version` are marked new."""
    page = case_page(actor, published, case_id, today=today)
    if page is None:
        return None
    case = page.line.case
    book = published.rulebook if case.run_id == published.run_id else rulebook_of(case)
    rule = book.rules.get(case.rule)
    is_own = may_apply(actor, case.enterprise_id, case.payee_kind, case.payee)
    return CaseView(
        page=page,
        rule=rule,
        steps=steps(case),
        reasons=_reasons(case, book, rule) if rule is not None else (),
        cut_by=_cut_by(case) if case.awarded_fen < case.entitled_fen else (),
        forms=_forms(actor, published, page, today),
        history=history_of(
            page.history, CaseStep.objects.filter(move__in=[line.move.pk for line in page.history]), seen_version
        ),
        account=case.account if is_own or actor.role == "official" else _masked(case.account),
        is_own=is_own,
        waits=_waits(case, today),
    )


def steps(case: Case) -> tuple[Step, ...]:
    """The way from the application to the money, and how far the case is on it."""
    table = KINDS[case.kind].states
    is_ended = table[case.state].is_end and case.state != "clawed_back"
    at = case.state
    if is_ended:
        at = next((move.begin for move in reversed(case.moves.all()) if move.begin != move.end), "applied")
    place = STEPS.index(_AT_STEP.get(at, at))
    told = []
    for number, name in enumerate(STEPS):
        title = table[case.state].title if number == place else table[name].title
        is_done = number < place or (number == place and name == "paid" and not is_ended)
        told.append(Step(title, "done" if is_done else "ahead" if number > place else "ended" if is_ended else "now"))
    return tuple(told[: place + 1] if is_ended else told)


def _forms(actor: User, published: Published, page: CasePage, today: date) -> tuple[MoveForm, ...]:
    case, table = page.line.case, KINDS[page.line.case.kind]
    found = []
    for one in page.moves:
        move = table.moves[case.state, one.name]
        hidden = [("version", str(case.version))] + ([] if "fen" in one.needs else [("seen", str(case.fen))])
        found.append(
            MoveForm(
                part=one.name,
                name=one.name,
                title=one.title,
                fields=tuple(_fields(page, one.name, one.needs)),
                hidden=tuple(hidden),
                moves_money=one.moves_money,
                is_awaited=is_awaited(case, move, today),
                why_not=_why_not(actor, published, case, move, today),
            )
        )
    return tuple(found)


def _fields(page: CasePage, name: str, needs: tuple[str, ...]) -> Iterator[Field]:
    """The boxes of a move, in the order in which its line of the table needs them; the note comes last."""
    case = page.line.case
    for need in needs:
        if need == "fen":
            is_known = name in ("verify", "revise")
            yield Field("fen", "money", worded("case.need.fen"), yuan_cell(case.fen) if is_known else "")
        elif need == "payee":
            payee = case.payee_name or next(iter(case.payee_names), "")
            yield Field("payee_name", "line", worded("case.need.payee"), payee)
            yield Field("bank", "line", worded("case.need.bank"), case.bank, longest=100)
            yield Field("account", "line", worded("case.need.account"), longest=34)
        elif need == "stage":
            stages = sorted({one.part.stage for one in page.parts if one.part.paid_fen < one.part.fen})
            told = tuple((str(at), Text(*(said.format(number=at) for said in WORDS["case.stage"]))) for at in stages)
            yield Field("stage", "choice", worded("case.need.stage"), options=told)
        elif need == "score":
            yield Field("score", "whole", worded("case.need.score"))
    yield note_field("note" in needs or name == "reject", LONGEST_NOTE)


def _waits(case: Case, today: date) -> tuple[tuple[Text, str], ...]:
    """What the case waits for, whoever does it, with the role that does."""
    table = KINDS[case.kind].moves_from(case.state)
    asked = (m for m in table if m.name not in BY_FILE and is_asked(case, m) and is_awaited(case, m, today))
    found = ((move.title, next((who for who in ACTING if who in move.roles), "")) for move in asked)
    return tuple((title, who) for title, who in found if who)


def _why_not(actor: User, published: Published, case: Case, move: Move, today: date) -> Text | None:
    """What stands against a move before anything is typed."""
    at = Deciding(actor, case, move, Wish(move.name, case.version, fen=case.fen), today, days_of(published))
    try:
        for guard in move.guards:
            if guard in _FORESEEN:
                GUARDS[guard](at)
    except CaseRefused as refused:
        return Text(refused.sentence("zh"), refused.sentence("en"))
    return None


def _reasons(case: Case, book: Rulebook, rule: Rule) -> tuple[ReasonLine, ...]:
    frame = pl.read_parquet(io.BytesIO(bytes(case.decided_on)))
    told = entitle.explain(rule, plain_facts(book, case.rule, frame), case.on)
    return tuple(
        ReasonLine(item.clause.title, OUTCOME_NAMES[item.outcome], _said(item, rule, book)) for item in told.clauses
    )


def _said(item: ExplainedClause, rule: Rule, book: Rulebook) -> tuple[Text, ...]:
    zh, en = (clause_sentences(item, rule, book, lang) for lang in ("zh", "en"))
    return tuple(Text(*both) for both in zip(zh, en, strict=True))


def _cut_by(case: Case) -> tuple[str, ...]:
    """Which limits cut the award in the run that it is from; empty where that run is gone."""
    run = Run.objects.filter(run_id=case.run_id).first()
    if run is None or not (opened(run.run_id, run.path).path / "manifest.json").exists():
        return ()
    own = pl.col("enterprise_id") == case.enterprise_id
    found = opened(run.run_id, run.path).table("verdicts").filter(own, pl.col("row_key") == case.row_key)
    rows = found.filter(pl.col("rule").cast(pl.String) == case.rule).select(pl.col("cut_by").cast(pl.String)).collect()
    return tuple(name for name in rows["cut_by"].to_list() if name)


def _masked(account: str) -> str:
    return "*" * max(0, len(account) - 4) + account[-4:]


def is_visible(actor: User, region: str, case_id: int) -> bool:
    """May the person see the case?"""
    return visible(actor, region).filter(pk=case_id).exists()
