"""The list of alerts as CSV that a spreadsheet opens safely."""

import csv
import io
from collections.abc import Iterable

from kerong.web.base.names import named
from kerong.web.base.selectors.alerts import AlertLine
from kerong.web.base.selectors.export import neutral
from kerong.web.base.selectors.published import Published
from kerong.web.base.words import word

COLUMNS = (
    *("subject", "name", "district", "kind", "severity", "owner", "on", "due", "state", "overdue", "disposal"),
    *("outcome", "holds", "action"),
)
_BOM = "\ufeff"


def as_csv(published: Published, lines: Iterable[AlertLine], lang: str) -> str:
    """The lines with a header in the reader's language; what the reader may not know is said to be withheld."""
    districts = {item.code: item.title.in_(lang) for item in published.rulebook.region.districts}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([word(f"alert.column.{name}", lang) for name in COLUMNS])
    for line in lines:
        told = _told(line, lang) | {"district": districts.get(line.district or "", line.district or "")}
        writer.writerow([neutral(told[name]) for name in COLUMNS])
    return _BOM + out.getvalue()


def _told(line: AlertLine, lang: str) -> dict[str, object]:
    item = line.item
    return {
        "subject": item.subject,
        "name": line.name,
        "kind": line.title.in_(lang) if line.title else word("alert.withheld", lang),
        "severity": word(f"alert.severity.{item.severity}", lang),
        "owner": line.owner.in_(lang) if line.owner else named("alert.owner", item.owner or "nobody", lang),
        "on": item.on,
        "due": item.due,
        "state": word(f"alert.state.{item.state}", lang),
        "overdue": word("yes" if line.is_overdue else "no", lang),
        "disposal": named("alert.disposal", item.disposal, lang) if item.disposal else "",
        "outcome": named("alert.outcome", item.outcome, lang) if item.outcome else "",
        "holds": word("yes" if item.holds else "no", lang),
        "action": line.action.in_(lang) if line.action else "",
    }
