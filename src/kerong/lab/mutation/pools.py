"""Every small change of a pool: a number moved or dropped, another party that pays or takes what is cut, other inputs.

The waterfalls that a pool uses have mutants of their own. Left out is what no case can tell: an input that comes from a
fact of the loan, which party of a loss stands for the borrower where none does, which clauses are asked (a case says
whether a borrower is eligible), and, where a pool allows no interest, principal in the place of principal and interest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from kerong.lab.mutation.moved import becomes
from kerong.lab.mutation.mutants import changed_values
from kerong.rulebook.content import Place, Text
from kerong.rulebook.pools import BORNE, GIVEN, RECOVERED, Instrument, Parted, Pool


@dataclass(frozen=True, slots=True)
class PoolMutant:
    """A pool with one change; `part` names what was changed: "parameter.trigger_days", "instrument.loan.over"."""

    pool: Pool
    part: str
    said: Text
    place: Place


def pool_mutants(pool: Pool) -> Iterator[PoolMutant]:
    """All of them: numbers, instruments, in which days time is counted."""
    days = [day for case in pool.cases for step in case.steps for day in (step.event.on, step.event.drawn_on) if day]
    for name, parameter in pool.parameters.items():
        part = f"parameter.{name}"
        without = {key: one for key, one in pool.parameters.items() if key != name}
        yield _mutant(replace(pool, parameters=MappingProxyType(without)), part, Text("取消", "is dropped"))
        for changed, said in changed_values(parameter, days):
            now = MappingProxyType({**pool.parameters, name: changed})
            yield _mutant(replace(pool, parameters=now), part, said)
    for kind, instrument in pool.instruments.items():
        without_it = {key: one for key, one in pool.instruments.items() if key != kind}
        dropped = replace(pool, instruments=MappingProxyType(without_it))
        yield _mutant(dropped, f"instrument.{kind}", Text("不再承保", "is not covered any more"))
        for other, name, said in _instrument(instrument, "interest_bp" in pool.parameters):
            now_one = MappingProxyType({**pool.instruments, kind: other})
            yield _mutant(replace(pool, instruments=now_one), f"instrument.{kind}.{name}", said)
    if "register_within_days" in pool.parameters:
        other_days = replace(pool, days="working" if pool.days == "calendar" else "calendar")
        yield _mutant(other_days, "days", becomes("days", pool.days, other_days.days))


def _mutant(pool: Pool, part: str, said: Text) -> PoolMutant:
    return PoolMutant(pool, part, Text(f"{part}:{said.zh}", f"{part}: {said.en}"), pool.place)


def _instrument(one: Instrument, has_interest: bool) -> Iterator[tuple[Instrument, str, Text]]:
    parties = [party for party in one.loss.waterfall.parties if party not in (one.payer, one.over, one.borrower)]
    for party in parties:
        yield replace(one, over=party), "over", becomes("over", one.over, party)
        yield replace(one, payer=party), "payer", becomes("payer", one.payer, party)
    yield replace(one, payer=one.over, over=one.payer), "payer", becomes("payer", one.payer, one.over)
    if one.borrower is not None:
        yield replace(one, borrower=None), "borrower", becomes("borrower", one.borrower, "-")
    alike = frozenset[str]() if has_interest else frozenset({"principal", "due"})
    for parted, name, said in _given(one.loss, tuple(GIVEN), alike):
        yield replace(one, loss=parted), f"from.{name}", said
    if one.recovery is not None:
        yield replace(one, recovery=None), "recovery", Text("追偿按承担比例", "recoveries by what was borne")
        borne = [f"{BORNE}{party}" for party in one.loss.waterfall.parties if party != one.borrower]
        for parted, name, said in _given(one.recovery, (RECOVERED, *borne)):
            yield replace(one, recovery=parted), f"recovery.from.{name}", said


def _given(
    parted: Parted, words: Sequence[str], alike: frozenset[str] = frozenset()
) -> Iterator[tuple[Parted, str, Text]]:
    """Each input from each other word; two words that are `alike` always give the same."""
    for name, word in parted.given.items():
        if word is None:
            continue
        for other in words:
            if other != word and not {word, other} <= alike:
                given: Mapping[str, str | None] = MappingProxyType({**parted.given, name: other})
                yield replace(parted, given=given), name, becomes("from", word, other)
