"""Linking rows: what is sure, what is for a steward, and what never happens silently."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.problems import sentence
from kerong.engine.record.linkage import (
    Model,
    PlanError,
    RowsError,
    candidates,
    deduplicated,
    fit,
    learned_and_deduplicated,
    linked,
    model_for,
    review_queue,
    standard_plan,
)
from kerong.engine.record.linkage.grading import graded, pairs_of_groups
from kerong.engine.record.linkage.plan import Key, Plan
from tests.engine.record.linkage.rows import firms

COMPARED = ("id", "name", "legal_representative", "telephone")


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return firms(160)


@pytest.fixture(scope="module")
def model(rows: pl.DataFrame) -> Model:
    return fit(rows, None, standard_plan(rows.select(COMPARED)))


@pytest.fixture(scope="module")
def enterprises(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("id").str.starts_with("a")).rename({"id": "enterprise_id"}).drop("firm")


@pytest.fixture(scope="module")
def asked(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("id").str.starts_with("b")).drop("firm")


@pytest.fixture(scope="module")
def between(asked: pl.DataFrame, enterprises: pl.DataFrame) -> Model:
    return model_for(asked, enterprises)


def decided(*rows: tuple[str, str, str, str, int]) -> pl.DataFrame:
    said = [(a, b, what, who, datetime(2026, 1, day, tzinfo=UTC).replace(tzinfo=None)) for a, b, what, who, day in rows]
    return pl.DataFrame(said, schema=["left_id", "right_id", "decision", "by", "at"], orient="row")


def test_firms_that_stand_twice_are_found_and_none_are_merged_wrongly(rows: pl.DataFrame, model: Model) -> None:
    grade = graded(deduplicated(rows, model).pairs, pairs_of_groups(rows, "id", "firm"))
    assert grade.precision.value == 1.0
    assert grade.recall.value > 0.7
    assert grade.found.value > 0.95


def test_a_model_survives_being_written_and_read(model: Model) -> None:
    assert Model.from_json(model.to_json()) == model
    with pytest.raises(PlanError, match="no model"):
        Model.from_json('{"format": 1}')


def test_learning_and_linking_in_one_go_gives_what_they_give_one_after_the_other(
    rows: pl.DataFrame, model: Model
) -> None:
    together, found = learned_and_deduplicated(rows, model.plan)
    assert together.to_json() == model.to_json()
    assert found.pairs.equals(deduplicated(rows, model).pairs)


@settings(max_examples=3, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_not_a_byte(rows: pl.DataFrame, model: Model, random: object) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    mixed = rows[order]
    again = fit(mixed, None, model.plan)
    assert again.to_json() == model.to_json()
    there, back = deduplicated(rows, model), deduplicated(mixed, again)
    assert there.pairs.equals(back.pairs)
    queues = [review_queue(found, own, own, model).write_csv() for found, own in ((there, rows), (back, mixed))]
    assert queues[0] == queues[1]


def test_every_row_of_a_register_finds_one_enterprise_or_none(
    asked: pl.DataFrame, enterprises: pl.DataFrame, between: Model
) -> None:
    found = candidates(asked, enterprises, between)
    assert len(found.by_row) == len(asked)
    hits = found.by_row["enterprise_id"].str.slice(1) == asked["id"].str.slice(1)
    assert hits.drop_nulls().all()
    assert found.by_row["enterprise_id"].is_not_null().mean() > 0.9  # type: ignore[operator]


def test_two_enterprises_that_a_row_could_be_equally_are_left_to_a_steward(
    asked: pl.DataFrame, enterprises: pl.DataFrame, between: Model
) -> None:
    first = enterprises.filter(pl.col("enterprise_id") == "a0000")
    twins = pl.concat([enterprises, first.with_columns(enterprise_id=pl.lit("a9999"))])
    found = linked(asked, twins, between, right_id="enterprise_id")
    own = found.pairs.filter(pl.col("left_id") == "b0000").filter(pl.col("right_id").is_in(["a0000", "a9999"]))
    assert own["decided"].to_list() == ["review", "review"]
    assert own["margin"].to_list() == [0.0, 0.0]
    assert own["probability"].sum() <= 1.0


def test_nothing_known_is_no_evidence(asked: pl.DataFrame, enterprises: pl.DataFrame, between: Model) -> None:
    blank = asked.head(1).with_columns(
        id=pl.lit("blank"), **{name: pl.lit(None, dtype=pl.String) for name in COMPARED[1:]}
    )
    found = linked(pl.concat([asked, blank.select(asked.columns)]), enterprises, between, right_id="enterprise_id")
    assert found.pairs.filter(pl.col("left_id") == "blank").is_empty()


def test_a_decision_goes_before_the_model_and_stays_in_every_new_run(
    asked: pl.DataFrame, enterprises: pl.DataFrame, between: Model
) -> None:
    said = decided(("b0000", "a0000", "different", "li", 1), ("b0002", "a0100", "same", "li", 1))
    for order in (asked, asked.reverse()):
        found = linked(order, enterprises, between, said, right_id="enterprise_id").pairs
        own = {
            (a, b): (what, by) for a, b, what, by in found.select("left_id", "right_id", "decided", "by").iter_rows()
        }
        assert own["b0000", "a0000"] == ("different", "steward")
        assert own["b0002", "a0100"] == ("same", "steward")
        assert own["b0002", "a0002"][0] == "different"


def test_of_one_steward_the_latest_decision_counts(
    asked: pl.DataFrame, enterprises: pl.DataFrame, between: Model
) -> None:
    said = decided(("b0000", "a0000", "different", "li", 1), ("b0000", "a0000", "same", "li", 2))
    found = linked(asked, enterprises, between, said, right_id="enterprise_id")
    assert found.pairs.filter(pl.col("by") == "steward", pl.col("left_id") == "b0000")["decided"].to_list() == ["same"]
    assert found.problems.is_empty()


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ([("b0000", "a0000", "same", "li", 1), ("b0000", "a0000", "different", "wang", 2)], "decisions_contradict"),
        ([("b0000", "a0000", "same", "li", 1), ("b0000", "a0002", "same", "wang", 2)], "decisions_name_two"),
    ],
)
def test_decisions_that_contradict_each_other_are_named_and_decide_nothing(
    said: list[tuple[str, str, str, str, int]],
    kind: str,
    asked: pl.DataFrame,
    enterprises: pl.DataFrame,
    between: Model,
) -> None:
    found = linked(asked, enterprises, between, decided(*said), right_id="enterprise_id")
    own = found.pairs.filter(pl.col("left_id") == "b0000", pl.col("by") == "steward")
    assert set(own["decided"]) == {"review"}
    assert set(found.problems["kind"]) == {kind}
    words = sentence(found.problems.row(0, named=True), "en")
    assert "b0000" in words
    assert "put up for review" in words


def test_a_decision_about_rows_that_are_not_here_is_kept_and_said(
    asked: pl.DataFrame, enterprises: pl.DataFrame, between: Model
) -> None:
    found = linked(asked, enterprises, between, decided(("gone", "a0000", "same", "li", 1)), right_id="enterprise_id")
    assert found.problems["kind"].to_list() == ["decision_without_row"]


def test_a_chain_of_sames_around_a_different_is_named_and_joins_nobody(rows: pl.DataFrame, model: Model) -> None:
    said = decided(
        ("a0000", "a0001", "same", "li", 1),
        ("a0001", "a0003", "same", "wang", 1),
        ("a0000", "a0003", "different", "wu", 1),
    )
    found = deduplicated(rows, model, said)
    assert "decisions_close_a_circle" in set(found.problems["kind"])
    assert found.groups is not None
    group = dict(found.groups.iter_rows())
    assert len({group[name] for name in ("a0000", "a0001", "a0003")}) == 3


def test_a_group_that_holds_a_decided_difference_is_not_joined_but_reviewed(rows: pl.DataFrame, model: Model) -> None:
    third = rows.filter(pl.col("id") == "a0000").with_columns(id=pl.lit("c0000"))
    wider = pl.concat([rows, third])
    before = deduplicated(wider, model).groups
    assert before is not None
    assert dict(before.iter_rows())["c0000"] == "a0000"
    found = deduplicated(wider, model, decided(("a0000", "c0000", "different", "li", 1)))
    assert found.groups is not None
    group = dict(found.groups.iter_rows())
    assert group["a0000"] != group["c0000"]


def test_the_queue_shows_both_sides_and_the_most_useful_decision_first(
    asked: pl.DataFrame, enterprises: pl.DataFrame, between: Model
) -> None:
    twins = pl.concat([enterprises, enterprises.head(5).with_columns(enterprise_id=pl.col("enterprise_id") + "x")])
    found = candidates(pl.concat([asked, *[asked.head(1)] * 4]), twins, between)
    queue = found.queue
    assert queue["good"].is_sorted(descending=True)
    assert queue["right_id"][0] in ("a0000", "a0000x")  # five rows wait for it
    assert {"left_name", "right_name", "agreement_core", "probability", "weight"} <= set(queue.columns)
    assert queue["agreement_core"][0] == "equal name:core"


def test_a_key_that_everybody_shares_is_not_compared_whole_and_says_so() -> None:
    rows = firms(600).with_columns(legal_representative=pl.lit("张伟"))
    plan = standard_plan(rows.select(COMPARED))
    bounded = Plan(plan.comparisons, (Key(("legal_representative",)),), block_rows=100, window=5)
    found = deduplicated(rows, fit(rows, None, bounded))
    assert found.work["compared"] <= 5 * len(rows)
    assert found.work["not_looked_at"] > 100_000


def test_rows_that_cannot_be_told_apart_are_refused(rows: pl.DataFrame, model: Model) -> None:
    with pytest.raises(RowsError, match="twice"):
        deduplicated(pl.concat([rows, rows.head(1)]), model)
    with pytest.raises(RowsError, match="no column 'number'"):
        deduplicated(rows, model, id_column="number")


def test_one_to_one_gives_no_enterprise_to_two_rows(
    asked: pl.DataFrame, enterprises: pl.DataFrame, between: Model
) -> None:
    again = pl.concat([asked, asked.with_columns(pl.col("id") + "x")])
    found = linked(again, enterprises, between, assignment="one_to_one", right_id="enterprise_id").pairs
    same = found.filter(pl.col("decided") == "same")
    assert same["right_id"].is_unique().all()
    assert found.filter(pl.col("decided") == "review").height >= len(asked)


def test_tables_of_one_row_or_of_none_are_linked_like_any_other(between: Model, enterprises: pl.DataFrame) -> None:
    one = pl.DataFrame({"name": ["瑞图科技"]})
    firm = pl.DataFrame({"enterprise_id": ["E1"], "name": ["苏州瑞图科技有限公司"]})
    found = candidates(one, firm, model_for(one, firm))
    assert len(found.by_row) == 1
    nobody = candidates(enterprises.clear().drop("enterprise_id"), enterprises, between)
    assert nobody.by_row.is_empty()
    assert nobody.queue.is_empty()
    alone = enterprises.head(1).rename({"enterprise_id": "id"})
    assert deduplicated(alone, fit(alone, None, standard_plan(alone))).pairs.is_empty()
