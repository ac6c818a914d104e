"""The statement of public support as PDF: one to two pages of A4."""

from datetime import date
from pathlib import Path
from typing import Any

from kerong.paper.support_words import LABELS, label
from kerong.paper.typeset import FONTS, pdf, plain
from kerong.rulebook.content import Region


def support_pdf(content: dict[str, Any], region: Region, run: str, folder: Path = FONTS) -> bytes:
    """The PDF of what `support_content` gave; `run`: its id. Raises FontMissing."""
    lang = content["lang"]
    told = content | {
        "labels": {key: label(key, lang) for key, pair in LABELS.items() if "{" not in pair[0]},
        "name": plain(content["name"]),
        "firm": plain(content["firm"]),
        "members": [one | {"name": plain(one["name"])} for one in content["members"]],
        "region": region.title.in_(lang),
        "run_line": label("run", lang, run=run, day=content["on"]),
    }
    return pdf("support.typ", told, date.fromisoformat(content["on"]), folder)
