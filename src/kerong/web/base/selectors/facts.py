"""The registers behind the published run, kept open: the first question reads a register, the next find it read."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from threading import Lock

import polars as pl
from django.conf import settings

from kerong.engine.record.lineage import Tracer
from kerong.engine.record.neighbours import HeldTable, held
from kerong.engine.record.tables import ArchivedTable, FactTable
from kerong.intake.decisions import decided_of
from kerong.intake.run_facts import FactsGone, facts_of_run
from kerong.rulebook.content import Rulebook
from kerong.store.archive import ArchiveError
from kerong.store.files import Unusable
from kerong.web.base.selectors.published import Published

KEPT_BYTES = 1 << 30  # of registers in memory; what is over it is read anew
UNREADABLE = (OSError, ArchiveError, Unusable, pl.exceptions.PolarsError)


class OpenFacts(Mapping[str, ArchivedTable]):
    """Registers of a run with their cells read; those asked for last are kept, up to KEPT_BYTES."""

    def __init__(self, facts: Mapping[str, FactTable], rulebook: Rulebook) -> None:
        self._facts, self._rulebook, self.decided = facts, rulebook, decided_of(facts)
        self._kept: dict[str, ArchivedTable] = {}
        self._lock = Lock()

    def __getitem__(self, register: str) -> ArchivedTable:
        with self._lock:
            found = self._kept.pop(register, None)
            if found is None:
                found = held(self._facts[register], self._rulebook.registers[register], self._rulebook)
            self._kept[register] = found
            self._forget()
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def _forget(self) -> None:
        """Lets go of what was asked for longest ago; the table asked for now stays."""
        sizes = {name: _bytes(table) for name, table in self._kept.items()}
        for name in list(self._kept)[:-1]:
            if sum(sizes.values()) <= KEPT_BYTES:
                return
            del self._kept[name], sizes[name]


def tracer(published: Published, enterprise_id: str) -> Tracer:
    """The lineage of one enterprise's values in the published run.

    Raises:
        FactsGone: what the run was made from is no longer there.
    """
    networks = published.rulebook.network_fields
    row = published.enterprise(enterprise_id) or {}
    given = {name: value for name, value in row.items() if name.removesuffix("!error") in networks}
    facts = _opened(published)
    return Tracer(enterprise_id, facts, published.rulebook, published.on, given, facts.decided)


@lru_cache(maxsize=1)
def _opened(published: Published) -> OpenFacts:
    """The facts where the run's manifest says that they were; an archive that moved, where the portal has it now."""
    places = [Path(str(published.manifest.get("source", "")))]
    if "archive" in published.manifest:
        places.append(Path(settings.ARCHIVE))
    for place in places[:-1]:
        if place.is_dir():
            return OpenFacts(facts_of_run(published.run, published.rulebook, place), published.rulebook)
    return OpenFacts(facts_of_run(published.run, published.rulebook, places[-1]), published.rulebook)


def _bytes(table: ArchivedTable) -> int:
    return int(table.held.estimated_size()) if isinstance(table, HeldTable) else 0


__all__ = ["UNREADABLE", "FactsGone", "OpenFacts", "tracer"]
