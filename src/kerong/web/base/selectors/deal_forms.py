"""What a move of a deal asks for, as boxes: read from the table (what it needs, what guards it), for every kind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from kerong.engine.deal.moves import Move
from kerong.engine.deal.states import KINDS
from kerong.engine.deal.terms import TermsRefused
from kerong.engine.deal.terms.dates import ADJUSTMENTS
from kerong.engine.deal.terms.days import COUNTS, plus_months
from kerong.engine.deal.terms.loans import METHODS
from kerong.engine.money.pool import Answer
from kerong.rulebook.content import Rulebook, Text
from kerong.rulebook.pools import Instrument, Pool
from kerong.rulebook.types import BOOL, Type
from kerong.web.base.models import BaseRateStep, Deal, DealAttachment, RiskPool, User
from kerong.web.base.selectors.deal_details import CHOOSE, YES_NO, detail_boxes
from kerong.web.base.selectors.due import days_of
from kerong.web.base.selectors.move_forms import Field, note_field, worded
from kerong.web.base.selectors.payment_file import yuan_cell
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case import LONGEST_NOTE
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_deciding import DealDeciding, DealWish
from kerong.web.base.services.deal_guards import LONGEST_CONTRACT
from kerong.web.base.services.deal_kinds import DOINGS
from kerong.web.base.services.deal_people import visible
from kerong.web.base.services.deal_pool import loan_facts, pool_would_grant

# guards that can be judged before anything is typed, and only look
FORESEEN = frozenset(
    (
        *("overdue", "in_time", "past_due", "not_past_due", "repaid", "loss", "unregistered", "unclaimed"),
        *("closed_day", "no_counter", "cover", "claim_ended", "term_over", "exercisable", "option_over"),
        *("all_agreed", "documents", "not_pledged"),
    )
)
CHANGED_TERMS: Mapping[str, tuple[str, ...]] = {
    "reprice": ("rate",),
    "extend": ("maturity",),
    "restructure": ("maturity", "capitalises"),
}
LEASE_TERMS = ("fixed", "count", "maturity", "dues", "residual")


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom and what a form is for: the person, the deal, the line of the table, the day."""

    actor: User
    published: Published
    deal: Deal
    move: Move
    today: date

    @property
    def deciding(self) -> DealDeciding:
        """The move with nothing typed yet."""
        wish = DealWish(self.move.name, self.deal.version)
        return DealDeciding(self.actor, self.deal, self.move, wish, self.today, days_of(self.published), self.published)


def why_not(asking: Asking) -> Text | None:
    """What stands against a move before anything is typed."""
    at, guards = asking.deciding, DOINGS[asking.deal.kind].guards
    try:
        for guard in asking.move.guards:
            if guard in FORESEEN and guard in guards:
                guards[guard](at)
    except (CaseRefused, TermsRefused) as refused:
        return Text(refused.sentence("zh"), refused.sentence("en"))
    return None


def fields_of(asking: Asking, granted: Answer | None) -> Iterator[Field]:
    """The boxes of a move, the note last. `granted`: what the pool would answer to a claim."""
    move = asking.move
    asked = {*move.needs, *move.guards}
    if "fen" in move.needs or "first_rent" in move.guards:
        yield Field("fen", "money", worded("case.need.fen"), _likely(asking, granted))
    if "open_day" in asked:
        yield Field("on", "day", worded("deal.need.on"), asking.today.isoformat())
    if "terms" in asked:
        yield from _terms(asking)
    if "contract" in asked:
        yield Field("contract", "line", worded("deal.need.contract"), asking.deal.contract, longest=LONGEST_CONTRACT)
    if move.name == "claim" and "claim" in asked:
        yield Field("recovered", "money", worded("deal.need.recovered"), "0.00")
    yield from detail_boxes(asking.published, KINDS[asking.deal.kind], move, asking.deal)
    if "documents" in move.needs:
        yield from _documents(asking)
    yield note_field("note" in move.needs, LONGEST_NOTE)


def pool_fields(book: Rulebook, pool: Pool, one: Instrument) -> Iterator[Field]:
    """What a pool asks of a loan: what its waterfall and its clauses need and only the bank knows."""
    for name, given in one.loss.given.items():
        if given is None:
            type_, title = one.loss.waterfall.inputs[name]
            yield Field(f"fact_{name}", box_of(type_), title, options=_options(type_, {}), is_needed=False)
    for name, type_ in loan_facts(book, pool).items():
        register, _, column = name.partition(".")
        held = book.registers[register].columns.get(column) if register in book.registers else None
        codes = held.codes if held is not None else {}
        title = held.title if held is not None else Text(name, name)
        yield Field(f"fact_{name}", box_of(type_), title, options=_options(type_, codes))


def _options(type_: Type, codes: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, Text], ...]:
    """What can be chosen; nothing where a value is typed. `codes`: the words of a code in the register."""
    if type_ == BOOL:
        return YES_NO
    told = tuple((code, Text(codes[code][0] if code in codes else code, code)) for code in type_.codes)
    return (CHOOSE, *told) if told else ()


