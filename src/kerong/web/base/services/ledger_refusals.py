"""Why money does not move: refused for good reason, or busy for a moment. Both leave everything as it was."""

from kerong.web.base.words import word


class LedgerRefused(ValueError):
    """It cannot be done. The message is a key of the words, `facts` fill its places and say more to programs.

    Whoever holds a transaction must give it up: a refusal may come after a part of the work.
    """

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts

    def sentence(self, lang: str) -> str:
        """The refusal in "zh" or "en"."""
        return word(self.key, lang, **self.facts)


class LedgerBusy(Exception):
    """The same key is at work in another place, or a lock was not to be had in time: ask again (HTTP 409)."""


def yuan(fen: int) -> str:
    """Fen as people read them: 1,234.50."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
