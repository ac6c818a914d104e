"""What stewards decided of the record: whose a doubtful row is, and which statement of a field counts.

A decision goes before the rule. What contradicts another decision decides nothing, and is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import polars as pl

from kerong.engine.problems import problems

IDENTITY = pl.Schema(
    {
        "left_id": pl.String(),  # how rows name their firm: the key of a name, STATE-NAME, a code or an old number
        "right_id": pl.String(),  # the enterprise
        "decision": pl.String(),  # "same" or "different"
        "by": pl.String(),
        "at": pl.Datetime("us"),
    }
)
SETTLEMENTS = pl.Schema(
    {
        "enterprise_id": pl.String(),
        "field": pl.String(),
        "value": pl.String(),  # of the statement that counts, as the table of conflicts writes it
        "until": pl.Date(),  # the last day on which it counts; null: for good
        "by": pl.String(),
        "at": pl.Datetime("us"),
    }
)


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions of stewards in their order, as they were known: columns of IDENTITY and of SETTLEMENTS."""

    identity: pl.DataFrame
    settlement: pl.DataFrame


NOTHING_DECIDED = Decided(IDENTITY.to_frame(), SETTLEMENTS.to_frame())


@dataclass(frozen=True, slots=True)
class Pairs:
    """`same`: how rows name a firm -> the enterprise that it is; `different`: such pairs that are not."""

    same: Mapping[str, str] = field(default_factory=dict)
    different: frozenset[tuple[str, str]] = frozenset()

    def named(self, ids: pl.Series) -> pl.Series:
        """The ids, those that were decided as the enterprise that they are."""
        return ids.replace(dict(self.same)) if self.same else ids

    def names_of(self, enterprises: pl.Series) -> pl.Series:
        """The enterprises, and all that was decided to be one of them."""
        held = set(enterprises.to_list())
        also = sorted(left for left, right in self.same.items() if right in held)
        return pl.concat([enterprises, pl.Series(enterprises.name, also, dtype=pl.String)])


NO_PAIRS = Pairs()


def pairs(identity: pl.DataFrame) -> tuple[Pairs, pl.DataFrame]:
    """What holds of the pairs that were decided, and the contradictions among them.

    Of one steward the latest decision on a pair counts; two stewards of different opinion, and one that is said to be
    two enterprises, decide nothing. What is the same is handed on: A is B and B is C, so A is C; a circle is none.
    """
    if not identity.height:
        return NO_PAIRS, problems()
    from kerong.engine.record.linkage.decisions import settled  # compiled loops: only where needed

    found = settled(identity, one_left=True, one_right=False, one_table=False)
    said = {
        verdict: [(left, right) for left, right, one in found.verdicts.iter_rows() if one == verdict]
        for verdict in ("same", "different")
    }
    named = dict(said["same"])
    same, circles = {}, []
    for left in sorted(named):
        seen, end = {left}, named[left]
        while end in named and end not in seen:
            seen.add(end)
            end = named[end]
        if end in seen:
            circles.append(left)
        else:
            same[left] = end
    told = problems(
        {
            "stage": "record",
            "kind": "decisions_name_each_other",
            "severity": "noted",
            "enterprise_id": left,
            "value": f"{left} = {named[left]}"[:80],
        }
        for left in circles
    )
    return Pairs(MappingProxyType(same), frozenset(said["different"])), pl.concat([found.problems, told])


def chosen(settlement: pl.DataFrame, field: str, on: date) -> pl.DataFrame:
    """Of one field the choices that count on a day, the last of each enterprise: enterprise_id, value, by, at."""
    own = settlement.filter((pl.col("field") == field) & (pl.col("until").is_null() | (pl.col("until") >= on)))
    last = own.unique("enterprise_id", keep="last", maintain_order=True)
    return last.select("enterprise_id", "value", "by", "at")