def box_of(type_: Type) -> str:
    """The kind of box in which a value of the type is typed."""
    if type_ == BOOL or type_.codes:
        return "choice"
    return {"fen": "money", "bp": "percent"}.get(type_.unit) or {"date": "day", "text": "line"}.get(type_.kind, "whole")


def detail_fields(actor: User, published: Published, deal_id: int, name: str) -> tuple[Field, ...]:
    """What else a move of a deal asks for, by its kind; nothing where the person sees no such deal."""
    deal = visible(actor, published.rulebook.region.name).filter(pk=deal_id).first()
    move = None if deal is None else KINDS[deal.kind].move(deal.state, name)
    return () if deal is None or move is None else detail_boxes(published, KINDS[deal.kind], move, deal)


def pools_open(published: Published) -> tuple[Pool, ...]:
    """The pools of the region that are open for business and in its present rulebook."""
    rules = published.rulebook.pools
    names = RiskPool.objects.filter(region=published.rulebook.region.name).values_list("name", flat=True)
    return tuple(rules[name] for name in names if name in rules)


def granted_to(asking: Asking) -> Answer | None:
    """What the pool would answer to a claim now; None where the move is no claim, or it cannot be told."""
    if "claim" not in asking.move.guards or asking.deal.kind != "loan":
        return None
    try:
        return pool_would_grant(asking.deciding)
    except (CaseRefused, TermsRefused):
        return None


def _likely(asking: Asking, granted: Answer | None) -> str:
    """The amount that a move is most likely about; "" where the person has to say it."""
    deal, move = asking.deal, asking.move
    settled = DOINGS[deal.kind].amount(asking.deciding)
    if settled is not None:
        return yuan_cell(settled)
    if granted is not None:
        return yuan_cell(sum(moved.fen for moved in granted.moved))
    if move.name == "compensate" and deal.kind == "loan":
        pooled = asking.deciding.pooled
        return "" if pooled is None else yuan_cell(pooled.paid_fen)
    if "undrawn" in move.guards:
        return yuan_cell(deal.fen - deal.drawn_fen) if move.end != "drawing" else ""
    if "seen" in move.guards or move.duty in ("submit", "review"):
        return yuan_cell(deal.fen) if move.name != "prepay" else ""
    return ""


def _terms(asking: Asking) -> Iterator[Field]:
    deal = asking.deal
    whole = LEASE_TERMS if deal.kind == "lease" else ("rate", "method", "count", "maturity", "dues")
    parts = CHANGED_TERMS.get(asking.move.name, whole)
    offer = getattr(asking.published.rulebook.rules.get(deal.product), "offer", {})
    months = offer.get("term_months")
    if "rate" in parts:
        bases = BaseRateStep.objects.order_by("name").values_list("name", flat=True).distinct()
        options = (("", worded("deal.rate.fixed")), *((name, Text(name, name)) for name in bases))
        yield Field("base", "choice", worded("deal.rate.kind"), options=options, is_needed=False)
        yield Field("percent", "percent", worded("deal.rate.percent"), is_needed=False)
        yield Field("spread_bp", "spread", worded("deal.rate.spread"), is_needed=False)
        yield Field("reset_months", "whole", worded("deal.rate.reset"), is_needed=False)
    if "fixed" in parts:
        yield Field("percent", "percent", worded("deal.rate.percent"))
    if "method" in parts:
        methods = tuple((name, title) for name, title in METHODS.items() if name != "custom")
        yield Field("method", "choice", worded("deal.terms.method"), "interest_only", methods)
    if "count" in parts:
        counts = tuple((name, one.title) for name, one in COUNTS.items())
        yield Field("count", "choice", worded("deal.terms.count"), "act_360", counts)
    if "maturity" in parts:
        until = plus_months(asking.today, months).isoformat() if isinstance(months, int) else ""
        yield Field("maturity", "day", worded("deal.terms.maturity"), until if asking.move.name == "recommend" else "")
    if "dues" in parts:
        yield Field("every_months", "whole", worded("deal.terms.every"), "1")
        yield Field("day", "whole", worded("deal.terms.day"), is_needed=False)
        yield Field("adjust", "choice", worded("deal.terms.adjust"), "none", tuple(ADJUSTMENTS.items()))
    if "residual" in parts:
        yield Field("residual", "money", worded("deal.terms.residual"), "0.00")
        yield Field("in_advance", "flag", worded("deal.terms.in_advance"), is_needed=False)
    if "capitalises" in parts:
        yield Field("capitalises", "flag", worded("deal.terms.capitalises"), is_needed=False)


def _documents(asking: Asking) -> Iterator[Field]:
    """What the own side has laid in already can be named again; a new file is needed where there is none."""
    held = DealAttachment.objects.filter(deal=asking.deal, by__role=asking.actor.role)
    of_side = held.filter(by__institution=asking.actor.institution)
    for file in of_side:
        yield Field(f"document_{file.pk}", "flag", Text(file.title, file.title), is_needed=False)
    yield Field("files", "files", worded("deal.need.documents"), is_needed=not of_side.exists())
