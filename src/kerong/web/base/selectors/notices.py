"""What stands on public notice (公示): who is to get what, and until when anybody may object."""

from dataclasses import dataclass
from datetime import date

from kerong.engine.deal.states import KINDS
from kerong.rulebook.content import Text
from kerong.web.base.models import Case, User
from kerong.web.base.permissions import role_of
from kerong.web.base.selectors.cases import line_of
from kerong.web.base.selectors.published import Published

MOST = 500


@dataclass(frozen=True, slots=True)
class Notice:
    """A case on notice. `last_on`: its last day; `is_contested`: somebody has objected."""

    case: Case
    firm: str
    title: Text
    level_codes: tuple[str, ...]
    fen: int
    last_on: date | None
    is_contested: bool


def notices(published: Published, *, today: date) -> tuple[Notice, ...]:
    """The cases on notice, those that end first."""
    held = Case.objects.filter(region=published.rulebook.region.name, state__in=("noticed", "objected"))
    return tuple(
        _notice(case, published, today) for case in held.select_related("call").order_by("due_on", "pk")[:MOST]
    )


def may_object(user: object) -> bool:
    """Whoever is logged in, in a role that the table of moves names."""
    return isinstance(user, User) and role_of(user) in KINDS["subsidy"].roles_of("object")


def _notice(case: Case, published: Published, today: date) -> Notice:
    line = line_of(case, published, today)
    institutions = {item.code: item.title for item in published.rulebook.region.institutions}
    to = institutions.get(case.payee)
    return Notice(
        case=case,
        firm=line.firm if to is None else f"{to.zh} / {to.en}",
        title=line.title,
        level_codes=tuple(level for level, _ in case.call.shares),
        fen=case.fen,
        last_on=case.due_on if case.state == "noticed" else None,
        is_contested=case.state == "objected",
    )
