"""Where a rule or a group of rules comes from: the document, its clause, and how sure we are of it."""

from kerong.rulebook.content import Source
from kerong.rulebook.sheets import Sheet


def source_of(sheet: Sheet) -> Source:
    """The table `source`."""
    sheet.only(["document", "clause", "status", "why", "quote"])
    status = sheet.choice("status", ("published", "assumed", "historic"), "published")
    why = sheet.text("why", None)
    if status == "assumed" and why is None:
        raise sheet.fail("an assumed source says why", "status", hint='why = "…"')
    quotes = tuple(sheet.texts("quote", []))
    if any(not quote.strip() for quote in quotes):
        raise sheet.fail("a quote is empty", "quote", hint="the words of the document, as they stand there")
    place = sheet.place() if quotes else None
    return Source(sheet.text("document"), sheet.text("clause"), status, why, quotes, place)
