"""The report of a comparison: one HTML file that needs nothing beside it, in both languages, for screen and paper."""

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from kerong.engine.monitor.amounts import money
from kerong.lab.comparison import sections
from kerong.lab.comparison.markup import amount, count, said, titled
from kerong.lab.comparison.words import CHART_WORDS, LEFT_OUT

GENERATOR = '<meta name="generator" content="kerong rules compare">'
Figures = Mapping[str, Any]


def report(found: Figures, echarts: str | None = None, lang: str = "zh") -> str:
    """The page of `figures`. `echarts` is the library's script; without it the page says how to get charts, and every
    number stands in a table all the same. `lang` is the language that shows first."""
    echarts = (
        echarts.replace("</script", "<\\/script") if echarts else None
    )  # in a text of its own it would end the page's
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
    data = {"charts": sections.charts(found), "words": CHART_WORDS, "titles": titles}
    return "".join(
        (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">{GENERATOR}',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title></title><style>{_file('report.css')}</style></head><body>",
            _top(found),
            f'<main class="page">{"".join(parts)}{_foot(found, echarts)}</main>',
            f'<script type="application/json" id="figures">{_inside(json.dumps(data, ensure_ascii=False))}</script>',
            f"<script>{echarts}</script>" if echarts else "",
            f"<script>{_file('report.js')}</script></body></html>",
        )
    )


def _inside(text: str) -> str:
    """JSON that no title can end the script with."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _file(name: str) -> str:
    return (resources.files("kerong.lab.comparison") / name).read_text("utf-8")


def _top(found: Figures) -> str:
    reform, on = found["reform"], found["on"]
    place = said(
        f"{found['region']['title']['zh']} · 改革比较 · {on}",
        f"{found['region']['title']['en']} · reform compared · {on}",
    )
    buttons = "".join(
        f'<button type="button" data-lang="{key}">{name}</button> ' for key, name in (("zh", "中文"), ("en", "EN"))
    )
    about = said(
        f"{reform['title']['zh']}。{reform['why']['zh']}。依据：{reform['source']['zh']}",
        f"{reform['title']['en']}. {reform['why']['en']}. Source: {reform['source']['en']}",
    )
    bar = f'<div class="bar"><span>{place}</span><span>{buttons}</span></div>'
    head = f'<h1>{titled(found["headline"])}</h1><p class="about">{about}</p>'
    return f'<header class="top"><div class="page">{bar}{head}{_keys(found)}</div></header>'


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


def _foot(found: Figures, echarts: str | None) -> str:
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
        lines.append(
            said(
                "没有图表库，只有表格：运行 ./kerong 取得图表库后重做本报告。",
                "Tables only: the chart library is not there. Run ./kerong once to get it, then make the report again.",
            )
        )
    return f"<footer>{''.join(f'<p>{line}</p>' for line in lines)}</footer>"
