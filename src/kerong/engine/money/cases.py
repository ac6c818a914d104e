"""Worked examples of waterfalls: whether an amount is parted as a case expects."""

from kerong.engine.money.split import Split, split
from kerong.rulebook.plain import Fault
from kerong.rulebook.waterfalls import Waterfall, WaterfallCase


def waterfall_case(waterfall: Waterfall, case: WaterfallCase) -> tuple[str, ...]:
    """What is not as a case expects, in sentences; none means that the case holds."""
    found = split(waterfall, case.given, case.on)
    outcome = outcome_of(found)
    if outcome != case.outcome:
        return (f"the split is {outcome}{_why(waterfall, case, found)}, expected {case.outcome}",)
    if not isinstance(found, Split):
        return ()
    return tuple(
        f"{party} takes {fen:_}, expected {case.expect.get(party, 0):_}"
        for party, fen in found.parts.items()
        if fen != case.expect.get(party, 0)
    )


def outcome_of(found: Split | Fault | None) -> str:
    """`parted`, `unknown` or `error`."""
    return "parted" if isinstance(found, Split) else "unknown" if found is None else "error"


def _why(waterfall: Waterfall, case: WaterfallCase, found: Split | Fault | None) -> str:
    if isinstance(found, Fault):
        return f" ({found.reason})"
    if found is None:
        absent = [name for name in waterfall.inputs if name not in case.given]
        absent += [name for name, number in waterfall.numbers.items() if number.at(case.on) is None]
        return f" (not known: {', '.join(absent)})"
    return ""
