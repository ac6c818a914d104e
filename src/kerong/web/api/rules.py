"""Rules as JSON: public, under the same disclosure control as the pages."""

from django.http import HttpRequest
from ninja import Router, Schema

from kerong.web.base.pages import run_or_404
from kerong.web.base.permissions import FULL_VIEW, role_of
from kerong.web.base.selectors import rules as ruled
from kerong.web.base.selectors.rule_figures import RuleFigures, rule_figures

router = Router(tags=["rules"])


class RuleOut(Schema):
    """A rule with what it did in the run; counts of one or two are "<3" for the public, hidden parts "·"."""

    name: str
    kind: str
    title_zh: str
    title_en: str
    per: str
    provider: str | None
    source: str
    status: str
    enterprises: dict[str, int | str]
    awarded_fen: int | None
    entitled_fen: int | None


@router.get("", response=list[RuleOut], url_name="rules")
def rules(request: HttpRequest) -> list[RuleOut]:
    """All policies and products."""
    exact = role_of(request.user) in FULL_VIEW
    return [_out(item) for item in rule_figures(run_or_404(), exact=exact).values()]


@router.get("/{name}", response=RuleOut, url_name="rule")
def rule(request: HttpRequest, name: str) -> RuleOut:
    """One policy or product; 404 where there is none of that name."""
    published = run_or_404()
    found = ruled.rule_or_404(published, name)
    return _out(rule_figures(published, exact=role_of(request.user) in FULL_VIEW)[found.name])


def _out(item: RuleFigures) -> RuleOut:
    rule = item.rule
    return RuleOut(
        name=rule.name,
        kind=rule.kind,
        title_zh=rule.title.zh,
        title_en=rule.title.en,
        per=rule.per,
        provider=rule.provider,
        source=f"{rule.source.document} {rule.source.clause}".strip(),
        status=rule.source.status,
        enterprises={part.name: part.count for part in item.parts},
        awarded_fen=item.awarded_fen,
        entitled_fen=item.entitled_fen,
    )
