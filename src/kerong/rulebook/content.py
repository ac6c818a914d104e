"""What a region pack says, once it is loaded and checked: plain frozen records without behaviour.

The files that they come from are described in docs/rulebook.md. Expressions are already typed trees.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from kerong.rulebook.alerts import Alert as Alert
from kerong.rulebook.calendars import YearCalendar as YearCalendar
from kerong.rulebook.cards import CardRules as CardRules
from kerong.rulebook.channels import Channel
from kerong.rulebook.facts import Change as Change
from kerong.rulebook.facts import Column as Column
from kerong.rulebook.facts import Delivery as Delivery
from kerong.rulebook.facts import Feed as Feed
from kerong.rulebook.facts import FormerName as FormerName
from kerong.rulebook.facts import Gates as Gates
from kerong.rulebook.facts import Purpose as Purpose
from kerong.rulebook.facts import Register as Register
from kerong.rulebook.facts import Settlement as Settlement
from kerong.rulebook.models import Model as Model
from kerong.rulebook.models import WarnedEvent as WarnedEvent
from kerong.rulebook.networks import Network as Network
from kerong.rulebook.networks import NetworkField as NetworkField
from kerong.rulebook.pools import Pool as Pool
from kerong.rulebook.published import Published
from kerong.rulebook.said import Lang as Lang
from kerong.rulebook.said import Parameter as Parameter
from kerong.rulebook.said import Place as Place
from kerong.rulebook.said import Source as Source
from kerong.rulebook.said import Text as Text
from kerong.rulebook.tree import Node, fields_of
from kerong.rulebook.types import Type
from kerong.rulebook.waterfalls import Waterfall


@dataclass(frozen=True, slots=True)
class District:
    code: str
    title: Text
    at: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Institution:
    """Who pays or offers. `source` says where it is named; None: a kind of institution, or made up."""

    code: str
    kind: str
    title: Text
    source: "Source | None" = None


@dataclass(frozen=True, slots=True)
class Level:
    """A level of government of the region that pays, highest first."""

    code: str
    title: Text


@dataclass(frozen=True, slots=True)
class Region:
    """The pack's own sheet: districts, institutions, grades, weights, where enterprises come from.

    `words`: titles of the region's own codes by family ("stage", "dimension", "industry"). `method`: one of
    SCORE_METHODS; `mix_bp` is the share of the given weights that an objective method keeps.
    """

    name: str
    title: Text
    currency: str
    default_on: date
    enterprise_from: tuple[str, ...]
    provides: Mapping[str, tuple[tuple[str, str], ...]]
    districts: tuple[District, ...] = ()
    institutions: tuple[Institution, ...] = ()
    grades: tuple[tuple[str, int], ...] = ()
    stage: str | None = None
    group: str | None = None
    weights: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: MappingProxyType({}))
    words: Mapping[str, Mapping[str, Text]] = field(default_factory=lambda: MappingProxyType({}))
    levels: tuple[Level, ...] = ()
    settle: Mapping[str, Settlement] = field(default_factory=lambda: MappingProxyType({}))
    method: str = "given"
    mix_bp: int = 0


@dataclass(frozen=True, slots=True)
class Measure:
    """An aggregate over a register's rows, one value per enterprise.

    `better`: whether "more", "less" or the "middle" is better for the firm, or "neither"; `unit` is shown after it.
    """

    name: str
    title: Text
    over: str
    aggregate: str
    value: Node | None
    by: Node | None
    where: Node | None
    window: str
    skip: str | None
    at_least: int | None
    type: Type
    place: Place
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: MappingProxyType({}))
    change: Change | None = None
    unit: str | None = None
    better: str | None = None
    meaning: Text | None = None


@dataclass(frozen=True, slots=True)
class Formula:
    """A named column: of an enterprise, or of a register's rows where `per` names one.

    `round` says how an exact amount becomes whole fen.
    """

    name: str
    title: Text
    value: Node
    type: Type
    parameters: Mapping[str, Parameter]
    place: Place
    round: str = "down"
    per: str = "enterprise"
    change: Change | None = None
    unit: str | None = None
    better: str | None = None
    meaning: Text | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """One of the indicators of the innovation index. `change`: how a firm raises it, its own or that of its field."""

    name: str
    dimension: str
    title: Text
    value: Node
    better: str
    weight: int
    place: Place
    best: float | None = None
    fixed: tuple[float, float] | None = None
    needs: tuple[str, ...] = ()
    meaning: Text | None = None
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of a rule; clauses count from 1."""

    condition: Node
    text: str
    title: Text
    evidence: Text | None
    place: Place


