"""Whatever stands where an expression should is read, or refused in one sentence, at once; nothing is reached by it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.rulebook.parse import ExpressionError, parse, with_exceptions
from kerong.rulebook.tree import Node, fits
from kerong.rulebook.types import BOOL
from tests.rulebook.generated import SCOPE

LONGEST_SENTENCE = 320


def refusal(text: str) -> str:
    """The sentence and the hint by which a text is refused."""
    with pytest.raises(ExpressionError) as found:
        parse(text, SCOPE)
    assert len(found.value.message) <= LONGEST_SENTENCE
    assert all(character.isprintable() for character in found.value.message + found.value.hint)
    return f"{found.value.message} ({found.value.hint})"


@pytest.mark.parametrize(
    "text",
    [
        *("(select 1)", "select enterprise.n", "enterprise.n in (select 1)", "exists(select 1)", "with x as (1) 2"),
        *("enterprise.kind like 'x'", "'a' || 'b'", "enterprise.n % 2", "enterprise.n::text", "cast(1 as text)"),
        *("enterprise.kind[1]", "enterprise.kind -> 'a'", "enterprise.n ? 1", ":name", "@x", "$1", "{fn now()}", "*"),
        *("null", "interval '1 day'", "x'41'", '"enterprise"', "`n`", "a.b.c", "enterprise.*", "1e5", "0x10", "1."),
        *("now()", "current_date", "current_date()", "random()", "getenv('HOME')", "read_csv('/etc/passwd')"),
        *("load_extension('x')", "sum(enterprise.n)", "count(*)", "row_number() over (order by enterprise.n)"),
        *("1 -- all", "1 /* all */", "1; 2", "", "   ", ";;;", "\x00", "1 \x00", "\ud800", "1 2", "enterprise.n n"),
        *("case when true then 1 end", "case enterprise.n when 1 then 2 else 3 end", "date '2024-02-30'", "date 'x'"),
        *("left('a', enterprise.n)", "left('a', -1)", "prorate(line_fen, 90, 364)", "prorate(line_fen, 90)"),
        *("least(1)", "step(enterprise.n)", "add_days(on)", "share_bp(line_fen)", "marginal()"),
        *("enterprise.n in ()", "enterprise.n in (enterprise.m)", "enterprise.n is true", "not 1", "true + 1", "- 'a'"),
        *("step(enterprise.n, 5)", "step(enterprise.n, enterprise.m)", "lookup('x', rates_bp)", "step('x', shares_bp)"),
        *("marginal(enterprise.q, factors)", "marginal(enterprise.n, rates_bp)", "rates_bp", "rates_bp is null"),
        *("rates_bp = rates_bp", "coalesce(rates_bp, rates_bp)", "enterprise.permits", "held_on(on, on)"),
        *("enterprise.permits = enterprise.permits", "held_on(enterprise.permits, enterprise.n)"),
        *("case when true then enterprise.permits else enterprise.permits end", "add_days(on, 1.5)", "add_days(1, 1)"),
        *("9" * 400, "9" * 400 + ".0", "9200000000000000001", "-9200000000000000001"),
    ],
)  # fmt: skip
def test_what_is_no_expression_of_the_language_is_refused_in_a_sentence(text: str) -> None:
    assert refusal(text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("enterprise.a_fen + enterprise.n", ["fen", "count"]),
        ("enterprise.a_fen > enterprise.r_bp", ["fen", "bp"]),
        ("years_between(enterprise.began_on, on) >= enterprise.n", ["years", "count"]),
        ("enterprise.a_fen * enterprise.q", ["fen", "ratio", "share_bp"]),
        ("step(enterprise.n, rates_bp)", ["count", "fen"]),
        ("lookup(enterprise.kind, rates_bp)", ["table of bp over fen", "step"]),
        ("enterprise.kind < 'x'", ["text", "="]),
        ("enterprise.grade = 'AA'", ["'AA'", "A, B, C"]),
        ("enterprise.grade in ('A', 'Ba')", ["'Ba'", "did you mean B"]),
        ("case when true then enterprise.grade else 'D' end", ["'D'", "A, B, C"]),
        ("enterprise.a_fne > 1", ["a_fne", "enterprise.a_fen"]),
        ("entreprise.n > 1", ["entreprise", "enterprise"]),
        ("margnal(enterprise.a_fen, rates_bp)", ["margnal", "marginal"]),
        ("step(enterprise.a_fen, rate_bp)", ["rate_bp", "rates_bp"]),
        ("enterprise.is_new enterprise.is_old", ["operator"]),
        ("enterprise.kind = 'x", ["quote"]),
        ("enterprise.kind = \"x\"", ["'so'"]),
    ],
)  # fmt: skip
def test_a_refusal_names_both_sides_or_the_nearest_name(text: str, named: list[str]) -> None:
    sentence = refusal(text)
    for word in named:
        assert word in sentence


def test_two_lists_of_codes_clash_and_a_code_is_a_text_beside_a_text() -> None:
    assert parse("enterprise.grade = enterprise.kind", SCOPE).type == BOOL
    other = Node("field", type(BOOL)("text", codes=("X", "Y")), value=("", "other"))
    with pytest.raises(ExpressionError, match=r"code \(A, B, C\) does not go with code \(X, Y\)"):
        parse("enterprise.grade = other", type(SCOPE)(SCOPE.fields, {"other": other}))


def nested(inner: str, outer: str, times: int) -> str:
    text = inner
    for _ in range(times):
        text = outer.format(text)
    return text


@pytest.mark.parametrize(
    "text",
    [
        "1+" * 50_000 + "1",
        "a" * 100_000,
        "'" + "(" * 100_000,
        "(" * 1_900 + "1" + ")" * 1_900,
        "1" + "+1" * 1_900,
        "not " * 900 + "true",
        "- " * 1_900 + "1",
        ";" * 3_900,
        "'" * 3_999,
        "a." * 1_900 + "b",
        " or ".join(["true"] * 500),
        "coalesce(" + ",".join(["1"] * 1_000) + ")",
        nested("1", "case when true then {} else 2 end", 120),
        nested("1", "case when {} between 0 and 5 then 1 else 2 end", 30),
        nested("enterprise.n", "least({}, 1)", 300),
    ],
)
def test_long_deep_and_doubling_expressions_are_refused_before_anything_walks_them(text: str) -> None:
    assert refusal(text)


def test_what_is_let_through_is_small_enough_for_what_calls_itself() -> None:
    node = parse("1" + "+1" * 98, SCOPE)
    assert fits(node, 100, 4_000)
    assert not fits(node, 98, 4_000)
    assert not fits(node, 100, 100)
    assert "too large" in refusal("1" + "+1" * 100)


WORDS = """
enterprise.a_fen enterprise.n enterprise.kind enterprise.grade enterprise.is_new enterprise.permits enterprise.q on
enterprise.began_on rates_bp shares_bp line_fen 1 0 2.5 'x' 'A' true null date '2024-01-31' ( ) , + - * / = <> < <= >
and or not between in is case when then else end least coalesce share_bp prorate number years_between add_days left
step marginal lookup held_on select from exists cast :: ; -- /* " ` [ ] { ? : @x $1 % || ! . .. -> interval count(*)
over like ilike array[1] x'41' \\ 企业 // ** #
"""


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS.split()), max_size=9).map(" ".join) | st.text(max_size=40))
def test_any_words_are_an_expression_or_refused_in_a_sentence(text: str) -> None:
    try:
        node = parse(text, SCOPE)
    except ExpressionError:
        assert refusal(text)
    else:
        assert fits(node, 100, 4_000)


YES, ONE, TWO = parse("enterprise.is_new", SCOPE), parse("1", SCOPE), parse("2", SCOPE)


@pytest.mark.parametrize(
    ("exceptions", "said"),
    [
        ([("a", YES, ONE, ["b"]), ("b", YES, TWO, ["a"])], "circle: a over b over a|circle: b over a over b"),
        ([("a", YES, ONE, ["a"])], "circle: a over a"),
        ([("a", YES, ONE, []), ("a", YES, TWO, [])], "two exceptions are called a"),
        ([("listed", YES, ONE, ["smal"]), ("small", YES, TWO, [])], "over names smal"),
        ([("a", ONE, ONE, [])], "when needs a flag, not number"),
        ([("a", YES, YES, [])], "number does not go with flag|flag does not go with number"),
        ([("a", YES, parse("enterprise.r_bp", SCOPE), []), ("b", YES, parse("line_fen", SCOPE), [])], "bp .*fen"),
    ],
)
def test_exceptions_that_make_no_sense_are_refused(
    exceptions: list[tuple[str, Node, Node, list[str]]], said: str
) -> None:
    with pytest.raises(ExpressionError, match=said):
        with_exceptions(ONE, exceptions)


def test_what_an_exception_beats_through_others_is_worked_out_when_it_is_read() -> None:
    node = with_exceptions(ONE, [("c", YES, TWO, []), ("b", YES, TWO, ["c"]), ("a", YES, TWO, ["b"])])
    assert node.labels == ("c", "b", "a")
    assert set(node.beats) == {(1, 0), (2, 1), (2, 0)}
