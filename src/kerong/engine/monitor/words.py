"""Titles as JSON holds them."""

from kerong.rulebook.content import Text


def both(text: Text) -> dict[str, str]:
    """The text in both languages, under "zh" and "en"."""
    return {"zh": text.zh, "en": text.en}
