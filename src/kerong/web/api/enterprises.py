"""Enterprises as JSON: the list for officials, one enterprise for whoever may read it."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from kerong.web.base.pages import person, run_or_404, today
from kerong.web.base.permissions import reach
from kerong.web.base.selectors import dossier
from kerong.web.base.selectors import enterprises as listed
from kerong.web.base.selectors.carried import carried
from kerong.web.base.selectors.objections import disputed
from kerong.web.base.services.access import access_record

router = Router(tags=["enterprises"])


class EnterpriseLine(Schema):
    """One line of the list."""

    enterprise_id: str
    name: str | None
    district: str | None
    industry: str | None
    stage: str | None
    grade: str | None
    points: int | None
    points_high: int | None
    rank: int | None
    certain: int
    possible: int


class EnterprisePage(Schema):
    """One page of the list."""

    total: int
    page: int
    pages: int
    rows: list[EnterpriseLine]


class EnterpriseOut(Schema):
    """One enterprise: the sections that its reader may see; the others are null.

    Under a consent the profile has what its purpose may carry. `disputed`: fields that the enterprise objects to.
    """

    enterprise_id: str
    profile: dict[str, str | int | float | bool | None] | None
    points: int | None
    points_high: int | None
    grade: str | None
    rank: int | None
    points_by_dimension: dict[str, int] | None
    disputed: list[str]


@router.get("", response=EnterprisePage, url_name="enterprises")
def enterprises(
    request: HttpRequest,
    q: str = "",
    district: str = "",
    industry: str = "",
    stage: str = "",
    grade: str = "",
    sort: str = "rank",
    page: str = "1",
) -> EnterprisePage:
    """The list, searched, filtered and sorted as on the page."""
    asked = {"q": q, "district": district, "industry": industry, "stage": stage, "grade": grade}
    answer = listed.listing(run_or_404(), listed.Question.of({**asked, "sort": sort, "page": page}))
    lines = [EnterpriseLine(**{name: row[name] for name in EnterpriseLine.model_fields}) for row in answer.rows]
    return EnterprisePage(total=answer.total, page=answer.page, pages=answer.pages, rows=lines)


@router.get("/{enterprise_id}", response=EnterpriseOut, url_name="enterprise")
def enterprise(request: HttpRequest, enterprise_id: str) -> EnterpriseOut:
    """One enterprise; a foreign id and a missing one answer the same 404. The read is recorded."""
    published, user = run_or_404(), person(request)
    granted = reach(user, enterprise_id, today())
    if granted is None:
        raise Http404
    found = dossier.dossier(published, enterprise_id, granted.provider, carried(published, granted))
    if found is None:
        raise Http404
    access_record(user, "api", granted.purpose, enterprise_id, granted.consent)
    score = found.score if found.score and granted.covers("score") else None
    return EnterpriseOut(
        enterprise_id=enterprise_id,
        profile=_plain(found.enterprise) if granted.covers("profile") else None,
        points=score["points"] if score else None,
        points_high=score["points_high"] if score else None,
        grade=score["grade"] if score else None,
        rank=score["rank"] if score else None,
        points_by_dimension={p.name: p.points for p in found.dimensions if not p.withheld} if score else None,
        disputed=[name for name in disputed(enterprise_id).names if name in found.enterprise],
    )


def _plain(row: Mapping[str, Any]) -> dict[str, str | int | float | bool | None]:
    return {
        name: value if value is None or isinstance(value, bool | int | float | str) else str(value)
        for name, value in row.items()
    }
