"""Why a case does not move."""

from kerong.web.base.words import word


class CaseRefused(ValueError):
    """It cannot be done as asked. The message is a key of the words, `facts` fill its places.

    Whoever holds a transaction must give it up: a refusal may come after a part of the work.
    """

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key, self.facts = key, facts

    def sentence(self, lang: str) -> str:
        """The refusal in "zh" or "en"."""
        return word(self.key, lang, **self.facts)
