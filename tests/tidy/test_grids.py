"""Grids of the portal say how many columns they have: a grid that does not has twelve, and cards a twelfth each."""

import re

from tests.conftest import ROOT

TEMPLATES = ROOT / "src" / "kerong" / "web" / "templates"


def test_every_grid_says_its_columns_in_every_case() -> None:
    found = [
        (path.name, classes)
        for path in sorted(TEMPLATES.rglob("*.html"))
        for classes in re.findall(r'class="(grid[ "{][^"]*|grid)"', path.read_text("utf-8"))
    ]
    assert len(found) > 5
    bare = re.compile(r"{%\s*if[^%]*%}.*?{%\s*endif\s*%}")
    for name, classes in found:
        parts = bare.findall(classes)
        always = "grid-" in bare.sub("", classes)
        assert always or any("{% else %}" in part and part.count("grid-") == 2 for part in parts), (name, classes)
