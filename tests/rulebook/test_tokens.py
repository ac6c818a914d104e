"""The words and signs that our pattern finds are those that sqlglot finds, and so are its trees and its errors."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import Token

from kerong.rulebook import load, spelling
from kerong.rulebook.spelling import ExpressionError, spelled
from kerong.rulebook.tokens import DIALECT, SIGNS, WORDS, Tokens, names_freed, plain_tokens
from kerong.store.packs import read_pack

PIECES = (
    *("enterprise.n", "a", "n", "_x1", "x.y.z", "contract.date", "end.of", "N", "E5", "like", "select", "share_bp"),
    *(word.lower() for word in WORDS),
    *(
        "case",
        "Is Not Null",
        "date '2024-01-31'",
        "'text'",
        "''",
        "'it''s'",
        "n'x'",
        "x'41'",
        "e'a'",
        "'a\nb'",
        "'科技'",
    ),
    *("0", "1", "10", "1.5", "1.", ".5", "1e5", "0x1F", "0b1", "1_000", "1a", "9" * 30),
    *"()[]{}.,;:+-*/%=<>!|&~^?@#$\\'\"`\n\t\r ",
    *("<=", ">=", "<>", "!=", "==", "<=>", "=>", "->", "->>", "--", "/*", "*/", "::", "||", "{{", "{%", "-|-", "~~"),
    *("科", "＞", "“", "\x00", "\u00a0", "\u3000", "\u2028", "é", "²", "٣", "\ud800"),
)
texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
    st.text("ab1.' \n(,)<=>-_eEnN", max_size=12),
    st.text(max_size=8),
)


def seen(tokens: list[Token]) -> list[tuple[object, ...]]:
    return [tuple(getattr(token, name) for name in Token._attrs) for token in tokens]


def outcome(text: str) -> tuple[str, ...]:
    """The tree of a text, with where its parts stand, or its error."""
    spelled.cache_clear()
    try:
        tree = spelled(text)
    except ExpressionError as error:
        return error.message, error.hint
    return repr(tree), *(f"{type(node).__name__} {sorted(node.meta.items())} {node.comments}" for node in tree.walk())


def outcome_by_sqlglot(text: str) -> tuple[str, ...]:
    """The same where every text is left to sqlglot's tokenizer."""
    with patch.object(spelling, "plain_tokens", lambda text: None):
        return outcome(text)


@settings(max_examples=600)
@given(texts)
def test_what_is_plainly_written_has_the_tokens_that_sqlglot_finds_and_none_is_refused(text: str) -> None:
    plain = plain_tokens(text)
    if plain is None:
        return
    tokens = names_freed(Tokens(DIALECT).tokenize(text))
    assert seen(plain) == seen(tokens)
    assert all(token.token_type in SIGNS or token.text.upper() in WORDS for token in tokens)


@settings(max_examples=400)
@given(texts)
def test_every_text_has_the_tree_or_the_error_that_it_has_by_sqlglots_own_tokens(text: str) -> None:
    assert outcome(text) == outcome_by_sqlglot(text)


def expressions() -> Iterator[str]:
    """Every expression of the demo region, as it is written."""
    found: dict[str, None] = {}
    wrapped = spelled.__wrapped__

    def spied(text: str) -> object:
        found[text] = None
        return wrapped(text)

    with patch("kerong.rulebook.parse.spelled", spied):
        load(read_pack("demo"))
    return iter(found)


def test_the_expressions_of_the_demo_region_are_plainly_written_and_have_the_trees_of_sqlglot() -> None:
    texts = list(expressions())
    plain = [text for text in texts if plain_tokens(text) is not None]
    assert len(texts) > 100
    assert len(plain) > 0.9 * len(texts)
    for text in texts:
        assert outcome(text) == outcome_by_sqlglot(text)


@pytest.mark.parametrize(
    "text", ["a=-1", "n'x'", "a--b", "a /* b */", "a.b.c", "1.", "1e5", "a like 'b'", "a; b", "'it''s'", "'a"]
)
def test_what_could_mean_something_else_in_sql_is_left_to_sqlglot(text: str) -> None:
    assert plain_tokens(text) is None


def test_a_quote_that_is_not_closed_is_an_error_of_sqlglots_tokenizer() -> None:
    with pytest.raises(TokenError):
        Tokens(DIALECT).tokenize("'a")
