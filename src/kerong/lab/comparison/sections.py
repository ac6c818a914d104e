"""The parts of a report, each from the figures that it shows."""

from collections.abc import Mapping, Sequence
from typing import Any

from kerong.engine.monitor.amounts import money
from kerong.lab.comparison.words import CAUSES, OUTCOMES, PAYEES, bin_label
from kerong.lab.page.markup import Column, amount, chart, count, said, section, table, titled

Figures = Mapping[str, Any]
BAR = 34  # pixels that a line of a bar chart takes
GROUPS = {
    "district": ("按区县", "By district"),
    "stage": ("按生命周期阶段", "By stage of life"),
    "industry": ("按行业门类", "By industry section"),
    "size": ("按企业规模", "By size"),
}


def rules(found: Figures) -> str:
    """What each rule pays before and after, and why it differs."""
    currency, lines = found["currency"], found["rules"]
    columns = [
        Column("政策或产品", "Rule"),
        Column("原支出", "Before"),
        Column("改革后", "After"),
        Column("变化", "Change"),
        Column("符合企业", "Eligible"),
        Column("增加", "Paid more"),
        Column("减少", "Paid less"),
        Column("变化来自", "Changed by"),
    ]
    rows = []
    for line in lines:
        before, after = line["before"], line["after"]
        spent = [side["awarded_fen"] if line["pays"] else None for side in (before, after)]
        change = after["awarded_fen"] - before["awarded_fen"] if line["pays"] else None
        met = [side["enterprises"].get("met", 0) for side in (before, after)]
        rows.append(
            [
                titled(line["title"]),
                *(amount(fen, currency) for fen in spent),
                amount(change, currency, change=True),
                f"{count(met[0])} → {count(met[1])}",
                count(line["moved"]["more"], change="more"),
                count(line["moved"]["less"], change="less"),
                f'<span class="tag {line["cause"]}">{said(*CAUSES[line["cause"]])}</span>',
            ]
        )
    paying = [line for line in lines if line["pays"]]
    picture = chart(
        "money", "各政策改革前后支出", "What each policy spends before and after", 60 + 2 * BAR * len(paying)
    )
    same = found["unchanged"]
    lead = said(
        f"其余 {same:,} 项政策不受影响，支出分毫不变。",
        f"The other {same:,} policies are not touched: not a cent differs.",
    )
    title = said("各项政策：改革前后", "Rule by rule: before and after")
    return section("rules", title, picture if paying else "", table(columns, rows), lead=lead)


def group(found: Figures, name: str) -> str:
    """Winners and losers among the firms of a kind."""
    lines, currency = found["groups"][name], found["currency"]
    columns = [
        Column("类别", "Group"),
        Column("企业", "Firms"),
        Column("增加", "More"),
        Column("减少", "Less"),
        Column("支出变化", "Change of spending"),
    ]
    rows = [
        [
            titled(line["title"]),
            count(line["firms"]),
            count(line["more"], change="more"),
            count(line["less"], change="less"),
            amount(line["after_fen"] - line["before_fen"], currency, change=True),
        ]
        for line in lines
    ]
    shown = name == "district" and any(line["more"] or line["less"] for line in lines)
    picture = chart("district", "各区县增加和减少的企业", "Firms paid more and less by district", 50 + BAR * len(lines))
    return section(name, said(*GROUPS[name]), picture if shown else "", table(columns, rows))


