"""Many claims are served by the same function, compiled: to the fen as the plain one serves them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.award import Choice, awarded, kernel
from kerong.engine.award.claims import sorted_by
from tests.engine.award.book import Claim, cap, granted, paid, second_opinion, table, terms

CAPS = [
    cap("enterprise_year", 900),
    cap("payee", 4_000),
    cap("budget", 7_000, "premium"),
    cap("joint", 1_100, "interest", "premium", per="enterprise", name="together"),
]
CHOICES = [Choice("once", ("fees", "premium"), "enterprise", by_year=False, is_best=True)]


def test_the_compiled_function_serves_as_the_plain_one_does(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    rules = ("interest", "premium", "fees", "premium", "interest", "fees", "interest")
    claims = [
        Claim(rules[n % 7], f"firm {n * 7 % 23:02d}", f"{n:03d}", n * 37 % 600, payee=("river bank", "sea bank")[n % 2])
        for n in range(120)
    ]
    before = [Claim("premium", f"firm {n:02d}", "", 100) for n in range(5)]
    plain = awarded(table(claims), terms(*CAPS, choices=CHOICES), granted(before))
    monkeypatch.setattr(kernel, "MANY", 0)
    compiled = awarded(table(claims), terms(*CAPS, choices=CHOICES), granted(before))
    assert plain[0].equals(compiled[0])
    assert plain[1].equals(compiled[1])
    assert paid(plain[0]) == second_opinion(claims, CAPS, CHOICES, before)


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0, 5, 2**61]), st.integers(-2, 2)), max_size=12))
def test_rows_are_sorted_by_keys_in_turn_whether_or_not_these_fit_into_one_number(
    rows: list[tuple[int, int, int]],
) -> None:
    keys = [np.array([row[place] for row in rows], np.int64) for place in range(3)]
    wanted = sorted(range(len(rows)), key=lambda n: (rows[n][2], rows[n][1], rows[n][0], n))
    assert sorted_by(keys).tolist() == wanted