@dataclass(frozen=True, slots=True)
class Amount:
    """What a rule pays; `base` is what it is a part of, and `fen` may name it as `base`."""

    fen: Node
    round: str
    to: str
    payee: Node | None
    base: Node | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A cap of one rule. `years` are the first and last year that count; None: all."""

    name: str
    scope: str
    fen: Node
    share: str
    year: Node | None
    years: tuple[int, int] | None = None
    priority: Node | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A worked example that proves a rule.

    `by` is the clause of the source that the expected amount rests on, `working` its arithmetic in fen, a line for each
    expected amount.
    """

    title: str
    on: date
    given: Mapping[str, object]
    rows: tuple[Mapping[str, object], ...]
    expect: Mapping[str, object]
    budget: int | None
    place: Place
    by: str | None = None
    working: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupCase:
    """A worked example of a group of rules: claims, what was granted before, and what each claim is awarded."""

    title: str
    on: date
    claims: tuple[Mapping[str, object], ...]
    used: tuple[Mapping[str, object], ...]
    expect: Mapping[str, object]
    place: Place
    by: str | None = None
    working: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """What several rules share: an exclusive choice, a joint cap, or layers on one base (see docs/algorithms/award.md).

    `per` is what the group counts by, `fen` a joint cap (None: the claims' base), `base` (of layers) is gross or left.
    """

    name: str
    kind: Literal["exclusive", "joint", "layers"]
    title: Text
    source: Source
    rules: tuple[str, ...]
    place: Place
    per: str = "enterprise"
    period: Literal["ever", "year"] = "ever"
    choice: Literal["best", "order"] = "best"
    base: Literal["gross", "left"] = "gross"
    fen: Node | None = None
    share: str = "first_come"
    years: tuple[int, int] | None = None
    text: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: MappingProxyType({}))
    cases: tuple[GroupCase, ...] = ()


