"""Rows of a register that are an event, as outcomes of models and warnings name them."""

from collections.abc import Mapping

from kerong.rulebook.content import Statistic
from kerong.rulebook.facts import Register
from kerong.rulebook.load_columns import condition, row_types
from kerong.rulebook.load_limits import of_type
from kerong.rulebook.models import Event, Reading
from kerong.rulebook.parse import Scope, nearest
from kerong.rulebook.sheets import Sheet
from kerong.rulebook.types import DATE, TEXT


def event_of(sheet: Sheet, registers: Mapping[str, Register]) -> Event:
    """One `[[event]]`; raises Stop with its error recorded."""
    sheet.only(["register", "where", "on"])
    name = sheet.text("register")
    register = registers.get(name)
    if register is None:
        raise sheet.fail(f"register: there is no {name}", "register", hint=nearest(name, registers))
    if register.identify == "none":
        raise sheet.fail(f"rows of {name} belong to no enterprise", "register")
    if register.known is None and register.period is None:
        raise sheet.fail(f"{name} does not say when a row was known: nothing tells what came after a day", "register")
    scope = Scope({name: row_types(register)}, {})
    return Event(
        register=name,
        where=sheet.expression("where", lambda text: condition(text, scope), None),
        on=sheet.expression("on", lambda text: of_type(text, scope, DATE), None),
        place=sheet.place(),
    )


def reading_of(sheet: Sheet, statistics: Mapping[str, Statistic]) -> Reading:
    """One `[[event]]` of a statistic by institution; raises Stop with its error recorded."""
    sheet.only(["statistic", "where"])
    name = sheet.text("statistic")
    statistic = statistics.get(name)
    if statistic is None:
        raise sheet.fail(f"statistic: there is no {name}", "statistic", hint=nearest(name, statistics))
    if len(statistic.by) != 1 or statistic.by[0][1].type != TEXT:
        raise sheet.fail(f"{name} is not by one text", "statistic", hint='by = ["return_loan.institution"]')
    types = {key: node.type for key, node in statistic.by} | {one.name: one.type for one in statistic.columns}
    where = sheet.expression("where", lambda text: condition(text, Scope({name: types}, {})))
    return Reading(name, where, sheet.place())
