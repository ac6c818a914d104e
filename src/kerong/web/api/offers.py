"""Offers of one enterprise as JSON, best first, with what is missing and what decided."""

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from kerong.web.base.pages import person, run_or_404, today
from kerong.web.base.permissions import reach
from kerong.web.base.selectors import dossier
from kerong.web.base.selectors.carried import carried
from kerong.web.base.services.access import access_record

router = Router(tags=["offers"])


class ClauseOut(Schema):
    """One clause of the rule for this enterprise."""

    number: int
    title_zh: str
    title_en: str
    outcome: str


class OfferOut(Schema):
    """Where the enterprise stands with one rule: met, unknown, failed or error."""

    rule: str
    kind: str
    outcome: str
    amount_fen: int | None
    benefit_fen: int | None
    clauses: list[ClauseOut]


@router.get("/{enterprise_id}/offers", response=list[OfferOut], url_name="offers")
def offers(request: HttpRequest, enterprise_id: str) -> list[OfferOut]:
    """All rules that could serve the enterprise; certain ones first. The read is recorded."""
    published, user = run_or_404(), person(request)
    granted = reach(user, enterprise_id, today())
    if granted is None or not granted.covers("offers"):
        raise Http404
    found = dossier.dossier(published, enterprise_id, granted.provider, carried(published, granted))
    if found is None:
        raise Http404
    access_record(user, "api", granted.purpose, enterprise_id, granted.consent)
    return [_out(item) for group in found.groups for item in group.standings]


def _out(item: dossier.Standing) -> OfferOut:
    return OfferOut(
        rule=item.rule.name,
        kind=item.rule.kind,
        outcome=item.outcome,
        amount_fen=item.amount_fen,
        benefit_fen=item.benefit_fen,
        clauses=[
            ClauseOut(
                number=line.number, title_zh=line.clause.title.zh, title_en=line.clause.title.en, outcome=line.outcome
            )
            for line in item.lines
        ],
    )
