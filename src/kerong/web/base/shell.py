"""What every page's frame needs: language, region, person, and the way through the portal."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from kerong.web.base.models import Role
from kerong.web.base.pages import person, today
from kerong.web.base.permissions import FULL_VIEW, ROUTES, role_of
from kerong.web.base.selectors.messages import messages_counted
from kerong.web.base.selectors.published import current
from kerong.web.base.selectors.tasks import tasks_counted

FIRM_PAGES = (
    "enterprise_index",
    "enterprise_values",
    "enterprise_value",
    "enterprise_network",
    "enterprise_credit",
    "enterprise_record",
    "enterprise_rows",
)
DESKS = {Role.ENTERPRISE: "home", Role.FUND: "fund", Role.STEWARD: "steward", Role.ADMIN: "feed_tokens"}


@dataclass(frozen=True, slots=True)
class Way:
    """One entry of the navigation."""

    key: str
    address: str
    here: bool
    count: str = ""


def shell(request: HttpRequest) -> dict[str, object]:
    """Context of every template: lang, region, run, role, ways, demo."""
    published = current()
    lang = getattr(request, "lang", "zh")
    user = getattr(request, "user", None)
    role = role_of(user) if user is not None else ""
    return {
        "lang": lang,
        "other_lang": "en" if lang == "zh" else "zh",
        "published": published,
        "region": published.rulebook.region if published else None,
        "currency": published.rulebook.region.currency if published else "CNY",
        "role": role,
        "ways": _ways(request, role),
        "unread": messages_counted(person(request), published.rulebook.region.name) if published and role else "",
        "demo": settings.DEMO,
    }


def _ways(request: HttpRequest, role: str) -> list[Way]:
    match = request.resolver_match
    here = match.url_name if match else ""
    mine = DESKS.get(Role(role), "institution") if role else ""
    names = [
        "overview",
        "rules",
        "registers",
        "office",
        "enterprises",
        "tasks",
        "deals" if _opens("deals", role) else "pools",
        "books",
        "alerts",
        "quality",
        "objections",
        "runs",
        mine,
    ]
    names += [] if role in FULL_VIEW else ["notices"]  # whoever works on subsidies comes to it from there
    opened = [name for name in names if name and (name == "home" or _opens(name, role))]
    pools = "deals" if _opens("deals", role) else "pools"  # one way to both where there are both
    firm = "home" if role == Role.ENTERPRISE else "enterprises"
    family = {"register": "registers", "batch": "registers", "batch_upload": "steward", "batch_decide": "steward"}
    family |= {"payment_channels": "feed_tokens"}
    family |= {"rule": "rules", "sources": "rules", "systems": "rules", "enterprise": firm, "systems_firm": firm}
    family |= dict.fromkeys(("models", "model"), "quality") | {"running": "office"}
    family |= dict.fromkeys(FIRM_PAGES, firm) | {"alert": "alerts", "risk_map": "alerts"}
    family |= dict.fromkeys(("case", "calls", "call", "budgets", "budget", "payments", "apply"), "tasks")
    family |= dict.fromkeys(("deal", "deal_open"), "deals") | dict.fromkeys(("pools", "pool", "pool_money"), pools)
    family |= {"book_money": "books"}
    counts = {"tasks": _tasks(request)} if "tasks" in opened else {}
    return [Way(name, reverse(name), name == family.get(here or "", here), counts.get(name, "")) for name in opened]


def _tasks(request: HttpRequest) -> str:
    """How many cases wait for the person."""
    published = current()
    return tasks_counted(person(request), published.rulebook.region.name, today=today()) if published else ""


def _opens(name: str, role: str) -> bool:
    return bool(ROUTES[name] & {role, "anyone"})
