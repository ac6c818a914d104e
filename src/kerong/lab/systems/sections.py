"""The parts of the report on systems, each from the figures that it shows."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from kerong.lab.comparison.words import PAYEES
from kerong.lab.page.markup import LANGS, Column, amount, chart, count, said, section, table, titled
from kerong.lab.systems.words import BASES, INSTRUMENTS, MECHANISMS, REACHED, share

Figures = Mapping[str, Any]
BAR = 40  # pixels that a line of a bar chart takes
GROUPS = {
    "stage": ("按生命周期阶段", "By stage of life"),
    "size": ("按企业规模", "By size"),
    "district": ("按区县", "By district"),
    "industry": ("按行业门类", "By industry section"),
}
SYSTEM = Column("制度", "System")


def cards(found: Figures) -> str:
    """A card for each system, the one first that reaches most firms."""
    firms = found["city"]["firms"]
    ordered = sorted(found["systems"], key=lambda line: -line["reached"]["certain"])
    return f'<div class="systems">{"".join(_card(line, firms, found["currency"]) for line in ordered)}</div>'


def _card(line: Figures, firms: int, currency: str) -> str:
    reached, public = line["reached"], line["public"]
    bars = "".join(f'<i class="{name}" style="flex-grow:{reached[name]}"></i>' for name in REACHED)
    facts = [
        (said("确定享有", "reached for certain"), f"{count(reached['certain'])} · {share(reached['certain'], firms)}"),
        (said("可能享有", "reached possibly"), count(reached["possible"])),
        (said("无所获", "with nothing"), count(reached["nothing"])),
        (said("政策支出", "public money spent"), amount(public["spent_fen"], currency)),
        (said("其中惠及企业", "firms it is spent on"), count(public["firms"])),
        (said("财政出资（可收回）", "public money placed"), amount(public["placed_fen"], currency)),
        (said("政策与产品", "rules"), count(line["rules"])),
        (said("假定的数字", "numbers assumed"), f"{count(line['assumed'])} / {count(line['numbers'])}"),
    ]
    told = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
    absent = line["not_in_force"]
    note = ""
    if absent:
        zh, en = ("、".join(title[lang] for title in absent) for lang in LANGS)
        note = f'<p class="note small">{said(f"当日尚无数字：{zh}", f"No number in force on this day: {en}")}</p>'
    head = f'<h2>{titled(line["title"])}</h2><div class="reach" aria-hidden="true">{bars}</div>'
    return f'<section class="card">{head}<dl class="facts">{told}</dl>{note}</section>'


def reach(found: Figures) -> str:
    """How many firms each system reaches, as bars."""
    systems, firms = found["systems"], found["city"]["firms"]
    picture = chart("reach", "各制度惠及的企业", "Firms reached by each system", 60 + BAR * len(systems))
    columns = [SYSTEM, *(Column(*REACHED[name]) for name in REACHED), Column("确定占比", "Certain, share")]
    rows = [
        [
            titled(line["title"]),
            *(count(line["reached"][name]) for name in REACHED),
            share(line["reached"]["certain"], firms),
        ]
        for line in systems
    ]
    lead = said(
        "确定：符合至少一项政策或产品的全部条件；可能：有条件因材料不全尚不能判断；无所获：各项均不符合。",
        "For certain: every condition of some policy or product is met. Possibly: something is not known yet. "
        "Nothing: each of them is failed.",
    )
    all_or_none = said(
        f"在所有制度下都确定惠及的有 {found['everywhere']:,} 家，在所有制度下都无所获的有 {found['nowhere']:,} 家。",
        f"{found['everywhere']:,} firms are reached for certain under every system; "
        f"{found['nowhere']:,} have nothing under any.",
    )
    note = f'<p class="note">{all_or_none}</p>' if len(systems) > 1 else ""
    return section("reach", said("惠及多少企业", "Firms reached"), picture, table(columns, rows), note, lead=lead)


def group(found: Figures, name: str) -> str:
    """The share of each group that a system reaches for certain: a table in shades."""
    columns = [Column("类别", "Group"), Column("企业", "Firms"), *_systems(found)]
    rows = []
    for place, line in enumerate(found["groups"][name]):
        cells = [
            _shade(system["by"][name][place]["certain"], line["firms"], system["by"][name][place]["possible"])
            for system in found["systems"]
        ]
        rows.append([titled(line["title"]), count(line["firms"]), *cells])
    return section(name, said(*GROUPS[name]), f'<div class="heat">{table(columns, rows)}</div>')


def _shade(part: int, whole: int, open_ones: int) -> str:
    """A share on a ground the darker the larger it is; the counts are shown when pointed at."""
    level = part / whole if whole else 0
    tip = escape(f"{part:,} / {whole:,} (+{open_ones:,}?)")
    dark = " dark" if level >= 0.6 else ""
    style = f"background:rgba(23,128,106,{level:.2f})"
    return f'<span class="shade num{dark}" style="{style}" title="{tip}">{escape(share(part, whole))}</span>'


def _systems(found: Figures) -> list[Column]:
    return [Column(line["title"]["zh"], line["title"]["en"]) for line in found["systems"]]


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
        tables.append(f"<h3>{said(*title)}</h3>{table([Column('工具', 'Instrument'), *_systems(found)], rows)}")
    picture = chart("instruments", "各制度政策支出", "Public money by instrument", 70 + BAR * len(systems))
    lead = said(
        "上表是财政支出；下表是产品最多能提供的额度，是银行、保险、基金等的资金，不是财政支出，两者不相加。",
        "Public money is spent by policies. What products offer at most is money of banks, insurers and funds: it is "
        "no public cost, and the two are not added.",
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
        columns = [SYSTEM, Column("公共资金", "Public money"), Column(zh, en.capitalize()), Column("倍数", "Ratio")]
        rows = [
            [
                titled(titles[line["system"]]),
                amount(line["public_fen"], currency),
                amount(line["drawn_fen"], currency),
                f'<span class="num">{line["ratio"]:,.1f}</span>',
            ]
            for line in lines
        ]
        told = said(f"每 1 元公共资金对应的{zh}", f"{en.capitalize()} for each unit of public money")
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
    """What each system leans on: rules and arrangements by mechanism."""
    currency = found["currency"]
    columns = [
        SYSTEM,
        Column("机制", "Mechanism", number=False),
        Column("规则", "Rules"),
        Column("其他安排", "Arrangements"),
        Column("惠及企业", "Firms"),
        Column("政策支出", "Spent"),
        Column("产品额度", "Offered"),
    ]
    rows = [
        [
            titled(line["title"]),
            said(*MECHANISMS[one["mechanism"]]),
            count(one["rules"]),
            count(one["arrangements"]),
            count(one["firms"]),
            amount(one["spent_fen"], currency),
            amount(one["offered_fen"], currency),
        ]
        for line in found["systems"]
        for one in line["mechanisms"]
    ]
    lead = said(
        "一项政策或产品靠什么起作用：聚集资本、分散风险、揭示信息、约束激励。图中是各机制的规则与安排的个数。",
        "What a measure works by: gathering capital, spreading risk, information, constraint and incentive. The chart "
        "counts rules and arrangements.",
    )
    picture = chart("mechanisms", "各制度依靠的机制", "What each system leans on", 70 + BAR * len(found["systems"]))
    return section("mechanisms", said("靠什么机制", "Mechanisms"), picture, table(columns, rows), lead=lead)


def gaps(found: Figures) -> str:
    """Per system the conditions that keep firms out."""
    columns = [
        Column("条件", "Condition"),
        Column("卡住的企业", "Firms that fail it"),
        Column("仅差这一条", "Lack this alone"),
    ]
    parts = []
    for line in found["systems"]:
        rows = [[_condition(gap), count(gap["firms"]), count(gap["alone_firms"])] for gap in line["gaps"][:5]]
        nothing = line["reached"]["nothing"]
        head = said(
            f"{line['title']['zh']}：{nothing:,} 家无所获", f"{line['title']['en']}: {nothing:,} firms with nothing"
        )
        parts.append(f"<div><h3>{head}</h3>{table(columns, rows)}</div>")
    lead = said(
        "哪些条件把企业挡在门外。仅差这一条：某项政策或产品的其余条件都已符合，若取消这一条，这些企业即可享有。",
        "Which conditions keep firms out. Lack this alone: they meet everything else of some policy or product, and "
        "would be reached if this one condition were waived.",
    )
    told = f'<div class="two">{"".join(parts)}</div>'
    return section("gaps", said("谁一无所获，卡在哪里", "Who gets nothing, and what stops them"), told, lead=lead)


def _condition(gap: Figures) -> str:
    if gap["register"] is None:
        return titled(gap["title"])
    return said(f"没有{gap['title']['zh']}记录", f"no entry in the register “{gap['title']['en']}”")


def laid(found: Figures) -> str:
    """In which district of each region the city's districts stand, where they are not the same."""
    columns = [Column("城市的区县", "District of the city"), *_systems(found)]
    lines = [line["laid"] for line in found["systems"]]
    rows = [
        [
            titled(place[0]["from_title"]),
            *(titled(one["to_title"]) if one["to_title"] else said("不分区", "none") for one in place),
        ]
        for place in zip(*lines, strict=True)
    ]
    lead = said(
        "城市的区县按企业数从多到少，依次放进各地区的区县；不够时从头再来。",
        "The city's districts, most firms first, are placed in those of each region in turn, from the beginning again "
        "when those run out.",
    )
    return section(
        "laid", said("城市怎样放进各地区", "How the city is laid into each region"), table(columns, rows), lead=lead
    )


