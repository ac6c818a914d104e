"""The parts of the report on systems that tell of money: instruments, who pays, leverage, mechanisms."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kerong.lab.comparison.words import PAYEES
from kerong.lab.page.markup import LANGS, Column, amount, chart, count, said, section, table, titled
from kerong.lab.systems.sections import BAR, SYSTEM, by_system
from kerong.lab.systems.words import BASES, INSTRUMENTS, MECHANISMS

Figures = Mapping[str, Any]


def instruments(found: Figures) -> str:
    """Public money of policies by kind, and what products offer at most."""
    systems, currency = found["systems"], found["currency"]
    tables = []
    for is_public, title in ((True, ("政策支出", "Public money")), (False, ("产品额度", "What products offer"))):
        kinds = [kind for kind in INSTRUMENTS if any(_of(line, kind, is_public) for line in systems)]
        rows = []
        for kind in kinds:
            lines = [_of(line, kind, is_public) for line in systems]
            cells = [amount(line["awarded_fen"], currency) if line else "—" for line in lines]
            rows.append([said(*INSTRUMENTS[kind]), *cells])
        if is_public:
            total = [amount(line["public"]["spent_fen"], currency) for line in systems]
            rows.append([f"<b>{said('合计', 'In all')}</b>", *total])
        tables.append(f"<h3>{said(*title)}</h3>{table([Column('工具', 'Instrument'), *by_system(found)], rows)}")
    picture = chart("instruments", "各制度政策支出", "Public money by instrument", 70 + BAR * len(systems))
    lead = said(
        "上表是财政支出；下表是产品最多能提供的额度，是银行、保险、基金等的资金，不是财政支出，两者不相加；其中政府基金的股权列在下方“出资”。",
        "Public money is spent by policies. What products offer at most is money of banks, insurers and funds: it is "
        "no public cost, and the two are not added. Stakes of public funds are shown below as placed.",
    )
    return section("instruments", said("钱走哪种工具", "Money by instrument"), picture, *tables, lead=lead)


def _of(line: Figures, kind: str, is_public: bool) -> Figures | None:
    return next((one for one in line["instruments"] if one["kind"] == kind and one["is_public"] == is_public), None)


def costs(found: Figures) -> str:
    """Who pays and who is paid."""
    currency = found["currency"]
    kinds = [kind for kind in PAYEES if any(line["public"]["by_payee"].get(kind) for line in found["systems"])]
    payees = table(
        [SYSTEM, *(Column(*PAYEES[kind]) for kind in kinds)],
        [
            [titled(line["title"]), *(amount(line["public"]["by_payee"][kind], currency) for kind in kinds)]
            for line in found["systems"]
        ],
    )
    columns = [SYSTEM, Column("层级", "Level", number=False), Column("支出", "Spent"), Column("出资", "Placed")]
    levels = table(
        columns,
        [
            [
                titled(line["title"]),
                titled(level["title"]) if level["title"] else said("未区分层级", "no level named"),
                amount(level["spent_fen"], currency),
                amount(level["placed_fen"], currency),
            ]
            for line in found["systems"]
            for level in line["public"]["by_level"]
        ],
    )
    lead = said(
        "支出：政策付出的钱，不再收回。出资：政府基金对企业和子基金最多可投的股权，可能收回。",
        "Spent: paid by policies, and gone. Placed: the stakes that public funds take at most in firms and in other "
        "funds; they may come back.",
    )
    parts = [
        f"<div><h3>{said('谁出钱', 'Who pays')}</h3>{levels}</div>",
        f"<div><h3>{said('付给谁', 'Who is paid')}</h3>{payees}</div>",
    ]
    return section("costs", said("公共成本", "Public cost"), f'<div class="two">{"".join(parts)}</div>', lead=lead)


def leverage(found: Figures) -> str:
    """For each basis the systems in order; a basis is never ranked with another."""
    titles, currency = {line["name"]: line["title"] for line in found["systems"]}, found["currency"]
    parts = []
    for basis, lines in found["ranked"].items():
        zh, en = BASES[basis]
        columns = [SYSTEM, Column("公共资金", "Public"), Column("他人资金", "Of others"), Column("倍数", "Ratio")]
        rows = [
            [
                titled(titles[line["system"]]),
                amount(line["public_fen"], currency),
                amount(line["drawn_fen"], currency),
                f'<span class="num">{line["ratio"]:,.1f}</span>',
            ]
            for line in lines
        ]
        told = said(f"每 1 元公共资金对应的{zh}", f"{_begun(en)} for each unit of public money")
        parts.append(f"<div><h3>{told}</h3>{table(columns, rows)}</div>")
    lead = said(
        "杠杆＝他人的资金÷公共资金，只在同一口径内排序：贷款本金、基金规模、研发投入不是同一种钱，不同口径的倍数不作比较。"
        "同一笔贷款被几项政策补贴，只计一次。",
        "Leverage is the money of others over public money, ranked only within one basis: principal of loans, capital "
        "of funds and R&D spending are unlike, and ratios of unlike bases are not ranked. A loan on which several "
        "rules pay counts once.",
    )
    told = f'<div class="two">{"".join(parts)}</div>' if parts else table([SYSTEM], [])
    return section("leverage", said("杠杆", "Leverage"), told, lead=lead)


def mechanisms(found: Figures) -> str:
    """What each system leans on: rules and arrangements, firms and money by mechanism."""
    systems, currency = found["systems"], found["currency"]
    named = _mechanisms(found)
    columns = [SYSTEM, *(Column(zh, _begun(en)) for zh, en in (MECHANISMS[name] for name in named))]

    def told(zh: str, en: str, cell: Callable[[Figures], str]) -> str:
        rows = [[titled(line["title"]), *(cell(_leant(line, name)) for name in named)] for line in systems]
        return f"<h3>{said(zh, en)}</h3>{table(columns, rows)}"

    lead = said(
        "一项政策或产品靠什么起作用：聚集资本、分散风险、揭示信息、约束激励。图中是各机制的规则与安排的个数。",
        "What a measure works by: gathering capital, spreading risk, information, constraint and incentive. The chart "
        "counts rules and arrangements.",
    )
    return section(
        "mechanisms",
        said("靠什么机制", "Mechanisms"),
        chart("mechanisms", "各制度依靠的机制", "What each system leans on", 70 + BAR * len(systems)),
        told("规则 + 其他安排", "Rules + arrangements", _measures),
        told("惠及企业", "Firms reached", lambda one: count(one["firms"])),
        told("政策支出", "Public money spent", lambda one: amount(one["spent_fen"], currency)),
        lead=lead,
    )


def _begun(words: str) -> str:
    """The words as a heading begins; R&D stays as it is."""
    return words[:1].upper() + words[1:]


def _measures(one: Figures) -> str:
    return f"{count(one['rules'])} + {count(one['arrangements'])}"


def _mechanisms(found: Figures) -> list[str | None]:
    """The mechanisms that some system leans on."""
    held = {one["mechanism"] for line in found["systems"] for one in line["mechanisms"]}
    return [name for name in MECHANISMS if name in held]


def _leant(line: Figures, mechanism: str | None) -> Figures:
    nothing = dict.fromkeys(("rules", "arrangements", "firms", "spent_fen", "offered_fen"), 0)
    return next((one for one in line["mechanisms"] if one["mechanism"] == mechanism), nothing)


def charts(found: Figures) -> dict[str, Any]:
    """What the script draws: counts of firms, money in whole units, counts of rules and arrangements."""
    systems = found["systems"]
    spent = [
        (INSTRUMENTS[kind], [(one["awarded_fen"] if (one := _of(line, kind, True)) else 0) / 100 for line in systems])
        for kind in INSTRUMENTS
        if any(_of(line, kind, True) for line in systems)
    ]
    leant = [
        (MECHANISMS[name], [(one := _leant(line, name))["rules"] + one["arrangements"] for line in systems])
        for name in _mechanisms(found)
    ]
    return {
        "reach": [{"title": line["title"], **line["reached"]} for line in systems],
        "instruments": _stacked(systems, spent),
        "mechanisms": _stacked(systems, leant),
    }


def _stacked(systems: Sequence[Figures], series: Sequence[tuple[tuple[str, str], list[Any]]]) -> dict[str, Any]:
    return {
        "titles": [line["title"] for line in systems],
        "series": [{"name": dict(zip(LANGS, name, strict=True)), "values": values} for name, values in series],
    }
