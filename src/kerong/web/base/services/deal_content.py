"""What the region's content says of a deal: dated numbers of its product, by the rulebook that it was decided under."""

from datetime import date

from kerong.rulebook.deal_numbers import DEAL_NUMBERS
from kerong.web.base.models import Deal
from kerong.web.base.services.case_award import pinned_rules
from kerong.web.base.services.case_refusals import CaseRefused


def product_number(deal: Deal, name: str, on: date) -> int:
    """The value of a parameter of the deal's product in force on a day; `name` is one of DEAL_NUMBERS.

    Raises CaseRefused where the product does not say: nothing is assumed in its place.
    """
    rule = pinned_rules(deal.rulebook.digest).rules.get(deal.product)
    parameter = None if rule is None else rule.parameters.get(name)
    value = None if parameter is None else parameter.at(on)
    if name not in DEAL_NUMBERS or type(value) is not int:
        raise CaseRefused("deal.refused.content", name=name, product=deal.product or "—")
    return value
