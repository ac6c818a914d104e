"""Options on a part of a firm in deals: the share within what the product allows, the price fixed, used in its time.

`Deal.details["option"]` keeps the option; `gone` there: it was let go.
"""

from kerong.engine.deal.option import Option, kept_option, option_of
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_deciding import DealDeciding
from kerong.web.base.services.deal_details import details_of, kept_details, number_of

OPTION, GONE = "option", "option_gone"


def option_in_range(at: DealDeciding) -> None:
    """Guard: the option of the wish (else the one agreed before) gives a share that the product allows on the day.

    It begins no earlier than it is given. Raises CaseRefused, TermsRefused.
    """
    details = details_of(at.deal)
    option = option_of(at.wish.details.get(OPTION, details.get(OPTION)))
    least, most = (number_of(at.deal, name, at.on) for name in ("option_least_bp", "option_most_bp"))
    if not least <= option.share_bp <= most:
        raise CaseRefused("deal.refused.option_range", share=option.share_bp, least=least, most=most)
    if OPTION in details and at.wish.details.get(OPTION, details[OPTION]) != details[OPTION]:
        raise CaseRefused("deal.refused.option_agreed")
    if OPTION not in details and option.begins < at.on:
        raise CaseRefused("deal.refused.option_begins", on=at.on)


def option_given(at: DealDeciding) -> Option:
    """Keeps the option of the wish with the deal and in the history."""
    option = option_of(at.wish.details.get(OPTION))
    kept_details(at, **{OPTION: kept_option(option)})
    at.detail["price_fen"] = option.price_fen
    return option


def option_held(at: DealDeciding) -> Option:
    """The option that the deal holds. Raises CaseRefused where there is none, or it was let go."""
    details = details_of(at.deal)
    if OPTION not in details or details.get(GONE):
        raise CaseRefused("deal.refused.no_option")
    return option_of(details[OPTION])


def exercisable(at: DealDeciding) -> None:
    """Guard: the option is held, and the day is within its time."""
    option = option_held(at)
    if not option.is_exercisable(at.on):
        raise CaseRefused("deal.refused.exercisable", begins=option.begins, ends=option.ends)


def option_over(at: DealDeciding) -> None:
    """Guard: the option's last day has passed, or it was let go."""
    if details_of(at.deal).get(GONE):
        return
    option = option_held(at)
    if not option.is_over(at.on):
        raise CaseRefused("deal.refused.option_over", ends=option.ends)


def let_go(at: DealDeciding) -> None:
    """The option is given up for good."""
    option_held(at)
    kept_details(at, **{GONE: True})
