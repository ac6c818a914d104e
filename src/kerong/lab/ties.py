"""Who holds and who serves in the firms of a city: founders, groups, funds, cross holdings, people with many posts."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.lab.credit_codes import credit_codes
from kerong.lab.registers.capital import equity_round
from kerong.lab.registers.company import company
from kerong.lab.streams import stream
from kerong.lab.window import Dates, Flags, Whole
from kerong.lab.world import World, between, table

WHOLE_BP = 10_000
GROUPS, CROSS, SERIAL = 0.015, 0.004, 0.12  # groups and cross holdings per firm; founders who have another firm already
_STATE, _MOVED = 0.02, 0.06  # firms with a state holder; firms of which a founder sold his share
_SURNAMES = tuple("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗")
_FOREIGN = ("Northmere", "Halvard", "Ostrava", "Kestrel", "Brightwater", "Sundial")

Texts = npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Ties:
    """`holdings`: a row per holder of a firm (firm, holder, holder_kind, holder_name, share_bp, from_on, until_on).

    `founder` is the person who leads each firm and `person` the ids of all persons, of whom the first are founders.
    `structures` is the truth: kind (group, cross_holding), its number and its firms.
    """

    holdings: pl.DataFrame
    founder: Whole
    person: Texts
    structures: pl.DataFrame


@lru_cache(maxsize=1)
def draw_ties(world: World) -> Ties:
    """Ties of the city, from the stream "ties"; its registers draw them alike, so the last city's are kept."""
    rng = stream(world.seed, "ties")
    count = len(world.firms)
    person = _person_ids(rng, 4 * count + 40)
    founder = _founders(rng, count)
    groups = _groups(world, rng)
    cross = _cross(count, rng, groups)
    tops = groups.group_by("structure", maintain_order=True).agg(pl.col("holder_firm").first())
    lead = groups.join(tops, on="structure", maintain_order="left", suffix="_top")
    founder[lead["firm"].to_numpy()] = founder[lead["holder_firm_top"].to_numpy()]
    others = pl.concat([_by_firms(world, groups), _by_firms(world, cross), *_outsiders(world, rng)])
    others = _within(others, count)
    holdings = pl.concat([others, _founding(world, rng, others, founder, person)]).sort("firm", "holder", "from_on")
    truth = [("group", groups), ("cross_holding", cross)]
    members = [
        pl.concat([ties.select("structure", "firm"), ties.select("structure", firm=pl.col("holder_firm"))])
        .unique()
        .sort("structure", "firm")
        .select(pl.lit(kind).alias("kind"), "structure", "firm")
        for kind, ties in truth
    ]
    return Ties(holdings, founder, person, pl.concat(members))


def masked(person: Whole) -> Texts:
    """Names of persons as offices show them: the surname, and a star for each other character."""
    names = [_SURNAMES[number % len(_SURNAMES)] + "*" * (1 + number % 2) for number in person.tolist()]
    return np.array(names, dtype="U3")


def _person_ids(rng: np.random.Generator, count: int) -> Texts:
    numbers = pl.Series(rng.permutation(count * 7)[:count]).cast(pl.String).str.zfill(8)
    return np.asarray(("R" + numbers).to_numpy().astype("U"))


def _founders(rng: np.random.Generator, count: int) -> Whole:
    """The leading founder of each firm: mostly nobody else's, now and then one of a firm further up."""
    own = np.arange(count)
    again = np.floor(rng.random(count) * own).astype(np.int64)
    return np.where((rng.random(count) < SERIAL) & (own > 0), again, own)


