"""The frozen model of linkage: a plan, what was learned for it, and the thresholds. Readable JSON, no pickle."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import log2

from kerong.engine.record.linkage.plan import Comparison, Key, Level, Plan, PlanError

FORMAT = 2


@dataclass(frozen=True, slots=True)
class Shares:
    """How often values of a term occur: the common ones by name, the rest by one share.

    `common`: value to its share of the rows with a value. `rest`: the chance that a row with another value meets that
    value in a row of another firm.
    """

    common: Mapping[str, float]
    rest: float


@dataclass(frozen=True, slots=True)
class Learned:
    """Of one comparison: the share of pairs with evidence at each level, among the same (`m`) and among others (`u`).

    Both have one more entry than there are levels, for "else". `pairs` is how many true pairs `m` was
    learned from, as the
    model expects them; where it is 0, `m` is what the plan assumes.
    """

    m: tuple[float, ...]
    u: tuple[float, ...]
    pairs: float = 0.0

    def bits(self, level: int) -> float:
        """The weight of a level, from 1, in bits."""
        return log2(self.m[level - 1] / self.u[level - 1])


@dataclass(frozen=True, slots=True)
class Model:
    """All that is needed to compare rows: apply gives the same for the same rows, whatever else changes.

    `prior` is the probability that two rows picked blindly are of one firm. `upper`: at and above it a pair
    is the same
    (if its margin suffices); `lower`: below it a pair is different. `tokens` weigh tokens, `values` values
    that are equal.
    """

    plan: Plan
    learned: tuple[Learned, ...]
    prior: float
    upper: float
    lower: float
    values: Mapping[str, Shares] = field(default_factory=dict)
    tokens: Shares = Shares({}, 1.0)
    about: Mapping[str, object] = field(default_factory=dict)

    def to_json(self) -> str:
        """The model as text; `from_json` gives it back equal."""
        comparisons = [
            {**asdict(comparison), "learned": asdict(learned)}
            for comparison, learned in zip(self.plan.comparisons, self.learned, strict=True)
        ]
        whole = {
            "format": FORMAT,
            "about": dict(self.about),
            "prior": self.prior,
            "upper": self.upper,
            "lower": self.lower,
            "plan": {name: value for name, value in asdict(self.plan).items() if name not in ("comparisons", "keys")},
            "keys": [asdict(key) for key in self.plan.keys],
            "comparisons": comparisons,
            "values": {term: asdict(shares) for term, shares in self.values.items()},
            "tokens": asdict(self.tokens),
        }
        return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Model":
        """Reads what `to_json` wrote.

        Raises:
            PlanError: the text is no model of this format.
        """
        try:
            whole = json.loads(text)
            if whole["format"] != FORMAT:
                raise PlanError(f"a model of format {whole['format']}; this version reads {FORMAT}")
            return cls(
                plan=_plan(whole),
                learned=tuple(_learned(entry["learned"]) for entry in whole["comparisons"]),
                prior=float(whole["prior"]),
                upper=float(whole["upper"]),
                lower=float(whole["lower"]),
                values={term: Shares(**shares) for term, shares in whole["values"].items()},
                tokens=Shares(**whole["tokens"]),
                about=whole["about"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise PlanError(f"this is no model of linkage: {error}") from error


def _plan(whole: dict[str, object]) -> Plan:
    entries, keys, settings = whole["comparisons"], whole["keys"], whole["plan"]
    if not (isinstance(entries, list) and isinstance(keys, list) and isinstance(settings, dict)):
        raise TypeError("comparisons and keys are lists")
    comparisons = tuple(
        Comparison(entry["name"], tuple(Level(**level) for level in entry["levels"]), entry["by_frequency"])
        for entry in entries
    )
    found = tuple(Key(tuple(key["terms"]), key["rare"]) for key in keys)
    return Plan(comparisons, found, **{**settings, "codes": tuple(settings["codes"])})


def _learned(entry: Mapping[str, object]) -> Learned:
    m, u, pairs = entry["m"], entry["u"], entry["pairs"]
    if not (isinstance(m, list) and isinstance(u, list) and isinstance(pairs, int | float)):
        raise TypeError("m and u are lists")
    return Learned(tuple(m), tuple(u), float(pairs))
