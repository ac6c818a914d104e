"""What a synthetic city takes from a region's pack."""

from kerong.lab.places import places_of
from kerong.store.packs import read_pack


def test_a_region_whose_affiliates_are_told_by_a_formula_has_its_places() -> None:
    texts = read_pack("demo")
    head = texts["region.toml"]
    assert "[enterprise]\n" in head
    affiliates = '[enterprise]\naffiliates = "left(enterprise.industry_section, 1)"\n'
    changed = texts | {"region.toml": head.replace("[enterprise]\n", affiliates, 1)}
    assert places_of(changed) == places_of(texts)


def test_a_region_whose_institutions_are_quoted_from_a_document_has_its_places() -> None:
    texts = read_pack("demo")
    quoting = '[institution.source]\ndocument = "S3"\nclause = "一"\nquote = ["苏州"]\n\n[score]\n'
    changed = texts | {"region.toml": texts["region.toml"].replace("[score]\n", quoting, 1)}
    assert places_of(changed) == places_of(texts)
