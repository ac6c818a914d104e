"""The terms of a deal in words: what whoever approves or releases has to see before it is done."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from kerong.engine.deal.terms.dates import ADJUSTMENTS
from kerong.engine.deal.terms.days import COUNTS
from kerong.engine.deal.terms.loans import METHODS
from kerong.rulebook.content import Text
from kerong.web.base.figures import rate
from kerong.web.base.models import Deal
from kerong.web.base.selectors.deals import institution_of
from kerong.web.base.selectors.move_forms import worded
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.ledger_refusals import yuan

PPM_OF_PERCENT = 10_000
# of a deal's details those that its parties agreed on, in the order in which they are read; tables inside by a dot
DETAILS = (
    *("cover_bp", "fee_fen", "begins", "until", "counter", "reguarantor", "reguarantee_bp", "report_within_days"),
    *("option.share_bp", "option.valuation_fen", "option.begins", "option.ends", "bank_share_bp"),
)


def agreed_lines(deal: Deal, published: Published) -> tuple[tuple[Text, Text], ...]:
    """(what, how much) of what is recommended or agreed; nothing before somebody recommended anything."""
    return (*_terms(deal.terms), *_details(deal, published))


def _terms(terms: Mapping[str, Any]) -> Iterator[tuple[Text, Text]]:
    if "rate" in terms:
        yield worded("deal.agreed.rate"), _rate(terms["rate"])
    if terms.get("method") in METHODS:
        yield worded("deal.terms.method"), METHODS[terms["method"]]
    if terms.get("count") in COUNTS:
        yield worded("deal.terms.count"), COUNTS[terms["count"]].title
    if "maturity" in terms:
        yield worded("deal.terms.maturity"), _same(terms["maturity"])
    dues = terms.get("dues", {})
    if dues.get("every_months"):
        yield worded("deal.agreed.every"), _same(dues["every_months"])
    if dues.get("adjust", "none") != "none":
        yield worded("deal.terms.adjust"), ADJUSTMENTS[dues["adjust"]]
    if terms.get("residual_fen"):
        yield worded("deal.agreed.residual"), _same(f"¥{yuan(terms['residual_fen'])}")


def _rate(told: Mapping[str, Any]) -> Text:
    if "base" not in told:
        return _same(f"{Decimal(told['ppm']) / PPM_OF_PERCENT:f}".rstrip("0").rstrip(".") + "%")
    spread, months = f"{told['spread_bp']:+d}", told["reset_months"]
    return Text(
        f"{told['base']} {spread} 基点，每 {months} 个月调整",
        f"{told['base']} {spread} bp, reset every {months} months",
    )


def _details(deal: Deal, published: Published) -> Iterator[tuple[Text, Text]]:
    for name in DETAILS:
        value: Any = deal.details or {}
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None:
            yield worded(f"deal.agreed.{name}"), _detail(name, value, published)


def _detail(name: str, value: Any, published: Published) -> Text:
    if isinstance(value, bool):
        return worded("yes" if value else "no")
    if name.endswith("_bp"):
        return _same(rate(value))
    if name.endswith("_fen"):
        return _same(f"¥{yuan(value)}")
    return institution_of(published, value) if name == "reguarantor" else _same(value)


def _same(value: object) -> Text:
    return Text(str(value), str(value))
