"""All claims by group: what `kerong bench NAME` measures."""

import os
from collections.abc import Mapping

from bench.city import city
from bench.claims import Claim, Program, Target
from bench.programs import cities, invoiced, scores
from bench.programs.reading import FILE
from bench.reading import invoices

FIRMS_MANY = 100_000
ROWS = "1000000"
GIGABYTES = float(os.environ.get("KERONG_BENCH_GB", "0.2"))  # `kerong bench reading --gb 2` is the claim

HOUSE = (
    Claim(
        name="3,000 firms from CSV to a run",
        ours=Program("kerong assess", "bench.programs.house:assess", ("3000",)),
        target=Target(seconds=5),
        prepare=lambda scratch: cities.registers(scratch, 3_000),
    ),
    Claim(
        name="100,000 firms x 40 indicators x 60 rules from CSV to a run",
        ours=Program("kerong assess", "bench.programs.house:assess", (str(FIRMS_MANY), "60")),
        target=Target(seconds=60, memory_mb=4096),
        prepare=lambda scratch: cities.registers(scratch, FIRMS_MANY),
    ),
    Claim(
        name="10,000 firms: a reform of two rules compared, at most twice the time of a run",
        ours=Program("kerong rules compare", "bench.programs.comparing:compare", ("10000",)),
        peer=Program("kerong assess", "bench.programs.comparing:assess", ("10000",)),
        target=Target(times=0.5),
        prepare=lambda scratch: cities.registers(scratch, 10_000),
    ),
    Claim(
        name="slowest page at 100,000 firms, warm server",
        ours=Program("portal", "bench.programs.portal:slowest_page", (str(FIRMS_MANY),)),
        target=Target(seconds=0.3),
        prepare=lambda scratch: cities.published(scratch, FIRMS_MANY),
    ),
)
RULEBOOK = (
    Claim(
        name="1,000,000 firms x 5 policies: verdicts, deciding clauses and amounts",
        ours=Program("kerong.engine.entitle", "bench.programs.rulebook:amounts", (ROWS,), warm=1),
        peer=Program("openfisca-core, amounts only", "bench.peers.openfisca:amounts", (ROWS,), warm=1),
        target=Target(times=4),
        tolerance=1e-4,
    ),
    Claim(
        name="1,000,000 firms x 200 policies: verdicts, deciding clauses and amounts",
        ours=Program("kerong.engine.entitle", "bench.programs.rulebook:amounts", (ROWS, "200")),
        peer=Program("openfisca-core, amounts only", "bench.peers.openfisca:amounts", (ROWS, "200")),
        target=Target(seconds=2, memory_mb=2048, times=10),
        tolerance=1e-4,
    ),
    Claim(
        name="1,000,000 firms x 5 policies: the whole table of verdicts",
        ours=Program("kerong.engine.entitle", "bench.programs.rulebook:verdicts", (ROWS,), warm=1),
        peer=Program("openfisca-core, amounts only", "bench.peers.openfisca:amounts", (ROWS,), warm=1),
        target=Target(seconds=5),
        tolerance=1e-4,
    ),
    Claim(
        name="one firm x 500 rules x 4 clauses, explained: value, threshold, margin and outcome of each comparison",
        ours=Program("kerong.engine.entitle.explain", "bench.programs.explaining:one_firm", ("500",), warm=1),
        target=Target(seconds=0.005),
    ),
    Claim(
        name="1,000 rule files of 5 kB: read, parsed, checked",
        ours=Program("kerong.rulebook.load", "bench.programs.loading:rulebook", ("1000",)),
        target=Target(seconds=2),
    ),
)
# The peers: one set of entropy weights, one number per firm (TOPSIS on least and greatest); they hold nothing but the
# values and know no ids, groups, stages, unknown. The first two claims are as near to that as ours comes: bounds within
# 20 industries (of the 18 indicators of the sheet that have no fixed ones), weights for each of four stages and for
# all, whole points of every firm, what they could reach and coverage; texts coded and ids compared within the time.
# The next two do all that a run does: points of 40 indicators in a column each, grades, and places in all, in district
# and industry with the best and worst that is possible; beside peers that do none of it they have no target. Only the
# number of scored firms is compared. The loops are compiled and loaded in the warm round.
SCORES = (
    Claim(
        name="1,000,000 x 40: entropy weights per stage, bounds per industry, points of every firm; pymcdm",
        ours=Program("kerong.engine.score", "bench.programs.scores:points", (ROWS, "entropy"), warm=1),
        peer=Program("pymcdm, entropy + TOPSIS", "bench.peers.mcdm:topsis", (ROWS, "40")),
        target=Target(times=50),
    ),
    Claim(
        name="the same, beside plain Polars",
        ours=Program("kerong.engine.score", "bench.programs.scores:points", (ROWS, "entropy"), warm=1),
        peer=Program("polars, entropy + TOPSIS", "bench.peers.plain_polars:topsis", (ROWS, "40"), warm=1),
        target=Target(times=2),
    ),
    Claim(
        name="and 40 columns of points, grades, ranks, standing: all of a run, beside pymcdm's one number",
        ours=Program("kerong.engine.score", "bench.programs.scores:index", (ROWS, "entropy"), warm=1),
        peer=Program("pymcdm, entropy + TOPSIS", "bench.peers.mcdm:topsis", (ROWS, "40")),
        target=Target(),
    ),
    Claim(
        name="the same, beside plain Polars' one number",
        ours=Program("kerong.engine.score", "bench.programs.scores:index", (ROWS, "entropy"), warm=1),
        peer=Program("polars, entropy + TOPSIS", "bench.peers.plain_polars:topsis", (ROWS, "40"), warm=1),
        target=Target(),
    ),
    Claim(
        name="a city of 100,000 scored again with its scale: values from the record, points, standing",
        ours=Program("kerong.engine.score", "bench.programs.scores:rescored", ("100000",)),
        target=Target(seconds=10),
        prepare=scores.city,
    ),
)
RECORD = (
    Claim(
        name="10,000 firms: registers on disk to one row per enterprise",
        ours=Program("kerong.engine.record", "bench.programs.record:enterprises", ("10000",)),
        target=Target(seconds=10),
        prepare=lambda scratch: cities.registers(scratch, 10_000),
    ),
)
CITY_FIRMS, CITY_ROWS = 100_000, 20_000_000
CITY = (
    Claim(
        # 33 m rows of 42 registers; that they are received is the next claim
        name="100,000 firms, twelve months of invoices (20 m rows): from an archive to 195 measures and all networks",
        ours=Program("kerong.engine.record", "bench.programs.invoiced:measured", (str(CITY_FIRMS), str(CITY_ROWS))),
        target=Target(seconds=120, memory_mb=6144),
        prepare=lambda scratch: invoiced.archived(scratch, CITY_FIRMS, CITY_ROWS),
        rounds=3,
    ),
    Claim(
        name="the same city's files, 33 m rows: received into an archive, every cell checked, every batch judged",
        ours=Program("kerong data import", "bench.programs.invoiced:received", (str(CITY_FIRMS), str(CITY_ROWS))),
        target=Target(memory_mb=6144),
        prepare=lambda scratch: city(scratch, CITY_FIRMS, CITY_ROWS),
        rounds=1,
    ),
)
MONEY = (
    Claim(
        # the kernel is compiled in the warm round, once in a process
        name="1,000,000 claims under caps per claim, per enterprise and year, per bank and year, and a budget",
        ours=Program("kerong.engine.award", "bench.programs.awards:limited", (ROWS,), warm=1),
        target=Target(seconds=1),
    ),
    Claim(
        # the peer is written for this one waterfall, knows no unknown and no error: it is the floor
        name="100,000 loans x a waterfall of four layers: every part, cut and error",
        ours=Program("kerong.engine.money", "bench.programs.waterfalls:parted", ("100000",)),
        peer=Program("numpy, by hand", "bench.peers.by_hand:parted", ("100000",)),
        target=Target(seconds=1),
    ),
    Claim(
        name="1,000,000 transfers in 40 books replayed: every balance, every breach",
        ours=Program("kerong.engine.money.ledger", "bench.programs.ledger:replay", (ROWS,)),
        target=Target(seconds=30),
    ),
)
LEDGER = (
    Claim(
        # the peer sends, on a copy of the database, what the service sent: the floor of any service
        name="4,000 transfers posted by eight writers, each on a book of his own",
        ours=Program("ledger_post on PostgreSQL", "bench.programs.posting:service", ("8",)),
        peer=Program("the same SQL through psycopg", "bench.programs.posting:raw", ("8",)),
        target=Target(times=0.5),
    ),
    Claim(
        name="the same, all on one hot account",
        ours=Program("ledger_post on PostgreSQL", "bench.programs.posting:service", ("1",)),
        peer=Program("the same SQL through psycopg", "bench.programs.posting:raw", ("1",)),
        target=Target(times=0.5),
    ),
)
POOL = (
    Claim(
        name="100,000 claims on a pool: a waterfall of four layers, caps per loan, firm, bank and year, the balance",
        ours=Program("kerong.engine.money.pool", "bench.programs.pools:answered", ("100000",)),
        target=Target(seconds=1),
    ),
)
NETWORKS = (
    Claim(
        name="1,000,000 nodes, 2,000,000 edges: weak and strong components",
        ours=Program("kerong.engine.record.network", "bench.programs.networks:components", (ROWS,), warm=1),
        peer=Program("scipy.sparse.csgraph", "bench.peers.csgraph:components", (ROWS,), warm=1),
        target=Target(times=1 / 1.5),
    ),
    Claim(
        name="the same from ids of eighteen characters",
        ours=Program("kerong.engine.record.network", "bench.programs.networks:from_ids", (ROWS,), warm=1),
        peer=Program("polars + scipy.sparse.csgraph", "bench.peers.csgraph:from_ids", (ROWS,), warm=1),
        target=Target(times=1 / 1.5),
    ),
)
LINKING = (
    Claim(
        name="1,000,000 firms by name and a code that half of them lack: learned, linked, decided",
        ours=Program("kerong.engine.record.linkage", "bench.programs.linking:linked", (ROWS,)),
        target=Target(seconds=90, memory_mb=6144),
    ),
    Claim(
        # the peers find pairs above a probability or a distance; how well each does is told by bench.programs.linking
        name="100,000 firms by name and code, beside splink",
        ours=Program("kerong.engine.record.linkage", "bench.programs.linking:linked", ("100000",)),
        peer=Program("splink 5 on DuckDB", "bench.peers.linkage:splink", ("100000",)),
        target=Target(times=1),
    ),
    Claim(
        name="100,000 firms by name and code, beside exact keys and a distance of one",
        ours=Program("kerong.engine.record.linkage", "bench.programs.linking:linked", ("100000",)),
        peer=Program("rapidfuzz and pandas", "bench.peers.linkage:rapidfuzz", ("100000",)),
        target=Target(times=0.2),
    ),
)
READING = (
    Claim(
        name=f"{GIGABYTES:g} GB of invoices in CSV: hashed, decoded, every cell read and checked, written as Parquet",
        ours=Program("kerong.store.stream", "bench.programs.reading:imported"),
        # the same bytes and the same compression; types are inferred, nothing is checked
        peer=Program("polars scan_csv, sink_parquet", "bench.programs.reading:polars"),
        target=Target(memory_mb=1000, times=0.8),
        prepare=lambda scratch: invoices(scratch / FILE, GIGABYTES),
    ),
)
PEOPLE, LINES = "900000", "60"
CARDS = (
    Claim(
        # both sides begin with columns in memory (ours: a Polars frame with nulls, theirs: a pandas frame with NaN) and
        # end with one number per row; the cards were fitted on 100,000 rows
        name="900,000 people x 60 characteristics read by a scorecard: points",
        ours=Program("kerong.engine.score.card", "bench.programs.cards:points", (PEOPLE, LINES), warm=1),
        peer=Program("optbinning Scorecard.score", "bench.peers.scorecards:score", (PEOPLE, LINES)),
        target=Target(times=20),
    ),
    Claim(
        # ours alone gives intervals, coverage, probabilities, the points of every line and reasons
        name="the same with interval, coverage, probability, the points of every line and reasons",
        ours=Program("kerong.engine.score.card", "bench.programs.cards:scores", (PEOPLE, LINES), warm=1),
        peer=Program("optbinning Scorecard.score", "bench.peers.scorecards:score", (PEOPLE, LINES)),
        target=Target(times=1),
    ),
    Claim(
        # the peer's round fails where our card has less information value or a smaller area under the curve
        name="900,000 people x 60 characteristics: a scorecard fitted, no less told",
        ours=Program("kerong.engine.score.card", "bench.programs.cards:fit", (PEOPLE, LINES)),
        peer=Program("optbinning Scorecard.fit", "bench.peers.scorecards:fit", (PEOPLE, LINES)),
        target=Target(times=1),
    ),
)
GROUPS: Mapping[str, tuple[Claim, ...]] = {
    "house": HOUSE,
    "rulebook": RULEBOOK,
    "record": RECORD,
    "city": CITY,
    "reading": READING,
    "scores": SCORES,
    "cards": CARDS,
    "money": MONEY,
    "pool": POOL,
    "ledger": LEDGER,
    "linking": LINKING,
    "networks": NETWORKS,
}


def claims_of(name: str) -> tuple[Claim, ...]:
    """The claims of a group, or of all groups for "all"; raises KeyError for a name that is neither."""
    if name == "all":
        return tuple(claim for group in GROUPS.values() for claim in group)
    return GROUPS[name]
