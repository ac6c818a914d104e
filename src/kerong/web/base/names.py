"""Titles of codes that a rulebook uses: those that the region's sheet gives, else ours, else the code in words."""

from kerong.engine.monitor.industries import industry_head, industry_title
from kerong.rulebook.content import Region
from kerong.web.base.words import WORDS


def named(family: str, code: str | None, lang: str, region: Region | None = None) -> str:
    """The title of `code` in its family ("stage", "dimension", "kind" …); an untitled code is shown in words."""
    if code is None:
        return WORDS["unknown"][0 if lang == "zh" else 1]
    own = region.words.get(family, {}).get(code) if region else None
    if own is not None:
        return own.in_(lang)
    pair = WORDS.get(f"{family}.{code}")
    return code.replace("_", " ") if pair is None else pair[0 if lang == "zh" else 1]


def industry_named(code: str | None, lang: str, region: Region | None) -> str:
    """The title of an industry: the region's own of the code or of its head, else that of the national lists."""
    words = region.words.get("industry", {}) if region else {}
    own = words.get(code or "") or words.get(industry_head(code or ""))
    return own.in_(lang) if own is not None else industry_title(code, lang)
