"""What deals a person can open now, on what the run offers or on a deal that stands already, and what is asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from kerong.engine.deal.moves import Kind, Move
from kerong.engine.deal.states import KINDS
from kerong.rulebook.content import Rule, Text
from kerong.web.base.models import Deal, Role, User
from kerong.web.base.models.user import INSTITUTION_ROLES
from kerong.web.base.selectors.consents import ConsentLine, consenting
from kerong.web.base.selectors.deal_details import detail_boxes
from kerong.web.base.selectors.deals import DealLine, institution_of, line_of, viewed
from kerong.web.base.selectors.move_forms import Field, note_field, worded
from kerong.web.base.selectors.payment_file import yuan_cell
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case import LONGEST_NOTE
from kerong.web.base.services.deal_kinds import DOINGS
from kerong.web.base.services.deal_opening import opening_of
from kerong.web.base.services.deal_people import code_of, visible
from kerong.web.base.services.group_line import GROUP, own_lines

# on which kinds of deals a deal of a kind may stand
BASES: Mapping[str, tuple[str, ...]] = {
    "guarantee": ("loan", "government_bank_guarantee", "double_cover"),
    "insurance": ("loan", "double_cover"),
    "claim": ("insurance",),
    "pledge": ("loan",),
    "loan": ("investment_loan", "joint_growth", "government_bank_guarantee", "double_cover"),
}
NEEDS_BASE = ("guarantee", "claim", "pledge")


@dataclass(frozen=True, slots=True)
class Openable:
    """A deal that can be opened: its kind, and the product with what is offered (None: not known how much)."""

    kind: Kind
    move: Move
    rule: Rule | None
    provider: Text | None
    offered_fen: int | None


@dataclass(frozen=True, slots=True)
class OpeningForm:
    """The form by which a deal of a kind is opened: by whom, on what, with whom. `base`: the deal that it stands on."""

    kind: Kind
    move: Move
    fields: tuple[Field, ...]
    rule: Rule | None
    base: DealLine | None
    run_id: str


def openable(actor: User, published: Published) -> tuple[Openable, ...]:
    """What a firm can apply for on the run's offers: each product once, by the kind of deal that it is."""
    if actor.role != Role.ENTERPRISE:
        return ()
    held = visible(actor, published.rulebook.region.name)
    standing = set(viewed(held, "standing", published.on).values_list("product", flat=True))
    found = []
    for offer in published.offers_of(actor.enterprise_id):
        rule = published.rulebook.rules.get(offer["rule"])
        if rule is None or not rule.provider or rule.name in standing or rule.kind in NEEDS_BASE:
            continue
        kinds = [kind for kind in _kinds(actor) if rule.kind in DOINGS[kind.name].products]
        kind = next((one for one in kinds if one.name == rule.kind), None)
        if kind is not None:
            by = institution_of(published, rule.provider)
            found.append(Openable(kind, opening_of(kind), rule, by, offer["amount_fen"]))
    return tuple(found)


def openable_on(actor: User, published: Published, deal: Deal) -> tuple[Openable, ...]:
    """What can be opened on a deal that the person sees; of what needs a product only what the firm is offered."""
    if KINDS[deal.kind].states[deal.state].is_end:
        return ()
    return tuple(
        Openable(kind, opening_of(kind), None, None, None)
        for kind in _kinds(actor)
        if deal.kind in BASES.get(kind.name, ()) and _has_product(actor, published, kind, deal.enterprise_id)
    )


def opening_form(
    actor: User, published: Published, kind_name: str, product: str, base_id: int | None, *, today: date
) -> OpeningForm | None:
    """The form; None where the person can open no such deal, or does not see the one that it is to stand on."""
    kind = next((one for one in _kinds(actor) if one.name == kind_name), None)
    seen = visible(actor, published.rulebook.region.name)
    base = seen.filter(pk=base_id).first() if base_id is not None else None
    if kind is None or (base_id is not None and base is None):
        return None
    firm = actor.enterprise_id or (base.enterprise_id if base is not None else "")
    rules = _products(published, kind, firm, actor)
    if product and product not in rules:
        return None
    rule = rules.get(product)
    return OpeningForm(
        kind=kind,
        move=opening_of(kind),
        fields=tuple(_fields(actor, published, kind, firm, rules, rule, base, today)),
        rule=rule,
        base=None if base is None else line_of(base, published, today),
        run_id=published.run_id,
    )


