"""What people type into forms: amounts, days and numbers read strictly, and kept when a form is refused."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.http import HttpRequest

from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.ledger_refusals import LedgerBusy
from kerong.web.base.words import word

YUAN = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,13})(?:\.(\d{1,2}))?", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MOST_DIGITS = 9
LONGEST_KEPT = 4_000  # of one box
HIDDEN = frozenset({"csrfmiddlewaretoken", "version"})
_HELD = "refused_form"


class Refusal(Protocol):
    """An error that says in both languages why."""

    def sentence(self, lang: str) -> str:
        """The refusal in "zh" or "en"."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was refused: why, what was typed, and the version of the page that it stood on (0: none)."""

    why: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    version: int = 0
    part: str = ""


def fen_of(text: str) -> int | None:
    """Yuan as typed ("1,234.5") in fen; None where nothing is typed. Raises CaseRefused for anything else."""
    told = unicodedata.normalize("NFKC", text).strip()
    if not told:
        return None
    found = YUAN.fullmatch(told)
    if found is None or len(found[1].replace(",", "")) > 13:
        raise CaseRefused("form.refused.amount", value=told[:40])
    return int(found[1].replace(",", "")) * 100 + int((found[2] or "").ljust(2, "0") or 0)


def whole_of(text: str) -> int | None:
    """A whole number from zero up; None where there is none."""
    told = unicodedata.normalize("NFKC", text).strip()
    return int(told) if told.isascii() and told.isdigit() and len(told) <= MOST_DIGITS else None


def bp_of(text: str) -> int | None:
    """Per cent as typed ("62.5") in basis points; None where it is none."""
    found = re.fullmatch(r"(\d{1,3})(?:\.(\d{1,2}))?", unicodedata.normalize("NFKC", text).strip(), re.ASCII)
    return None if found is None else int(found[1]) * 100 + int((found[2] or "").ljust(2, "0") or 0)


def day_of(text: str) -> date | None:
    """A day written as 2025-06-30; None where it is none."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


def refused_keep(
    request: HttpRequest, form: str, error: "Refusal | LedgerBusy", part: str = "", version: int = 0
) -> None:
    """Keeps why a form was refused and what was typed, until its page is shown again."""
    said = {
        lang: word("form.busy", lang) if isinstance(error, LedgerBusy) else error.sentence(lang)
        for lang in ("zh", "en")
    }
    typed = {name: value[:LONGEST_KEPT] for name, value in request.POST.items() if name not in HIDDEN}
    request.session[_HELD] = {"form": form, "said": said, "typed": typed, "part": part, "version": version}


def refused_take(request: HttpRequest, form: str) -> Refused:
    """What was kept of the form, once; empty where nothing was refused."""
    held: dict[str, Any] | None = request.session.get(_HELD)
    if held is None or held["form"] != form:
        return Refused()
    del request.session[_HELD]
    lang = getattr(request, "lang", "zh")
    return Refused(held["said"][lang], held["typed"], held["version"], held["part"])
