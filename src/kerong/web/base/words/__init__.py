"""All words of the portal in both languages."""

from kerong.web.base.words.joined import WORDS, word

__all__ = ["WORDS", "word"]