def definitions(found: Figures) -> str:
    """What each measure means, and what it does not."""
    lines = [
        said(
            "同一座城市、同一天、同一批登记数据；每个地区的政策、产品和限额按其规则全部重新判定，此前没有发放过任何资金。",
            "The same city, day and registers; all policies, products and limits of each region decide anew, and "
            "nothing had been granted before.",
        ),
        said(
            "假定的数字：原文没有公布、为使规则可运行而选定的数字；政策支出和惠及面取决于它们。",
            "Numbers assumed: the sources publish none, and one was chosen so that the rule can run. Cost and reach "
            "depend on them.",
        ),
        said(
            f"各制度共有的国家规则（{found['left_out']} 项）、资格认定和预警不计入。",
            f"Left out: the {found['left_out']} rules of the nation that every system has, recognitions and warnings.",
        ),
        said(
            "城市是比较用的尺子：结果说明各制度在这座城市会怎样，不说明它们在原地区的实际成效。",
            "The city is a yardstick: the result says what each system would do here, not what it did at home.",
        ),
    ]
    rates = [line for line in found["systems"] if line["currency"] != found["currency"]]
    for line in rates:
        told = f"1 {line['currency']} = {_decimal(line['rate'])} {found['currency']}"
        lines.append(
            said(f"{line['title']['zh']}按给定汇率 {told} 换算。", f"{line['title']['en']}: {told}, as given.")
        )
    items = "".join(f"<li>{line}</li>" for line in lines)
    return section("definitions", said("口径", "Definitions"), f"<ul>{items}</ul>")


