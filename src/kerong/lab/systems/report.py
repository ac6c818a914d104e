"""The report of systems side by side: one HTML file that needs nothing beside it, for screen and paper."""

from collections.abc import Mapping
from importlib import resources
from typing import Any

from kerong.lab.comparison.words import CHART_WORDS
from kerong.lab.page import Page, page
from kerong.lab.page.markup import LANGS, said, titled
from kerong.lab.page.page import no_charts
from kerong.lab.systems import money_sections, sections
from kerong.lab.systems.words import REACHED

COMMAND = "kerong region compare"
Figures = Mapping[str, Any]
NARROW = 4  # so many systems stand beside one another in half a page


def report(found: Figures, echarts: str | None = None, lang: str = "zh") -> str:
    """The page of `figures`: the system first that reaches most firms.

    `echarts` is the library's script, `lang` the language that shows first.
    """
    found = {**found, "systems": sorted(found["systems"], key=lambda line: -line["reached"]["certain"])}
    groups = "".join(sections.group(found, name) for name in sections.GROUPS if name in found["groups"])
    parts = [
        sections.cards(found),
        sections.reach(found),
        f'<div class="two">{groups}</div>' if len(found["systems"]) <= NARROW else groups,
        money_sections.instruments(found),
        money_sections.costs(found),
        money_sections.leverage(found),
        money_sections.mechanisms(found),
        sections.gaps(found),
        sections.laid(found),
        sections.definitions(found),
    ]
    city, on = found["city"]["title"], found["on"]
    titles = {"zh": f"制度比较 · {city['zh']}", "en": f"Systems compared · {city['en']}"}
    words = {
        key: {**CHART_WORDS[key], **{name: pair[n] for name, pair in REACHED.items()}} for n, key in enumerate(LANGS)
    }
    told = Page(
        command=COMMAND,
        place=said(f"{titles['zh']} · {on}", f"{titles['en']} · {on}"),
        headline=titled(found["headline"]),
        about=_about(found),
        keys=sections.keys(found) if found["systems"] else "",
        parts=parts,
        foot=_foot(found, echarts),
        data={"charts": money_sections.charts(found), "words": words, "titles": titles},
        script=_file("report.js"),
        style=_file("report.css"),
    )
    return page(told, echarts, lang)


def _file(name: str) -> str:
    return (resources.files("kerong.lab.systems") / name).read_text("utf-8")


def _about(found: Figures) -> str:
    city = found["city"]
    name, firms = city["title"], f"{city['firms']:,}"
    return said(
        f"把{name['zh']}的 {firms} 家企业依次放到每个地区的政策、产品和限额之下：谁得到什么，花多少钱，谁被挡在门外。",
        f"The {firms} firms of {name['en']} under the policies, products and limits of each region in turn: who gets "
        "what, what it costs, who is kept out.",
    )


def _foot(found: Figures, echarts: str | None) -> list[str]:
    lines = [
        said(
            "内部材料：含少量企业的数目，仅供有权限的工作人员使用；企业名称不在其中。",
            "For officials with access: small counts are shown as they are. No firm is named.",
        ),
        said(
            f"金额单位：{found['currency']}。",
            f"Amounts are in {found['currency']}; k, m, bn: thousands, millions, billions.",
        ),
    ]
    return lines if echarts else [*lines, no_charts()]