def _groups(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Chains of majorities under a large old firm: structure, firm, holder_firm, share_bp. A firm is in one group."""
    firms = world.firms
    count = len(firms)
    heads = np.argsort(-(np.log(firms.size) + rng.normal(size=count)), kind="stable")[: round(GROUPS * count)]
    free = np.setdiff1d(np.arange(count), heads)
    free = rng.permutation(free)
    parts, taken = [], 0
    for number, head in enumerate(heads.tolist()):
        size = int(rng.integers(2, 8))
        members = [head, *free[taken : taken + size].tolist()]
        taken += size
        # a member is held by the head or by a member before it, so that no chain runs in a ring
        place = [int(rng.integers(0, min(turn, 3))) for turn in range(1, len(members))]
        parts.append(
            {
                "structure": np.full(len(place), number),
                "firm": np.array(members[1:], dtype=np.int64),
                "holder_firm": np.array([members[at] for at in place], dtype=np.int64),
                "share_bp": rng.choice((5100, 6000, 7000, 8000, 10_000), len(place)).astype(np.int64),
            }
        )
    return _edges(parts)


def _cross(count: int, rng: np.random.Generator, groups: pl.DataFrame) -> pl.DataFrame:
    """Rings of two or three firms outside groups that hold a little of each other."""
    grouped = pl.concat([groups["firm"], groups["holder_firm"]]).unique().to_numpy()
    free = rng.permutation(np.setdiff1d(np.arange(count), grouped))
    parts = []
    for number in range(min(round(CROSS * count), len(free) // 3)):
        ring = free[3 * number : 3 * number + int(rng.integers(2, 4))]
        shares = rng.integers(3, 20, len(ring)) * 100
        parts.append(
            {
                "structure": np.full(len(ring), number),
                "firm": ring.astype(np.int64),
                "holder_firm": np.roll(ring, 1).astype(np.int64),
                "share_bp": shares.astype(np.int64),
            }
        )
    return _edges(parts)


def _edges(parts: list[dict[str, Whole]]) -> pl.DataFrame:
    names = ("structure", "firm", "holder_firm", "share_bp")
    none = np.empty(0, dtype=np.int64)
    return table({name: np.concatenate([none, *(part[name] for part in parts)]) for name in names})


def _by_firms(world: World, edges: pl.DataFrame) -> pl.DataFrame:
    firm, holder = edges["firm"].to_numpy(), edges["holder_firm"].to_numpy()
    since = np.maximum(world.firms.established[firm], world.firms.established[holder])
    names = pl.Series(world.firms.name, dtype=pl.String).gather(holder)
    return _rows(firm, world.firms.code[holder], "enterprise", names, edges["share_bp"].to_numpy(), since)


def _outsiders(world: World, rng: np.random.Generator) -> list[pl.DataFrame]:
    """Investors of equity rounds, the city's own holding of some firms, owners abroad of foreign companies."""
    rounds = equity_round(world, stream(world.seed, "equity_round"))
    share = (rounds["paid_in_fen"] * WHOLE_BP // rounds["valuation_fen"]).to_numpy()
    code_of = dict(zip(world.funds.institution.tolist(), world.funds.code.tolist(), strict=True))
    name_of = dict(zip(world.funds.institution.tolist(), world.funds.name, strict=True))
    outside = sorted(set(rounds["investor"].to_list()))
    strangers = dict(zip(outside, credit_codes(rng, np.full(len(outside), "110000")).tolist(), strict=True))
    investors = list(zip(rounds["institution"].to_list(), rounds["investor"].to_list(), strict=True))
    codes = np.array([code_of.get(own or "", strangers[named]) for own, named in investors], dtype="U18")
    names = pl.Series([name_of.get(own or "", named) for own, named in investors], dtype=pl.String)
    firm = rounds["firm"].to_numpy()
    by_funds = _rows(firm, codes, "fund", names, share, rounds["closed_on"].to_numpy())
    owned = np.flatnonzero(rng.random(len(world.firms)) < _STATE)
    holding = credit_codes(rng, np.array([world.places.districts[0]]))[0]
    state = pl.Series([f"{world.places.city}国有资本运营集团有限公司"] * len(owned), dtype=pl.String)
    by_state = _rows(
        owned,
        np.full(len(owned), holding),
        "state",
        state,
        rng.integers(5, 52, len(owned)) * 100,
        world.firms.established[owned],
    )
    register = company(world, stream(world.seed, "company")).filter(pl.col("kind") == "foreign")
    foreign = register["firm"].unique().sort().to_numpy()
    owner = np.array([f"{_FOREIGN[row % len(_FOREIGN)]} Holdings" for row in foreign.tolist()], dtype="U32")
    by_foreign = _rows(
        foreign,
        np.array([f"F{row:07d}" for row in foreign.tolist()], dtype="U8"),
        "foreign",
        pl.Series(owner.tolist(), dtype=pl.String),
        rng.integers(25, 96, len(foreign)) * 100,
        world.firms.established[foreign],
    )
    return [by_funds, by_state, by_foreign]


def _rows(firm: Whole, holder: Texts, kind: str, name: pl.Series, share_bp: Whole, since: Dates) -> pl.DataFrame:
    rows = table(
        {
            "firm": firm.astype(np.int64),
            "holder": holder,
            "holder_kind": np.full(len(firm), kind),
            "holder_name": name,
            "share_bp": share_bp.astype(np.int64),
            "from_on": since,
            "until_on": np.full(len(firm), np.datetime64("NaT"), dtype="M8[D]"),
        }
    )
    return rows.filter(pl.col("share_bp") > 0)


def _within(rows: pl.DataFrame, count: int) -> pl.DataFrame:
    """One row per firm and holder; what would pass the whole is not taken, first come first served."""
    once = rows.group_by("firm", "holder", maintain_order=True).agg(
        pl.col("holder_kind", "holder_name").first(),
        pl.col("share_bp").sum(),
        pl.col("from_on").min(),
        pl.col("until_on").first(),
    )
    left = [WHOLE_BP] * count
    kept = []
    for firm, share in once.select("firm", "share_bp").iter_rows():
        fits = share <= left[firm]
        left[firm] -= share if fits else 0
        kept.append(fits)
    return once.filter(pl.Series(kept, dtype=pl.Boolean)).select(rows.columns)


def _founding(world: World, rng: np.random.Generator, others: pl.DataFrame, lead: Whole, person: Texts) -> pl.DataFrame:
    """The rest of each firm in the hands of one to three persons; now and then one bought his share of another."""
    firms = world.firms
    count = len(firms)
    left = np.full(count, WHOLE_BP)
    np.subtract.at(left, others["firm"].to_numpy(), others["share_bp"].to_numpy())
    held = np.where(left > 0, np.where(left < 600, 1, rng.integers(1, 4, count)), 0)
    firm = np.repeat(np.arange(count), held)
    turn = np.arange(len(firm)) - np.repeat(np.cumsum(held) - held, held)
    number = np.where(turn == 0, lead[firm], count + 2 * firm + turn - 1)
    weight = np.where(turn == 0, 1.0, rng.uniform(0.1, 0.6, len(firm)))
    share = np.floor(left[firm] * weight / np.bincount(firm, weights=weight, minlength=count)[firm]).astype(np.int64)
    share[turn == 0] += (left - np.bincount(firm, weights=share, minlength=count).astype(np.int64))[firm[turn == 0]]
    since: Dates = firms.established[firm].astype("M8[D]")
    rows = _persons(firm, number, person, share, since)
    sold: Flags = (rng.random(len(firm)) < _MOVED / 2) & (turn > 0)
    end = np.where(np.isnat(firms.closed[firm]), world.window.day, firms.closed[firm])
    soonest: Dates = (since + np.timedelta64(200, "D")).astype("M8[D]")
    day = between(rng, soonest, (end - np.timedelta64(30, "D")).astype("M8[D]"))
    sold &= (day > soonest) & (day < end)
    before = _persons(firm[sold], 3 * count + firm[sold], person, share[sold], since[sold])
    moved = table({"day": day, "sold": sold})
    now = rows.with_columns(from_on=pl.when(moved["sold"]).then(moved["day"]).otherwise("from_on"))
    return pl.concat([now, before.with_columns(until_on=moved.filter("sold")["day"])])


def _persons(firm: Whole, number: Whole, person: Texts, share: Whole, since: Dates) -> pl.DataFrame:
    names = pl.Series(masked(number).tolist(), dtype=pl.String)
    return _rows(firm, person[number], "person", names, share, since)