def distribution(found: Figures) -> str:
    """How many firms gain or lose how much, and the largest changes."""
    currency, most = found["currency"], found["largest"]
    picture = chart("distribution", "企业所得变化的分布", "How many firms gain or lose how much", 300)
    columns = [Column("企业", "Firm"), Column("原", "Before"), Column("后", "After"), Column("变化", "Change")]

    def rows(lines: list[dict[str, Any]]) -> list[list[str]]:
        return [
            [
                said(line["enterprise_id"], line["enterprise_id"]) if "enterprise_id" in line else count(place),
                *(amount(line[key], currency) for key in ("before_fen", "after_fen")),
                amount(line["change_fen"], currency, change=True),
            ]
            for place, line in enumerate(lines, start=1)
        ]

    gains = f"<div><h3>{said('增加最多', 'Largest gains')}</h3>{table(columns, rows(most['gains']))}</div>"
    losses = f"<div><h3>{said('减少最多', 'Largest losses')}</h3>{table(columns, rows(most['losses']))}</div>"
    lead = said(
        "只统计直接付给企业的资金，没有得到过资金的企业不计。每根柱子：变化在所注金额以内、上一档以外的企业数。",
        "Money paid to firms themselves; firms without any are left out. A bar counts changes up to its amount.",
    )
    title = said("增减多少", "How much more, how much less")
    return section("distribution", title, picture, f'<div class="two">{gains}{losses}</div>', lead=lead)


def crossed(found: Figures) -> str:
    """Firms whose outcome differs, and the clause that decides."""
    names = {line["name"]: line["title"] for line in found["rules"]}
    columns = [
        Column("政策或产品", "Rule"),
        Column("现在", "Now", number=False),
        Column("起作用的条件", "The clause that decides", number=False),
        Column("企业", "Firms"),
    ]
    rows = [
        [
            titled(names[line["rule"]]),
            said("新符合", "newly eligible") if line["now"] == "met" else said("不再符合", "no longer"),
            f'{titled(line["title"])} <span class="soft">({said(*OUTCOMES[line["outcome"]])})</span>',
            count(line["firms"], change="more" if line["now"] == "met" else "less"),
        ]
        for line in sorted(found["crossings"], key=lambda line: -line["firms"])
    ]
    moved = any(line["from"] != line["to"] for line in found["outcomes"])
    picture = chart("outcomes", "判定结果的变化", "Outcomes that change", 240) if moved else ""
    lead = said(
        "每家企业按一项政策计一次；只画结果有变化的。",
        "Each firm counts once per rule; only outcomes that change are drawn.",
    )
    return section(
        "crossed", said("跨过门槛的企业", "Firms that cross a line"), picture, table(columns, rows), lead=lead
    )


def budgets(found: Figures) -> str:
    """Each budget, what is spent of it and what it takes from claims."""
    names = {line["name"]: line["title"] for line in found["rules"]}
    currency = found["currency"]
    columns = [
        Column("政策", "Rule"),
        Column("原资金总额", "Budget before"),
        Column("使用", "Used"),
        Column("改革后总额", "Budget after"),
        Column("使用", "Used"),
        Column("因资金不足核减", "Cut for lack of budget"),
    ]
    rows = [
        [
            titled(names[line["rule"]]),
            *(
                cell
                for when in ("before", "after")
                for cell in (amount(line[f"limit_fen_{when}"], currency), _used(line, when))
            ),
            f"{amount(line['cut_fen_before'], currency)} → {amount(line['cut_fen_after'], currency)}",
        ]
        for line in found["budgets"]
    ]
    return section("budgets", said("资金总额", "Budgets"), table(columns, rows)) if rows else ""


def _used(line: Mapping[str, Any], when: str) -> str:
    limit, spent = line[f"limit_fen_{when}"], line[f"spent_fen_{when}"]
    if not limit:
        return "—"
    share = 100 * spent / limit
    full = " full" if line[f"cut_fen_{when}"] else ""
    meter = f'<span class="meter{full}"><i style="width:{min(share, 100):.0f}%"></i></span>'
    return f'{meter}<span class="num">{share:.1f}%</span>'


