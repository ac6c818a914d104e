"""What an institution sees: its own rules in figures, rules that pay institutions of its kind, who let it in."""

from dataclasses import dataclass
from datetime import date

from kerong.rulebook.content import Institution
from kerong.web.base.selectors.consents import ConsentLine, consenting, names_of
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.rule_figures import RuleFigures, rule_figures


@dataclass(frozen=True, slots=True)
class Admission:
    """An enterprise that lets the institution read, with its name."""

    consent: ConsentLine
    name: str


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk of one institution; figures are aggregates under disclosure control."""

    institution: Institution | None
    code: str
    rules: list[RuleFigures]
    met: int
    product_fen: int
    admissions: list[Admission]


def desk(published: Published, institution: str, today: date) -> Desk:
    """The institution's own rules with their figures, and the enterprises that consented and are in the run."""
    own = [item for item in rule_figures(published, exact=False).values() if item.rule.provider == institution]
    consents = consenting(institution, today)
    names = names_of(published, [item.enterprise_id for item in consents])
    institutions = {item.code: item for item in published.rulebook.region.institutions}
    return Desk(
        institution=institutions.get(institution),
        code=institution,
        rules=own,
        met=sum(item.met_exact for item in own if isinstance(item.met, int)),
        product_fen=sum(item.awarded_fen or 0 for item in own),
        admissions=[Admission(item, names[item.enterprise_id]) for item in consents if item.enterprise_id in names],
    )


def paying(published: Published, payee: str) -> list[RuleFigures]:
    """Rules that pay payees of a kind ("fund", "institution") instead of the enterprise."""
    told = rule_figures(published, exact=False).values()
    return [item for item in told if item.rule.amount is not None and item.rule.amount.to == payee]
