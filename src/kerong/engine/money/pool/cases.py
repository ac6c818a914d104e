"""Worked examples of pools: whether a pool lives through events as a case expects."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from kerong.engine.money.pool.life import after
from kerong.engine.money.pool.state import Answer, State
from kerong.rulebook.pools import Pool, PoolCase, PoolStep


def pool_case(pool: Pool, case: PoolCase, working_days: Sequence[date] = ()) -> tuple[str, ...]:
    """What is not as a case expects, in sentences; none means that the case holds.

    A step without an expectation is expected to be done.
    """
    return tuple(_differences(pool, case, working_days))


def _differences(pool: Pool, case: PoolCase, working_days: Sequence[date]) -> Iterator[str]:
    state = State()
    for number, step in enumerate(case.steps, 1):
        state, answer = after(pool, state, step.event, working_days)
        for said in _of_step(step, answer):
            yield f"step {number} ({step.event.do}, {step.place.file}:{step.place.line}): {said}"
    yield from standing(state, case.expect)


def _of_step(step: PoolStep, answer: Answer) -> Iterator[str]:
    expect = step.expect or {}
    refused = expect.get("refused", "")
    if answer.refused != refused:
        yield f"refused: {answer.refused or 'no'}, expected {refused or 'no'}"
    if "cut_by" in expect and answer.cut_by != expect["cut_by"]:
        yield f"cut by {answer.cut_by or 'nothing'}, expected {expect['cut_by'] or 'nothing'}"
    named = {name: fen for name, fen in expect.items() if name not in ("refused", "cut_by")}
    if not named or answer.refused:
        return
    for party in sorted({*named, *answer.parts}):
        if answer.parts.get(party, 0) != named.get(party, 0):
            yield f"{party} {answer.parts.get(party, 0):_}, expected {named.get(party, 0)}"


def standing(state: State, expect: Mapping[str, int | bool]) -> Iterator[str]:
    """What of a pool is not as expected, by the names of `STANDING`."""
    for name, wanted in expect.items():
        found = getattr(state, name)
        if found != wanted:
            yield f"{name} is {found:_}, expected {wanted:_}" if name != "is_open" else f"is_open is {found}"
