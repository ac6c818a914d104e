"""How an expression is spelled: from its text to the tree of sqlglot, which no other module than `parse` sees."""

import difflib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from heapq import nsmallest

from sqlglot import exp
from sqlglot.errors import SqlglotError, TokenError
from sqlglot.parser import Parser
from sqlglot.tokenizer_core import Token, TokenType

from kerong.rulebook.tokens import DIALECT, SIGNS, WORDS, Tokens, names_freed, plain_tokens

LONGEST = 4_000
DEEPEST = 40  # brackets inside one another
QUOTED = 80  # characters of what is wrong that a sentence quotes
GROUPED = re.compile(r"\b[0-9]+(?:_[0-9]+)+\b")
MANY = 300  # names: of more, only those that begin alike are compared


class ExpressionError(Exception):
    """What is wrong with an expression, in a sentence, and what would help."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def shown(text: str) -> str:
    """What somebody wrote, as a sentence quotes it: on one line, without control characters, not long."""
    line = "".join(character if character.isprintable() else " " for character in " ".join(text.split()))
    return line if len(line) <= QUOTED else f"{line[:QUOTED]}…"


def nearest(name: str, known: Sequence[str] | Mapping[str, object], prefix: str = "") -> str:
    """A hint that names the nearest known name, or a few of those that exist."""
    names = list(known)
    begins = name.rpartition(".")[2][:2]
    likely = names if len(names) <= MANY else [n for n in names if n.rpartition(".")[2][:2] == begins][:MANY]
    close = difflib.get_close_matches(name[:QUOTED], likely, n=1, cutoff=0.55)
    if not close:
        close = [n for n in names if n.rpartition(".")[2] == name][:1]
    if close:
        return f"did you mean {prefix}{close[0]}?"
    some = ", ".join(prefix + n for n in nsmallest(8, names))
    return f"known here: {some}{', …' if len(names) > 8 else ''}" if names else ""


# signs of Chinese keyboards and of text processors, each with what is meant
WIDE = {
    **{
        wide: f"a full-width sign: write {sign}"
        for wide, sign in zip("＞＜＝（）＋－＊／，；", "><=()+-*/,;", strict=True)
    },
    **dict.fromkeys("“”‘’＂＇「」", "a full-width sign: write ' around a text"),
    **{sign: f"write {said}" for sign, said in (("≥", ">="), ("≤", "<="), ("≠", "<>"), ("×", "*"), ("÷", "/"))},
}


@lru_cache(maxsize=1024)  # the same words stand in many rules; what is handed out is only read
def spelled(text: str) -> exp.Expr:
    """The tree of sqlglot for `text`, which must be one expression; raises ExpressionError."""
    if len(text) > LONGEST:
        raise ExpressionError(f"the expression has {len(text):,} characters", f"at most {LONGEST:,}; name parts of it")
    text, written = _without_digit_groups(text), text
    try:
        # of what is plainly written no character is refused, and with so few brackets none stands too deep
        tokens = plain_tokens(text) if text.count("(") <= DEEPEST else None
        trees = Parser(dialect=DIALECT).parse(_looked_at(text, written) if tokens is None else tokens, text)
    except TokenError:
        raise ExpressionError(f"{shown(text)} cannot be read: a quote is not closed", "a text: 'so'") from None
    except SqlglotError as error:
        hint = "an operator, a comma or a bracket is missing or too much"
        raise ExpressionError(f"{shown(text)} cannot be read: {shown(_first_line(error))}", hint) from None
    except RecursionError:
        raise ExpressionError("the expression is nested too deeply", f"at most {DEEPEST} levels") from None
    if len(trees) != 1 or trees[0] is None:
        raise ExpressionError("one expression is wanted", "no semicolon, and not empty")
    return trees[0]


def _looked_at(text: str, written: str) -> list[Token]:
    """The tokens that sqlglot finds in `text`, each looked at; `written` is the text with its groups of digits."""
    depth = 0
    for character in re.sub(r"'[^']*'", "", written):
        if character in WIDE:
            raise ExpressionError(f"{character} is not part of the language", WIDE[character])
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth > DEEPEST:
            raise ExpressionError("the expression is nested too deeply", f"at most {DEEPEST} levels")
    tokens = Tokens(DIALECT).tokenize(text)
    if any(token.comments or token.token_type is TokenType.HASH for token in tokens):
        raise ExpressionError("an expression holds no comment", "write it above, behind #")
    tokens = names_freed(tokens)
    for token in tokens:
        if token.token_type is TokenType.IDENTIFIER:
            raise ExpressionError(f'"{shown(token.text)}" is not part of the language', "a text: 'so'; a name: so")
        if token.token_type not in SIGNS and token.text.upper() not in WORDS:
            raise ExpressionError(f"{shown(token.text)} is not part of the language", "see docs/meaning.md")
    return tokens


def _without_digit_groups(text: str) -> str:
    """1_000_000, as TOML writes it beside the expressions, is 1000000; quoted texts and names stay."""
    if not GROUPED.search(text):
        return text
    parts = re.split(r"('[^']*')", text)
    return "".join(
        part if part.startswith("'") else GROUPED.sub(lambda m: m[0].replace("_", ""), part) for part in parts
    )


def _first_line(error: Exception) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("\n")[0]