def _fields(
    actor: User,
    published: Published,
    kind: Kind,
    firm: str,
    rules: Mapping[str, Rule],
    rule: Rule | None,
    base: Deal | None,
    today: date,
) -> Iterator[Field]:
    move = opening_of(kind)
    choose = ("", worded("deal.choose"))
    if not firm:
        options = tuple((one.enterprise_id, _named(published, one.enterprise_id)) for one in _consents(actor, today))
        yield Field("firm", "choice" if options else "line", worded("case.firm"), options=(choose, *options))
    if rule is None and DOINGS[kind.name].products:
        products = tuple((name, one.title) for name, one in rules.items())
        yield Field("product", "choice", worded("deal.open.product"), options=(choose, *products))
    if base is None and kind.name in BASES:
        held = visible(actor, published.rulebook.region.name).filter(kind__in=BASES[kind.name])
        of_firm = held.filter(enterprise_id=firm) if firm else held
        lines = [line_of(one, published, today) for one in of_firm if not KINDS[one.kind].states[one.state].is_end]
        options = tuple((str(line.deal.pk), _described(line)) for line in lines)
        options += _lines(actor, published) if kind.name == "loan" else ()
        if options or kind.name in NEEDS_BASE:
            yield Field("base", "choice", worded("deal.open.base"), options=(choose, *options), is_needed=False)
    if "fen" in move.needs:
        offer = next((one for one in published.offers_of(firm) if rule and one["rule"] == rule.name), None)
        most = base.fen if base is not None else offer["amount_fen"] if offer is not None else None
        yield Field("fen", "money", worded("case.need.fen"), "" if most is None else yuan_cell(most))
    yield from _parties(actor, published, kind, rule, base)
    yield from detail_boxes(published, kind, move, None)
    yield Field("files", "files", worded("deal.need.documents"), is_needed="documents" in move.needs)
    yield note_field("note" in move.needs, LONGEST_NOTE)


def _parties(actor: User, published: Published, kind: Kind, rule: Rule | None, base: Deal | None) -> Iterator[Field]:
    """An institution for each role that moves such deals and is not known yet."""
    kinds = {one.code: one.kind for one in published.rulebook.region.institutions}
    known = {actor.role, kinds.get(rule.provider or "", "") if rule is not None else ""}
    known |= set(base.parties.values_list("role", flat=True)) if base is not None else set()
    movers = {role for move in kind.moves.values() for role in move.roles}
    for role in INSTITUTION_ROLES:
        if role in movers and role not in known:
            told = [one for one in published.rulebook.region.institutions if one.kind == role]
            options = (("", worded("deal.open.nobody")), *((one.code, one.title) for one in told))
            yield Field(f"party_{role}", "choice", worded(f"deal.open.{role}"), options=options, is_needed=False)


def _kinds(actor: User) -> tuple[Kind, ...]:
    """The kinds that the person's role opens and that can be stored."""
    if not code_of(actor) and actor.role != Role.OFFICIAL:
        return ()
    return tuple(KINDS[name] for name in DOINGS if actor.role in opening_of(KINDS[name]).roles)


def _products(published: Published, kind: Kind, firm: str, actor: User) -> Mapping[str, Rule]:
    """The products that such a deal can be made on: what the firm is offered; of an institution that opens, its own."""
    rules = published.rulebook.rules.values()
    offered = {one["rule"] for one in published.offers_of(firm)} if firm else {rule.name for rule in rules}
    return {
        rule.name: rule
        for rule in rules
        if rule.provider
        and rule.kind in DOINGS[kind.name].products
        and rule.name in offered
        and (firm or actor.role == Role.OFFICIAL or rule.provider == actor.institution)
    }


def _has_product(actor: User, published: Published, kind: Kind, firm: str) -> bool:
    return not DOINGS[kind.name].products or bool(_products(published, kind, firm, actor))


def _consents(actor: User, today: date) -> list[ConsentLine]:
    return consenting(actor.institution, today) if actor.institution else []


def _named(published: Published, firm: str) -> Text:
    name = str((published.enterprise(firm) or {}).get("name") or firm)
    return Text(name, name)


def _lines(actor: User, published: Published) -> tuple[tuple[str, Text], ...]:
    """The group lines that the firm may draw on: their banks, and what they leave it."""
    held = [line for line in own_lines(actor, published.rulebook.region.name) if line.left_fen]
    told = [(line, institution_of(published, line.institution), yuan_cell(line.left_fen)) for line in held]
    kind = KINDS[GROUP].title
    return tuple(
        (str(line.deal_id), Text(f"{kind.zh} · {bank.zh} · {left}", f"{kind.en} · {bank.en} · {left}"))
        for line, bank, left in told
    )


def _described(line: DealLine) -> Text:
    zh, en = (f"{line.deal.pk} · {line.title.in_(lang)} · {line.state.in_(lang)}" for lang in ("zh", "en"))
    return Text(zh, en)
