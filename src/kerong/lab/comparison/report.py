"""The report of a comparison: one HTML file that needs nothing beside it, in both languages, for screen and paper."""

from collections.abc import Mapping
from importlib import resources
from typing import Any

from kerong.engine.monitor.amounts import money
from kerong.lab.comparison import sections
from kerong.lab.comparison.words import CHART_WORDS, LEFT_OUT
from kerong.lab.page import Page, page
from kerong.lab.page.markup import amount, count, said, titled
from kerong.lab.page.page import no_charts

COMMAND = "kerong rules compare"
Figures = Mapping[str, Any]


def report(found: Figures, echarts: str | None = None, lang: str = "zh") -> str:
    """The page of `figures`. `echarts` is the library's script; without it the page says how to get charts, and every
    number stands in a table all the same. `lang` is the language that shows first."""
    parts = [
        sections.rules(found),
        sections.group(found, "district") if "district" in found["groups"] else "",
        sections.distribution(found),
        sections.crossed(found),
        sections.unknown(found),
        sections.budgets(found),
        f'<div class="two">{"".join(_others(found))}</div>',
    ]
    titles = {key: f"{found['reform']['title'][key]} · {found['region']['title'][key]}" for key in ("zh", "en")}
    told = Page(
        command=COMMAND,
        place=_place(found),
        headline=titled(found["headline"]),
        about=_about(found),
        keys=_keys(found),
        parts=parts,
        foot=_foot(found, echarts),
        data={"charts": sections.charts(found), "words": CHART_WORDS, "titles": titles},
        script=(resources.files("kerong.lab.comparison") / "report.js").read_text("utf-8"),
    )
    return page(told, echarts, lang)


def _place(found: Figures) -> str:
    place, on = found["region"]["title"], found["on"]
    return said(f"{place['zh']} · 改革比较 · {on}", f"{place['en']} · reform compared · {on}")


def _about(found: Figures) -> str:
    reform = found["reform"]
    return said(
        f"{reform['title']['zh']}。{reform['why']['zh']}。依据：{reform['source']['zh']}",
        f"{reform['title']['en']}. {reform['why']['en']}. Source: {reform['source']['en']}",
    )


def _keys(found: Figures) -> str:
    currency, sums, firms = found["currency"], found["money"], found["firms"]
    change = sums["after_fen"] - sums["before_fen"]
    share = 100 * change / sums["before_fen"] if sums["before_fen"] else 0
    lines = [
        (
            "down" if change > 0 else "",
            amount(change, currency, change=True),
            said(f"支出变化（{share:+.1f}%）", f"{currency}, change of spending ({share:+.1f} %)"),
        ),
        (
            "",
            count(firms["more"]),
            said(
                f"家企业增加，共 {money(firms['gained_fen'], currency, 'zh')}",
                f"firms paid more, {money(firms['gained_fen'], currency, 'en')} in all",
            ),
        ),
        (
            "down",
            count(firms["less"]),
            said(
                f"家企业减少，共 {money(firms['lost_fen'], currency, 'zh')}",
                f"firms paid less, {money(firms['lost_fen'], currency, 'en')} in all",
            ),
        ),
        ("", count(firms["newly_met"]), said("家企业新获资格", "firms newly eligible")),
        ("down", count(firms["no_longer_met"]), said("家企业失去资格", "firms lose their eligibility")),
        ("open", count(found["unknown"]["after"]["firms"]), said("家企业尚不能判断", "firms cannot be told yet")),
    ]
    items = "".join(
        f'<li class="{tone}"><b>{number}</b><span class="of">{words}</span></li>' for tone, number, words in lines
    )
    return f'<ul class="keys">{items}</ul>'


def _others(found: Figures) -> list[str]:
    return [
        sections.payees(found),
        *(sections.group(found, name) for name in ("stage", "size", "industry") if name in found["groups"]),
    ]


def _foot(found: Figures, echarts: str | None) -> list[str]:
    lines = [
        said(
            "内部材料：含少量企业的数目，仅供有权限的工作人员使用；企业名称不在其中。",
            "For officials with access: small counts are shown as they are. No firm is named.",
        )
        if not any("enterprise_id" in line for lines in found["largest"].values() for line in lines)
        else said(
            "内部材料：含企业标识，仅供有权限的工作人员使用。", "For officials with access: this report names firms."
        ),
        said(
            "两边使用同一批登记数据和同一天；未修改的政策没有重算，其结果与完整运行完全相同。",
            "Both sides stand on the same registers and the same day; the result equals that of two whole runs.",
        ),
    ]
    lines.append(
        said(
            f"金额单位：{found['currency']}。",
            f"Amounts are in {found['currency']}; k, m, bn: thousands, millions, billions.",
        )
    )
    if found["missing_registers"]:
        names = {key: "、".join(item["title"][key] for item in found["missing_registers"]) for key in ("zh", "en")}
        lines.append(
            said(
                f"没有提供的登记：{names['zh']}。依据它们的条件为未知。",
                f"Registers without a file: {names['en']}. What needs them is unknown.",
            )
        )
    if found["left_out"]:
        zh, en = ("、".join(LEFT_OUT[name][n] for name in found["left_out"]) for n in (0, 1))
        lines.append(
            said(f"本地区没有据以区分的数据，未列：{zh}。", f"Left out, since the region has no such column: {en}.")
        )
    if echarts is None:
        lines.append(no_charts())
    return lines
