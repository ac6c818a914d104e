"""What an enterprise may object to, found on the server: a field that it sees, or a row of its own."""

from collections.abc import Mapping
from typing import Any

from kerong.rulebook.pruning import INDICATOR
from kerong.web.base.selectors.carried import Carried
from kerong.web.base.selectors.facts import FactsGone
from kerong.web.base.selectors.lineage import of_run, rows_of_register
from kerong.web.base.selectors.objections import Disputed
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.objection import Subject

LONGEST_PLACE = 500


def field_subject(published: Published, firm: Mapping[str, Any], name: str, held: Carried) -> Subject | None:
    """A field, with the value that the run has; None where the enterprise sees no such field."""
    if not held.has(name) or name == "enterprise_id":
        return None
    value = firm.get(name)
    if name.startswith(INDICATOR) and name not in firm:
        value = (published.score(str(firm["enterprise_id"])) or {}).get(name)
    return Subject("", name, {lang: of_run(published, value, name, lang) for lang in ("zh", "en")})


def row_subject(published: Published, enterprise_id: str, register: str, place: str, held: Carried) -> Subject | None:
    """A row of the enterprise's own, with file, line, batch and what it says; None where there is no such row."""
    if register not in published.rulebook.registers or len(place) > LONGEST_PLACE:
        return None
    try:
        told = {
            lang: [
                row
                for row in rows_of_register(published, enterprise_id, register, held, Disputed(), lang)
                if row.place == place
            ]
            for lang in ("zh", "en")
        }
    except (FactsGone, KeyError):
        return None
    if not told["zh"]:
        return None
    first = told["zh"][0]
    said = {lang: "; ".join(f"{cell.title} {cell.value}" for cell in rows[0].cells) for lang, rows in told.items()}
    return Subject(register, place, {**said, "file": first.file, "batch": first.batch, "line": str(first.line)})