def unknown(found: Figures) -> str:
    """What cannot be told, which documents would settle it, and what it may cost."""
    names = {line["name"]: line["title"] for line in found["rules"]}
    told, currency, total = found["unknown"]["after"], found["currency"], found["enterprises"]
    open_ones = told["firms"]
    lead = said(
        f"{total:,} 家企业中有 {open_ones:,} 家在这些政策下尚不能判断，缺少下列材料。未知不等于不符合。",
        f"Of {total:,} firms {open_ones:,} cannot be told yet under these policies: the documents below are missing. "
        "Unknown is not the same as not eligible.",
    )
    columns = [
        Column("政策", "Rule"),
        Column("未定的条件", "The open clause", number=False),
        Column("所缺材料", "What is missing", number=False),
        Column("企业", "Firms"),
    ]
    rows = [
        [
            titled(names[line["rule"]]),
            titled(line["title"]),
            titled(line["document"]) if line["document"] else "—",
            count(line["firms"]),
        ]
        for line in sorted(told["documents"], key=lambda line: -line["firms"])
    ]
    zh, en = _range(told, currency)
    if told["unpriced"]:
        zh += f"；另有 {told['unpriced']:,} 项连金额也不能计算，未计入"
        en += f"; of {told['unpriced']:,} more not even the amount is known, and they are not in it"
    note = f'<p class="note">{said(zh + "。", en + ".")}</p>'
    return section("unknown", said("尚不能判断的", "What cannot be told yet"), note, table(columns, rows), lead=lead)


def _range(told: Mapping[str, Any], currency: str) -> tuple[str, str]:
    """What the policies cost at least and at most; one amount where open claims make no difference."""
    (low, high), (low_en, high_en) = (
        [money(told[key], currency, lang) for key in ("low_fen", "high_fen")] for lang in ("zh", "en")
    )
    zh, en = "这些政策及与其共用限额的政策的支出：", "These policies, and those that share a limit with them, spend "
    if told["low_fen"] == told["high_fen"]:
        zh += f"可计价的 {told['priced']:,} 项无论是否符合，均为 {low}"
        return zh, f"{en}{low_en}, whether or not the {told['priced']:,} open claims that can be priced are met"
    zh += f"未知全部不符合为 {low}，可计价的 {told['priced']:,} 项全部符合为 {high}"
    return zh, f"{en}{low_en} if no open claim is met, {high_en} if all {told['priced']:,} that can be priced are"


def payees(found: Figures) -> str:
    """Who is paid, by kind."""
    currency = found["currency"]
    columns = [
        Column("收款方", "Who is paid"),
        Column("原", "Before"),
        Column("改革后", "After"),
        Column("变化", "Change"),
        Column("增加", "More"),
        Column("减少", "Less"),
    ]
    rows = [
        [
            said(*PAYEES.get(line["kind"], (line["kind"], line["kind"]))),
            amount(line["before_fen"], currency),
            amount(line["after_fen"], currency),
            amount(line["after_fen"] - line["before_fen"], currency, change=True),
            count(line["more"], change="more"),
            count(line["less"], change="less"),
        ]
        for line in found["payees"]
    ]
    return section("payees", said("付给谁", "Who is paid"), table(columns, rows))


def charts(found: Figures) -> dict[str, Any]:
    """What the script draws: amounts in whole units of the currency, labels in both languages."""
    currency = found["currency"]
    moved: dict[tuple[str, str], int] = {}
    for line in found["outcomes"]:
        if line["from"] != line["to"]:
            key = (line["from"], line["to"])
            moved[key] = moved.get(key, 0) + line["firms"]
    return {
        "money": {
            "rules": [
                {"title": line["title"], **{when: line[when]["awarded_fen"] / 100 for when in ("before", "after")}}
                for line in found["rules"]
                if line["pays"]
            ],
        },
        "district": found["groups"].get("district", []),
        "distribution": [{**line, "label": bin_label(line, currency)} for line in _filled(found["distribution"])],
        "outcomes": [{"from": one, "to": other, "firms": firms} for (one, other), firms in sorted(moved.items())],
    }


def _filled(lines: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """The bins from the first to the last in which somebody stands, and no change at all among them."""
    held = [place for place, line in enumerate(lines) if line["firms"] or line["sign"] == 0]
    return lines[held[0] : held[-1] + 1]
