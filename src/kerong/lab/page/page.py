"""The frame of a report: head, language buttons, what the script draws from, and the scripts themselves."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from kerong.lab.page.markup import said


@dataclass(frozen=True, slots=True)
class Page:
    """What a report says. `place`, `headline`, `about` and `keys` are markup of its head, `parts` of its body.

    `script`: JavaScript that adds to DRAW how each chart is drawn; `data`: what it draws, `charts` by name, `words` by
    language and `titles` of the window. `style`: what it adds to the
    sheet of all reports. `command`: the command that made it, by which a report is known again.
    """

    command: str
    place: str
    headline: str
    about: str
    keys: str
    parts: Sequence[str]
    foot: Sequence[str]
    data: Mapping[str, Any]
    script: str
    style: str = ""


def page(told: Page, echarts: str | None, lang: str) -> str:
    """The whole file. `echarts` is the library's script; without it charts are missing and the foot should say so."""
    buttons = "".join(
        f'<button type="button" data-lang="{key}">{name}</button> ' for key, name in (("zh", "中文"), ("en", "EN"))
    )
    bar = f'<div class="bar"><span>{told.place}</span><span>{buttons}</span></div>'
    head = f'<h1>{told.headline}</h1><p class="about">{told.about}</p>{told.keys}'
    foot = f"<footer>{''.join(f'<p>{line}</p>' for line in told.foot)}</footer>"
    data = _inside(json.dumps(told.data, ensure_ascii=False))
    if echarts:  # in a text of its own it would end the page's
        echarts = echarts.replace("</script", "<\\/script")
    return "".join(
        (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">{generated_by(told.command)}',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title></title><style>{_file('page.css')}{told.style}</style></head><body>",
            f'<header class="top"><div class="page">{bar}{head}</div></header>',
            f'<main class="page">{"".join(told.parts)}{foot}</main>',
            f'<script type="application/json" id="figures">{data}</script>',
            f"<script>{echarts}</script>" if echarts else "",
            f"<script>{_file('page.js')}{told.script}</script></body></html>",
        )
    )


def generated_by(command: str) -> str:
    """The mark of a report near its beginning, by which a command sees that it may be replaced."""
    return f'<meta name="generator" content="{command}">'


def no_charts() -> str:
    """What the foot says where the chart library is not there."""
    return said(
        "没有图表库，只有表格：运行 ./kerong 取得图表库后重做本报告。",
        "Tables only: the chart library is not there. Run ./kerong once to get it, then make the report again.",
    )


def _inside(text: str) -> str:
    """JSON that no title can end the script with."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _file(name: str) -> str:
    return (resources.files("kerong.lab.page") / name).read_text("utf-8")
