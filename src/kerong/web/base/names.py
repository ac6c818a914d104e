"""Titles of codes that the rulebook uses without naming them: stages, dimensions, kinds, outcomes."""

from kerong.web.base.words import WORDS


def named(family: str, code: str | None, lang: str) -> str:
    """The title of `code` in its family ("stage", "dimension", "kind" …); an untitled code is shown in words."""
    if code is None:
        return WORDS["unknown"][0 if lang == "zh" else 1]
    pair = WORDS.get(f"{family}.{code}")
    return code.replace("_", " ") if pair is None else pair[0 if lang == "zh" else 1]
