"""The parts of the report on systems, each from the figures that it shows."""

from collections.abc import Mapping
from decimal import Decimal
from html import escape
from typing import Any

from kerong.lab.page.markup import LANGS, Column, amount, chart, count, said, section, table, titled
from kerong.lab.systems.words import REACHED, share

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
    """A card for each system."""
    firms = found["city"]["firms"]
    return f'<div class="systems">{"".join(_card(line, firms, found["currency"]) for line in found["systems"])}</div>'


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
    columns = [Column("类别", "Group"), Column("企业", "Firms"), *by_system(found)]
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


def by_system(found: Figures, *, number: bool = True) -> list[Column]:
    """A column for each system."""
    return [Column(line["title"]["zh"], line["title"]["en"], number) for line in found["systems"]]


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
    columns = [Column("城市的区县", "District of the city"), *by_system(found, number=False)]
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
    """A rate with all its digits, as it was given."""
    top, _, below = rate.partition("/")
    told = f"{Decimal(top) / Decimal(below or 1):f}"
    return told.rstrip("0").rstrip(".") if "." in told else told


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
