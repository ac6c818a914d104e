"""A scale that was changed by hand is refused, also where its digest was made anew."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from kerong.engine.score.scale import Bounds, Scale, ScaleRefused, Yardstick, from_json

HALF = Bounds(0.0, 1.0, 40, "all")
SCALE = Scale(
    ("input",),
    (Yardstick("x", "input", "more", None, HALF, {"C": HALF}),),
    {"seed": {"x": 1000}},
    {"x": 1000},
    (("A", 700),),
)
Change = Callable[[dict[str, Any]], object]


def told(change: Change) -> str:
    """The scale, changed, with the digest that then belongs to it."""
    held = json.loads(SCALE.to_json())
    held.pop("digest")
    change(held)
    digest = hashlib.sha256(json.dumps(held, ensure_ascii=False).encode()).hexdigest()
    return json.dumps({**held, "digest": digest})


def test_a_scale_with_its_own_digest_is_read() -> None:
    assert from_json(told(lambda held: None)) == SCALE


@pytest.mark.parametrize(
    "change",
    [
        lambda held: held["weights"]["seed"].update(x="1000"),
        lambda held: held["weights"]["seed"].update(x=-5),
        lambda held: held["weights"]["seed"].update(x=2**40),
        lambda held: held["weights_unknown"].update(x=1.5),
        lambda held: held.update(weights=[]),
        lambda held: held.update(firms="many"),
        lambda held: held.update(grades=[["A", "700"]]),
        lambda held: held["yardsticks"][0]["everyone"].update(low="0"),
        lambda held: held["yardsticks"][0]["everyone"].update(low=2.0),
        lambda held: held["yardsticks"][0]["everyone"].update(low=None),
        lambda held: held["yardsticks"][0]["groups"]["C"].update(high=float("inf")),
        lambda held: held["yardsticks"][0]["groups"]["C"].update(known=-1),
    ],
)
def test_weights_and_bounds_of_no_scale_are_refused_in_both_languages(change: Change) -> None:
    with pytest.raises(ScaleRefused) as refused:
        from_json(told(change))
    assert "评分标尺" in refused.value.said.zh