@dataclass(frozen=True, slots=True)
class Leverage:
    """The money of others that goes with what a rule pays; ratios are compared within one basis only (BASES)."""

    drawn: Node
    basis: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy or a product: conditions, an amount, limits, its offer and its proof."""

    name: str
    kind: str
    title: Text
    per: str
    provider: str | None
    source: Source
    text: str
    summary: Text | None
    clauses: tuple[Clause, ...]
    amount: Amount | None
    limits: tuple[Limit, ...]
    parameters: Mapping[str, Parameter]
    cases: tuple[Case, ...]
    place: Place
    sequence: Node | None = None
    benefit: Node | None = None
    offer: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    fingerprint: tuple[Node, ...] = ()  # what makes the evidence of a claim the same evidence
    accepted: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # findings of lint, and why
    level: str | None = None  # the level of government that pays
    mechanism: str | None = None  # one of MECHANISMS: what it works by
    leverage: Leverage | None = None
    alert: Alert | None = None  # of a rule that warns: how grave, who acts, what it warns of

    @property
    def is_policy(self) -> bool:
        return self.kind in POLICY_KINDS

    @property
    def is_product(self) -> bool:
        return self.kind in PRODUCT_KINDS

    @property
    def is_alert(self) -> bool:
        """Whether it warns: then nothing is offered where it is met."""
        return self.kind in ALERT_KINDS

    @property
    def is_check(self) -> bool:
        """Whether it holds registers against each other: met = they contradict, to be explained; never a verdict."""
        return self.kind in CHECK_KINDS

    @property
    def gives_nothing(self) -> bool:
        """Whether it warns or asks only: nothing is offered, paid or advised where it is met."""
        return self.is_alert or self.is_check


@dataclass(frozen=True, slots=True)
class StatisticColumn:
    name: str
    title: Text
    aggregate: str
    value: Node | None
    type: Type


@dataclass(frozen=True, slots=True)
class Statistic:
    """A regional table: sums over a register by the values of expressions."""

    name: str
    title: Text
    over: str
    by: tuple[tuple[str, Node], ...]
    where: Node | None
    columns: tuple[StatisticColumn, ...]
    place: Place
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: MappingProxyType({}))

    def reads(self) -> set[tuple[str, str]]:
        """The (table, column) pairs that its expressions read."""
        nodes = [self.where, *(node for _, node in self.by), *(column.value for column in self.columns)]
        return {pair for node in nodes if node is not None for pair in fields_of(node)}


POLICY_KINDS = ("subsidy", "reward", "compensation", "recognition", "listing")
PRODUCT_KINDS = ("loan", "guarantee", "insurance", "equity", "lease", "bond")
ALERT_KINDS = ("alert",)
SCORE_METHODS = ("given", "entropy", "critic")  # where the weights of the index come from
CHECK_KINDS = ("check",)
MECHANISMS = (
    "gathering",
    "spreading",
    "information",
    "constraint",
)  # of capital, of risk, of what is known, of conduct
# what the money of others is counted by: never is one of these ranked with another
BASES = ("loan", "guaranteed_loan", "insured_sum", "lease", "bond", "equity_round", "fund_capital", "rd_spending")
PAYEE_KINDS = ("enterprise", "institution", "fund", "person", "contestant")


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A region's whole content. `levels` are names of formulas, each level reading only columns of earlier ones."""

    region: Region
    registers: Mapping[str, Register]
    measures: Mapping[str, Measure]
    formulas: Mapping[str, Formula]
    indicators: Mapping[str, Indicator]
    rules: Mapping[str, Rule]
    statistics: Mapping[str, Statistic]
    levels: tuple[tuple[str, ...], ...]
    texts: Mapping[str, str]
    groups: Mapping[str, Group] = field(default_factory=lambda: MappingProxyType({}))
    row_formulas: Mapping[str, tuple[Formula, ...]] = field(default_factory=lambda: MappingProxyType({}))
    affiliates: Node | None = None  # the text that affiliated enterprises have in common
    waterfalls: Mapping[str, Waterfall] = field(default_factory=lambda: MappingProxyType({}))
    pools: Mapping[str, Pool] = field(default_factory=lambda: MappingProxyType({}))
    published: Published = field(default_factory=Published)
    feeds: Mapping[str, Feed] = field(default_factory=lambda: MappingProxyType({}))
    purposes: Mapping[str, Purpose] = field(default_factory=lambda: MappingProxyType({}))
    networks: Mapping[str, Network] = field(default_factory=lambda: MappingProxyType({}))
    channels: Mapping[str, Channel] = field(default_factory=lambda: MappingProxyType({}))
    models: Mapping[str, Model] = field(default_factory=lambda: MappingProxyType({}))
    cards: Mapping[str, CardRules] = field(default_factory=lambda: MappingProxyType({}))
    watches: Mapping[str, Rule] = field(default_factory=lambda: MappingProxyType({}))  # alerts of rows of statistics
    events: Mapping[str, WarnedEvent] = field(default_factory=lambda: MappingProxyType({}))
    calendars: Mapping[int, YearCalendar] = field(default_factory=lambda: MappingProxyType({}))  # by year, in order

    @property
    def network_fields(self) -> dict[str, NetworkField]:
        """The fields that networks give an enterprise, by name."""
        return {name: given for network in self.networks.values() for name, given in network.fields.items()}
