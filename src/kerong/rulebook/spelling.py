"""How an expression is spelled: from its text to the tree of sqlglot, which no other module than `parse` sees."""

import difflib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from heapq import nsmallest
from typing import ClassVar

from sqlglot import exp
from sqlglot.errors import SqlglotError, TokenError
from sqlglot.parser import Parser
from sqlglot.tokenizer_core import Token, TokenType
from sqlglot.tokens import Tokenizer

LONGEST = 4_000
DEEPEST = 40  # brackets inside one another
QUOTED = 80  # characters of what is wrong that a sentence quotes
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
    likely = names if len(names) <= MANY else [n for n in names if n[:2] == name[:2]][:MANY]
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
    depth = 0
    for character in re.sub(r"'[^']*'", "", text):
        if character in WIDE:
            raise ExpressionError(f"{character} is not part of the language", WIDE[character])
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth > DEEPEST:
            raise ExpressionError("the expression is nested too deeply", f"at most {DEEPEST} levels")
    text = _without_digit_groups(text)
    try:
        tokens = Tokens().tokenize(text)
        if any(token.comments or token.token_type is TokenType.HASH for token in tokens):
            raise ExpressionError("an expression holds no comment", "write it above, behind #")
        tokens = _names_freed(tokens)
        for token in tokens:
            if token.token_type is TokenType.IDENTIFIER:
                raise ExpressionError(f'"{shown(token.text)}" is not part of the language', "a text: 'so'; a name: so")
            if token.token_type not in SIGNS and token.text.upper() not in WORDS:
                raise ExpressionError(f"{shown(token.text)} is not part of the language", "see docs/meaning.md")
        trees = Parser().parse(tokens, text)
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


def _without_digit_groups(text: str) -> str:
    """1_000_000, as TOML writes it beside the expressions, is 1000000; quoted texts and names stay."""
    parts = re.split(r"('[^']*')", text)
    return "".join(
        part if part.startswith("'") else re.sub(r"\b[0-9]+(?:_[0-9]+)+\b", lambda m: m[0].replace("_", ""), part)
        for part in parts
    )


WORDS = tuple(re.findall("[A-Z]+", "AND OR NOT CASE WHEN THEN ELSE END BETWEEN IN IS NULL TRUE FALSE DATE"))
REFUSED_WORDS = ("LIKE", "SELECT")


SIGNS = frozenset(
    TokenType[name]
    for name in re.findall(
        "[A-Z_]+",
        "VAR NUMBER STRING DOT COMMA L_PAREN R_PAREN PLUS DASH STAR SLASH EQ NEQ LT LTE GT GTE SEMICOLON",
    )
)


class Tokens(Tokenizer):
    """SQL's signs with our words alone: a register may be called grant or order, a column by or index."""

    KEYWORDS: ClassVar[dict[str, TokenType]] = {
        word: kind
        for word, kind in Tokenizer.KEYWORDS.items()
        if word in WORDS or word in REFUSED_WORDS or not any(character.isalpha() for character in word)
    }
    COMMANDS: ClassVar[set[TokenType]] = set()


def _names_freed(tokens: Sequence[Token]) -> list[Token]:
    """What stands beside a dot is a name, though it may be one of our words as well: contract.date, permit.end."""
    dots = [token.token_type is TokenType.DOT for token in tokens]
    freed = []
    for token, before, after in zip(tokens, [False, *dots], [*dots[1:], False], strict=False):
        is_name = (before or after) and token.text.upper() in Tokens.KEYWORDS
        place = (token.line, token.col, token.start, token.end)
        freed.append(Token(TokenType.VAR, token.text, *place) if is_name else token)
    return freed


def _first_line(error: Exception) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("\n")[0]
