"""The index report as PDF: one to two pages of A4."""

from datetime import date
from pathlib import Path
from typing import Any

from kerong.paper.index_words import LABELS, label
from kerong.paper.typeset import FONTS, pdf, plain
from kerong.rulebook.content import Region


def index_pdf(
    content: dict[str, Any], name: str | None, region: Region, run: str, shows_flags: bool = True, folder: Path = FONTS
) -> bytes:
    """The PDF of what `index_content` gave. `name` of the firm: None where the reader may not see it; `run`: its id.

    Raises FontMissing.
    """
    lang = content["lang"]
    about = [content["stage"], *(place["title"] for place in content["places"])]
    told = content | {
        "labels": {key: label(key, lang) for key, pair in LABELS.items() if "{" not in pair[0]},
        "name": plain(name or content["enterprise_id"]),
        "enterprise_id": plain(content["enterprise_id"]),
        "about": " · ".join(text for text in about if text),
        "region": region.title.in_(lang),
        "run_line": label("run", lang, run=run, day=content["on"]),
        "shows_flags": shows_flags,
        "unknown": _unknown(content),
    }
    return pdf("index.typ", told, date.fromisoformat(content["on"]), folder)


def _unknown(content: dict[str, Any]) -> list[str]:
    """Titles of indicators that are not known, where nothing says so elsewhere on the page."""
    if content["raising"] is not None and content["raising"]["evidence"]:
        return []
    lines = [line for part in content["dimensions"] for line in part["lines"]]
    return [line["title"] for line in lines if line["points"] is None and not line["withheld"]]
