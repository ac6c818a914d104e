"""How much a pack holds: rules, limits, waterfalls, pools, cases, figures, and numbers that we had to choose."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kerong.rulebook.content import Formula, Group, Measure, Rule, Rulebook
from kerong.rulebook.pools import Pool
from kerong.rulebook.published_checks import all_checked
from kerong.rulebook.said import Parameter
from kerong.rulebook.waterfalls import Waterfall


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of a pack. `limits` are caps of one rule and groups of several, `numbers` dated values of parameters.

    `cells` are the numbers of lists; `agrees`, `differs` and `cannot_be_derived` count checks by outcome.
    """

    rules: int
    limits: int
    waterfalls: int
    pools: int
    cases: int
    numbers: int
    assumed: int
    figures: int
    cells: int
    agrees: int
    differs: int
    cannot_be_derived: int
    errors: int
    arrangements: int
    not_expressed: int


def counted(book: Rulebook, files: Collection[str]) -> Counts:
    """What stands in `files` of a pack: all of them, or those that it does not have from its base."""
    rules = [rule for rule in book.rules.values() if rule.place.file in files]
    groups = [group for group in book.groups.values() if group.place.file in files]
    waterfalls = [one for one in book.waterfalls.values() if one.place.file in files]
    pools = [one for one in book.pools.values() if one.place.file in files]
    decided: list[Rule | Group | Waterfall | Pool] = [*rules, *groups, *waterfalls, *pools]
    named: list[Formula | Measure] = [
        *(formula for formula in book.formulas.values() if formula.place.file in files),
        *(measure for measure in book.measures.values() if measure.place.file in files),
    ]
    chosen = [one.parameters for one in decided if one.source.status == "assumed"]
    said = [one.parameters for one in decided if one.source.status != "assumed"]
    # formulas of one file share its parameters: each file's count once
    said += list({one.place.file: one.parameters for one in named}.values())
    published = book.published
    checks = [one.outcome for one in all_checked(published) if one.check.place.file in files]
    return Counts(
        rules=len(rules),
        limits=sum(len(rule.limits) for rule in rules) + len(groups),
        waterfalls=len(waterfalls),
        pools=len(pools),
        cases=sum(len(one.cases) for one in decided),
        numbers=_values(chosen) + _values(said),
        assumed=_values(chosen) + sum(len(p.assumed) for held in said for p in held.values()),
        figures=sum(one.place.file in files for one in published.figures.values()),
        cells=sum(one.place.file in files for one in published.cells.values()),
        agrees=checks.count("agrees"),
        differs=checks.count("differs"),
        cannot_be_derived=checks.count("cannot_be_derived"),
        errors=sum(one.place.file in files for one in published.errors.values()),
        arrangements=sum(one.place.file in files for one in published.arrangements.values()),
        not_expressed=sum(one.place.file in files for one in published.not_expressed.values()),
    )


def _values(parameters: Collection[Mapping[str, Parameter]]) -> int:
    return sum(len(parameter.values) for held in parameters for parameter in held.values())
