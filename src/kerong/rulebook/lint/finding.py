"""What a reader of rules would remark: one thing, at one place, in both languages, with how grave it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from kerong.rulebook.content import Place, Rulebook

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark of a check about a rule, group, waterfall, formula, measure or register (`rule` is its name).

    `accepted` is why the author of the rule stands by it, None while nobody has said so. An error is something that
    cannot be meant, a warning something that a person should look at, a note something good to know.
    """

    check: str
    rule: str
    place: Place
    zh: str
    en: str
    accepted: str | None = None
    severity: Severity = "warning"

    def in_(self, lang: str) -> str:
        """The remark in `lang`, "zh" or "en"."""
        return self.zh if lang == "zh" else self.en

    @property
    def is_open(self) -> bool:
        """Does it still ask for a change or a reason? Notes never do."""
        return self.accepted is None and self.severity != "note"


Check = Callable[[Rulebook], Iterator[Finding]]
