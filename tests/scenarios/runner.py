"""Works scenario files through the real engine: what is given, what happens in turn, what then holds.

A scenario file says in the policy's words what happens; each `do` is a verb of ACTS. A further part of the engine
registers its verbs by one more module beside `pool_acts` and its name in MODULES (docs/scenarios.md).
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from kerong.rulebook import Rulebook, load
from kerong.store.packs import read_pack
from tests.scenarios import (
    award_acts,
    case_acts,
    figure_acts,
    ledger_acts,
    pool_acts,
    rule_acts,
    schedule_acts,
    subsidy_acts,
    waterfall_acts,
)
from tests.scenarios.world import World

FOLDER = Path(__file__).parent
Act = Callable[[World, Mapping[str, Any]], list[str]]
MODULES = (
    *(pool_acts, waterfall_acts, rule_acts, award_acts, schedule_acts),
    *(case_acts, subsidy_acts, ledger_acts, figure_acts),
)
ACTS: Mapping[str, Act] = {verb: act for module in MODULES for verb, act in module.ACTS.items()}
KEYS = {"title", "region", "template", "clause", "given", "when", "then", "note"}


@dataclass(frozen=True)
class Scenario:
    """A file: its path below the folder and what it says."""

    path: str
    said: Mapping[str, Any] = field(hash=False)

    @property
    def clause(self) -> tuple[str, str, str]:
        """Document, article and words."""
        clause = self.said["clause"]
        return clause["document"], clause["article"], clause["words"]


def scenarios() -> list[Scenario]:
    """All scenario files by path."""
    found = sorted(FOLDER.glob("*/*.toml"))
    return [Scenario(p.relative_to(FOLDER).as_posix(), tomllib.loads(p.read_text("utf-8"))) for p in found]


@cache
def laws() -> dict[tuple[str, str], str]:
    """The articles that no region pack holds, by document and article: laws, notices, published worked examples."""
    told = tomllib.loads((FOLDER / "laws.toml").read_text("utf-8"))
    return {(one["document"], one["article"]): one["text"] for one in told["article"]}


@cache
def book_of(region: str) -> Rulebook:
    """The rulebook of a region as it is shipped."""
    return load(read_pack(region))


def differences(scenario: Scenario) -> list[str]:
    """What is not as the scenario says, in sentences; none: it holds."""
    said = scenario.said
    if unknown := set(said) - KEYS:
        return [f"unknown keys {sorted(unknown)}"]
    world = World(book_of(said["region"]))
    found = world.begin(said["given"])
    for number, act in enumerate(said["when"], 1):
        do = ACTS.get(act["do"])
        if do is None:
            return [f"when {number}: nobody knows how to do {act['do']!r}"]
        found += [f"when {number} ({act['do']}): {line}" for line in do(world, act)]
    return found + world.ends(said.get("then", {}))
