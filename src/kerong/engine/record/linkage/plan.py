"""What is compared and where pairs are looked for: declarations, readable and writable as JSON.

A *term* is a column and what is taken of it, `name:core` or `established_on:year`; see `terms`. A *comparison* is a
list of levels, the first that holds counts; where the sides share no known term there is no evidence. A
*key* puts rows with equal
terms in one block; only pairs of a block are compared.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kerong.engine.record.linkage import kernel

MEASURES: Mapping[str, int] = {
    "equal": kernel.EQUAL,
    "damerau": kernel.DAMERAU,  # at most so many changes
    "jaro_winkler": kernel.JARO_WINKLER,  # at least so alike
    "overlap": kernel.OVERLAP,  # at least this share of the tokens' weight is common
    "contained": kernel.CONTAINED,  # the same, of the lighter side's tokens
    "within": kernel.WITHIN,  # at most so many days, or so much, apart
}


class PlanError(ValueError):
    """A declaration that cannot be used, in one line."""


@dataclass(frozen=True, slots=True)
class Level:
    """A degree of agreement: `measure` of term `of` keeps `bound`; `m` is what is assumed before anything is
    learned."""

    measure: str
    of: str
    bound: float = 0.0
    m: float = 0.1

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise PlanError(f"no measure {self.measure!r}; there are: {', '.join(MEASURES)}")

    @property
    def label(self) -> str:
        """How the level stands in a review queue."""
        sign = {"equal": "", "damerau": f" <= {self.bound:g}", "within": f" <= {self.bound:g}"}
        return f"{self.measure} {self.of}{sign.get(self.measure, f' >= {self.bound:g}')}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Levels from the best down. With `by_frequency` a rare value that is equal weighs more than a common one."""

    name: str
    levels: tuple[Level, ...]
    by_frequency: bool = False

    @property
    def base(self) -> str:
        """The term of its best level, by whose frequency it goes."""
        return self.levels[0].of

    @property
    def columns(self) -> frozenset[str]:
        """Columns that its levels read."""
        return frozenset(level.of.partition(":")[0] for level in self.levels)

    def label(self, level: int) -> str:
        """What a level number says; 0 is no evidence."""
        return "-" if level == 0 else self.levels[level - 1].label if level <= len(self.levels) else "different"


@dataclass(frozen=True, slots=True)
class Key:
    """Rows that agree in all terms meet; with `rare` those that share one of their `rare` rarest tokens of
    one term."""

    terms: tuple[str, ...]
    rare: int = 0

    def __post_init__(self) -> None:
        if not self.terms or (self.rare and len(self.terms) != 1):
            raise PlanError("a key has terms, and one only where it goes by rare tokens")

    @property
    def columns(self) -> frozenset[str]:
        """Columns that it reads."""
        return frozenset(term.partition(":")[0] for term in self.terms)

    @property
    def label(self) -> str:
        """How it stands in a report."""
        return f"{self.rare} rarest of {self.terms[0]}" if self.rare else " + ".join(self.terms)


@dataclass(frozen=True, slots=True)
class Plan:
    """Comparisons and keys.

    A block of more than `block_rows` rows is not compared whole: its rows are sorted by the values of the
    plan's terms and
    each is compared with the `window` that follow. `wrong_bp`: of what is decided to be the same at most
    this share may be
    expected to be wrong. `missed_bp`: at most this share of the expected matches may lie below what is
    reviewed. `margin`:
    bits by which the best must be better than the second best. `name`: the column of the firm's name; a pair whose
    names contradict is the same only if one of the comparisons `codes` is equal.
    """

    comparisons: tuple[Comparison, ...]
    keys: tuple[Key, ...]
    block_rows: int = 400
    window: int = 20
    wrong_bp: int = 50
    missed_bp: int = 100
    margin: float = 3.0
    name: str | None = None
    codes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [comparison.name for comparison in self.comparisons]
        if not names or not self.keys or len(set(names)) != len(names):
            raise PlanError("a plan needs comparisons, each with a name of its own, and keys")
        if len(names) > 24:
            raise PlanError("a plan has at most 24 comparisons")

    @property
    def naming(self) -> tuple[int, ...]:
        """The comparisons that read nothing but the name, by number."""
        return tuple(c for c, one in enumerate(self.comparisons) if one.columns == {self.name})

    @property
    def terms(self) -> tuple[str, ...]:
        """Every term that is read, sorted."""
        read = {level.of for comparison in self.comparisons for level in comparison.levels}
        return tuple(sorted(read | {term for key in self.keys for term in key.terms}))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read, in the order of the comparisons."""
        named = [level.of for comparison in self.comparisons for level in comparison.levels]
        named += [term for key in self.keys for term in key.terms]
        return tuple(dict.fromkeys(term.partition(":")[0] for term in named))


def comparison(name: str, levels: Iterable[str], by_frequency: bool = False) -> Comparison:
    """A comparison from lines such as `equal name:core @0.7` or `jaro_winkler name:core >= 0.9 @0.1`.

    What follows `@` is the share of true pairs at that level that is assumed before anything is learned.

    Raises:
        PlanError: a line of another form.
    """
    return Comparison(name, tuple(_level(line) for line in levels), by_frequency)


def _level(line: str) -> Level:
    words, _, assumed = line.partition("@")
    match words.split():
        case [measure, of]:
            bound = 0.0
        case [measure, of, ">=" | "<=", text]:
            bound = float(text)
        case _:
            raise PlanError(f"{line!r} is no level; write “equal name” or “damerau name <= 1”")
    return Level(measure, of, bound, float(assumed) if assumed else 0.1)