def _decimal(rate: str) -> str:
    top, _, below = rate.partition("/")
    return f"{int(top) / int(below or 1):g}"


def charts(found: Figures) -> dict[str, Any]:
    """What the script draws: counts of firms, money in whole units, counts of rules."""
    systems = found["systems"]
    kinds = [kind for kind in INSTRUMENTS if any(_of(line, kind, True) for line in systems)]
    named: Sequence[str | None] = [
        name for name in MECHANISMS if any(one["mechanism"] == name for line in systems for one in line["mechanisms"])
    ]
    return {
        "reach": [{"title": line["title"], **line["reached"]} for line in systems],
        "instruments": {
            "titles": [line["title"] for line in systems],
            "series": [
                {
                    "name": dict(zip(LANGS, INSTRUMENTS[kind], strict=True)),
                    "values": [(one["awarded_fen"] if (one := _of(line, kind, True)) else 0) / 100 for line in systems],
                }
                for kind in kinds
            ],
        },
        "mechanisms": {
            "titles": [line["title"] for line in systems],
            "series": [
                {
                    "name": dict(zip(LANGS, MECHANISMS[name], strict=True)),
                    "values": [
                        sum(
                            one["rules"] + one["arrangements"] for one in line["mechanisms"] if one["mechanism"] == name
                        )
                        for line in systems
                    ],
                }
                for name in named
            ],
        },
    }


def keys(found: Figures) -> str:
    """What stands under the headline: how many systems and firms, who spends most and least."""
    systems, currency = found["systems"], found["currency"]
    spends = sorted(systems, key=lambda line: line["public"]["spent_fen"])
    assumed = sum(line["assumed"] for line in systems)
    lines = [
        ("", count(len(systems)), said("个地区的制度", "systems compared")),
        ("", count(found["everywhere"]), said("家企业在各制度下都确定享有", "firms reached under every system")),
        ("down", count(found["nowhere"]), said("家企业在各制度下都无所获", "firms with nothing under any")),
        (
            "",
            amount(spends[-1]["public"]["spent_fen"], currency),
            _spender(spends[-1], "支出最多", "spends most", currency),
        ),
        (
            "",
            amount(spends[0]["public"]["spent_fen"], currency),
            _spender(spends[0], "支出最少", "spends least", currency),
        ),
        ("open", count(assumed), said("个数字是假定的", "numbers are assumed")),
    ]
    if len(systems) == 1:
        lines = [lines[0], lines[3], lines[5]]
    items = "".join(
        f'<li class="{tone}"><b>{number}</b><span class="of">{words}</span></li>' for tone, number, words in lines
    )
    return f'<ul class="keys">{items}</ul>'


def _spender(line: Figures, zh: str, en: str, currency: str) -> str:
    return said(f"{line['title']['zh']}{zh}", f"{currency}: {line['title']['en']} {en}")
