"""The words and signs of an expression: sqlglot's tokens, found by one pattern where an expression is plainly written.

sqlglot's tokenizer looks at every character for what any SQL may hold. Nearly all expressions hold names, numbers,
quoted texts and signs that stand apart; what is written in any other way is left to sqlglot.
"""

import re
from collections.abc import Sequence
from typing import ClassVar

from sqlglot.dialects.dialect import Dialect
from sqlglot.tokenizer_core import Token, TokenType
from sqlglot.tokens import Tokenizer

WORDS = tuple(re.findall("[A-Z]+", "AND OR NOT CASE WHEN THEN ELSE END BETWEEN IN IS NULL TRUE FALSE DATE"))
REFUSED_WORDS = ("LIKE", "SELECT")
DIALECT = Dialect()  # sqlglot would make one for every expression

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


# signs that touch (=-, --, /*) and names that touch a quote (n'x') may mean something else in SQL
PLAIN = re.compile(
    r"""[ \t\n]*+(?:
        ([A-Za-z_]\w*+) (?:\.([A-Za-z_]\w*+))? (?![\w.'"])
      | ([0-9]++(?:\.[0-9]++)?) (?![\w.'"])
      | '([^'\\\r\n]*+)' (?![\w'"])
      | ( [(),] | (?:<=|>=|<>|!=|[-+*/=<>]) (?![-+*/=<>!]) )
    )""",
    re.VERBOSE | re.ASCII,
)
KINDS = {**Tokenizer.SINGLE_TOKENS, **Tokenizer.KEYWORDS}
NUMBER, STRING = 3, 4  # groups of the pattern


def plain_tokens(text: str) -> list[Token] | None:
    """The tokens of an expression that holds nothing but what the language has, plainly written; None of any other.

    They are those that sqlglot finds, a name beside a dot being a name whatever its word.
    """
    found: list[Token] = []
    match, place, length = PLAIN.match, 0, len(text.rstrip(" \t\n"))
    while place < length:
        lexeme = match(text, place)
        if lexeme is None:
            return None
        place = lexeme.end()
        group = lexeme.lastindex or 0
        if group == 1:
            word = lexeme[1].upper()
            if word in REFUSED_WORDS:
                return None
            found.append(_token(Tokens.KEYWORDS.get(word, TokenType.VAR), lexeme[1], text, place))
        elif group == 2:
            dot = lexeme.end(1) + 1
            found.append(_token(TokenType.VAR, lexeme[1], text, dot - 1))
            found.append(_token(TokenType.DOT, ".", text, dot))
            found.append(_token(TokenType.VAR, lexeme[2], text, place))
        elif group == NUMBER:
            found.append(_token(TokenType.NUMBER, lexeme[3], text, place))
        elif group == STRING:
            found.append(_token(TokenType.STRING, lexeme[4], text, place, quotes=2))
        else:
            found.append(_token(KINDS[lexeme[5]], lexeme[5], text, place))
    return found


def _token(kind: TokenType, word: str, text: str, end: int, quotes: int = 0) -> Token:
    start = end - len(word) - quotes
    line = text.count("\n", 0, start) + 1
    return Token(kind, word, line, end - text.rfind("\n", 0, start) - 1, start, end - 1)


def names_freed(tokens: Sequence[Token]) -> list[Token]:
    """What stands beside a dot is a name, though it may be one of our words as well: contract.date, permit.end."""
    dots = [token.token_type is TokenType.DOT for token in tokens]
    freed = []
    for token, before, after in zip(tokens, [False, *dots], [*dots[1:], False], strict=False):
        is_name = (before or after) and token.text.upper() in Tokens.KEYWORDS
        place = (token.line, token.col, token.start, token.end)
        freed.append(Token(TokenType.VAR, token.text, *place) if is_name else token)
    return freed
