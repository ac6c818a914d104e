"""Bounds of a pool that nobody can mean: caps of nothing, a fuse that opens above itself, a loss that is not read."""

from collections.abc import Iterator
from datetime import date

from kerong.rulebook.content import Rulebook
from kerong.rulebook.lint.finding import Finding, Severity
from kerong.rulebook.pools import CAPS, Pool

LOSS = {"loss", "due", "principal"}  # the words by which a waterfall learns what was lost


def bounds_of_pools(rulebook: Rulebook) -> Iterator[Finding]:
    """Findings "pool": see the page docs/algorithms/pool.md."""
    for pool in rulebook.pools.values():
        for start in _days(pool):
            yield from _on(pool, start)
        for one in pool.instruments.values():
            if not LOSS & set(one.loss.given.values()):
                yield _finding(
                    pool,
                    f"{one.loss.waterfall.name} 没有读取损失：触发与认定都不起作用",
                    f"{one.loss.waterfall.name} reads no loss of the pool: what is certified never reaches it",
                )
        if "reopen_bp" in pool.parameters and "fuse_bp" not in pool.parameters:
            yield _finding(pool, "有恢复线而没有熔断线", "a line at which it opens again, and none at which it shuts")


def _on(pool: Pool, start: date) -> Iterator[Finding]:
    found = {name: parameter.at(start) for name, parameter in pool.parameters.items()}
    for name in (*CAPS, "multiple_bp"):
        if found.get(name) == 0:
            yield _finding(
                pool,
                f"{name} 自{start}起为零：什么都补不了",
                f"{name} is 0 from {start} on: it lets nothing through",
                "warning",
            )
    fuse, reopen = found.get("fuse_bp"), found.get("reopen_bp")
    if isinstance(fuse, int) and isinstance(reopen, int) and reopen > fuse:
        yield _finding(
            pool, f"自{start}起恢复线高于熔断线", f"from {start} on it opens again above the line at which it shuts"
        )
    loan, firm = found.get("loan_cap_fen"), found.get("firm_cap_fen")
    if isinstance(loan, int) and isinstance(firm, int) and loan > firm:
        yield _finding(
            pool,
            f"自{start}起单笔上限高于单户上限",
            f"from {start} on the cap per loan lies above that per firm",
            "warning",
        )


def _days(pool: Pool) -> list[date]:
    return sorted({start for parameter in pool.parameters.values() for start, _, _ in parameter.values})


def _finding(pool: Pool, zh: str, en: str, severity: Severity = "error") -> Finding:
    return Finding("pool", pool.name, pool.place, zh, en, severity=severity)
