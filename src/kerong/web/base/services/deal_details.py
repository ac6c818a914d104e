"""What a wish says beyond amounts and documents, one by one: what is missing or makes no sense is refused by name."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from kerong.engine.deal.subsidy import is_one_line
from kerong.rulebook.content import Rule
from kerong.rulebook.deal_numbers import DEAL_NUMBERS
from kerong.web.base.models import Deal, PinnedRulebook
from kerong.web.base.services.case_award import pinned_rules
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_deciding import DealDeciding

LONGEST_TEXT = 200


def whole_said(said: Mapping[str, Any], name: str, least: int, most: int) -> int:
    """A whole number. Raises CaseRefused where there is none within the bounds."""
    value = said.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise CaseRefused(f"deal.refused.needs.{name}")
    return value


def flag_said(said: Mapping[str, Any], name: str) -> bool:
    """Yes or no, said. Raises CaseRefused."""
    value = said.get(name)
    if not isinstance(value, bool):
        raise CaseRefused(f"deal.refused.needs.{name}")
    return value


def text_said(said: Mapping[str, Any], name: str, most: int = LONGEST_TEXT) -> str:
    """A text of one line. Raises CaseRefused where there is none or it is too long."""
    value = said.get(name)
    found = value.strip() if isinstance(value, str) else ""
    if not found or len(found) > most or not is_one_line(found):
        raise CaseRefused(f"deal.refused.needs.{name}")
    return found


def day_said(said: Mapping[str, Any], name: str) -> date:
    """A day, as such or as its ISO text. Raises CaseRefused."""
    value = said.get(name)
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise CaseRefused(f"deal.refused.needs.{name}") from error


def details_of(deal: Deal) -> dict[str, Any]:
    """What the kind knows of the deal; empty where nothing yet."""
    return dict(deal.details or {})


def kept_details(at: DealDeciding, **told: Any) -> None:
    """Writes down on the deal what its kind knows of it now, and in the history what the move said."""
    at.deal.details = details_of(at.deal) | told
    at.detail |= told


def product_of(deal: Deal, rulebook: PinnedRulebook | None = None) -> Rule | None:
    """The product of the deal in a pinned rulebook, that of its application where none is named; None: it has none."""
    found = pinned_rules((rulebook or deal.rulebook).digest).rules
    return found.get(deal.product) if deal.product else None


def offered_term(rule: Rule | None, name: str, on: date) -> Any:
    """What a product says of a term on a day, dated numbers as of that day; None: it says nothing."""
    if rule is None:
        return None
    value = name if name in DEAL_NUMBERS else rule.offer.get(name)
    if not isinstance(value, str):
        return value
    parameter = rule.parameters.get(value)
    return None if parameter is None else parameter.at(on)


def number_of(deal: Deal, name: str, on: date) -> int:
    """A dated number of the deal's product. Raises CaseRefused where it does not say: nothing is assumed."""
    value = offered_term(product_of(deal), name, on)
    if type(value) is not int:
        raise CaseRefused("deal.refused.content", name=name, product=deal.product or "—")
    return value
