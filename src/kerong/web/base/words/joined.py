"""All words of the portal in both languages: one small table per face, joined here.

A key that is missing or defined twice is an error when the module is loaded or the page rendered, never a blank.
"""

from collections.abc import Mapping

from kerong.web.base.words.alerts import ALERTS
from kerong.web.base.words.budgets import BUDGETS
from kerong.web.base.words.cases import CASES
from kerong.web.base.words.channels import CHANNELS
from kerong.web.base.words.covers import COVERS
from kerong.web.base.words.deal_pages import DEAL_PAGES
from kerong.web.base.words.deals import DEALS
from kerong.web.base.words.enterprise import ENTERPRISE
from kerong.web.base.words.frame import FRAME
from kerong.web.base.words.index import INDEX
from kerong.web.base.words.ledger import LEDGER
from kerong.web.base.words.models import MODELS
from kerong.web.base.words.office import OFFICE
from kerong.web.base.words.partners import PARTNERS
from kerong.web.base.words.public import PUBLIC
from kerong.web.base.words.record import RECORD
from kerong.web.base.words.registers import REGISTERS
from kerong.web.base.words.running import RUNNING
from kerong.web.base.words.sources import SOURCES
from kerong.web.base.words.subsidies import SUBSIDIES
from kerong.web.base.words.support import SUPPORT
from kerong.web.base.words.systems import SYSTEMS
from kerong.web.base.words.waterfalls import WATERFALLS

Pair = tuple[str, str]


def _joined(tables: tuple[Mapping[str, Pair], ...]) -> dict[str, Pair]:
    words: dict[str, Pair] = {}
    for table in tables:
        twice = words.keys() & table.keys()
        if twice:
            raise ValueError(f"words defined twice: {sorted(twice)}")
        words |= table
    return words


WORDS: Mapping[str, Pair] = _joined(
    (
        ALERTS,
        BUDGETS,
        CASES,
        COVERS,
        CHANNELS,
        DEALS,
        DEAL_PAGES,
        FRAME,
        INDEX,
        LEDGER,
        PUBLIC,
        MODELS,
        OFFICE,
        ENTERPRISE,
        PARTNERS,
        RECORD,
        REGISTERS,
        RUNNING,
        SOURCES,
        SUBSIDIES,
        SUPPORT,
        SYSTEMS,
        WATERFALLS,
    )
)


def word(key: str, lang: str, **values: object) -> str:
    """The words for `key` in "zh" or "en" with {names} filled in. Raises KeyError for an unknown key."""
    chosen = WORDS[key][0 if lang == "zh" else 1]
    return chosen.format(**values) if values else chosen
