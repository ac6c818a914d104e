"""A record for a purpose: nothing comes through that legal basis, consent or sensitivity do not allow."""

from dataclasses import replace
from functools import cache

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.record.purpose import for_purpose
from kerong.rulebook import Rulebook, load
from kerong.rulebook.content import Place, Purpose, Text
from kerong.rulebook.facts import SENSITIVITIES
from kerong.rulebook.sensitivity import sensitivity_of
from kerong.rulebook.tree import fields_of
from kerong.store.packs import read_pack

NAMED = Text("用途", "purpose")


@cache
def book() -> Rulebook:
    return load(read_pack("demo"))


def purpose(
    sensitivity: str = "restricted", registers: tuple[str, ...] = (), fields: tuple[str, ...] = (), needs: bool = False
) -> Purpose:
    return Purpose("some", NAMED, NAMED, needs, sensitivity, registers, fields, Place("purposes/some.toml", 1))


def every_field() -> list[str]:
    networks = [name for net in book().networks.values() for name in net.fields]
    return [*book().region.provides, *book().measures, *book().formulas, *networks]


def table() -> pl.DataFrame:
    names = [held for name in every_field() for held in (name, f"{name}!error")]
    return pl.DataFrame({"enterprise_id": ["A"]} | {name: [1] for name in [*names, "other_names", "no_field_at_all"]})


def read(field: str) -> tuple[set[str], set[str]]:
    """Registers and levels that a field rests on, followed one step at a time: not as the code does it."""
    rulebook, registers, levels = book(), set[str](), set[str]()
    nodes, pairs = [], list(rulebook.region.provides.get(field, ()))
    if field in rulebook.measures:
        measure = rulebook.measures[field]
        nodes = [node for node in (measure.value, measure.by, measure.where) if node is not None]
        registers.add(measure.over)
        levels.add(rulebook.registers[measure.over].sensitivity)
    elif field in rulebook.formulas:
        nodes = [rulebook.formulas[field].value]
    else:
        for network in rulebook.networks.values():
            if field in network.fields:
                nodes = list(network.nodes())
                registers.add(network.over)
                levels.add(rulebook.registers[network.over].sensitivity)
    pairs += [pair for node in nodes for pair in fields_of(node)]
    for name, column in pairs:
        if name == "enterprise":
            if column != "enterprise_id":
                below = read(column)
                registers |= below[0]
                levels |= below[1]
        else:
            registers.add(name)
            if column in rulebook.registers[name].columns:
                own = rulebook.registers[name].columns[column].sensitivity
                levels.add(own or rulebook.registers[name].sensitivity)
    return registers, levels


LISTS = st.lists(st.sampled_from(sorted(book().registers)), max_size=12, unique=True).map(tuple)
FIELDS = st.one_of(st.just(()), st.lists(st.sampled_from(sorted(every_field())), min_size=1, unique=True).map(tuple))


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(SENSITIVITIES), LISTS, FIELDS)
def test_no_field_comes_through_above_the_sensitivity_or_outside_the_lists(
    level: str, registers: tuple[str, ...], fields: tuple[str, ...]
) -> None:
    wanted = purpose(level, registers, fields)
    found = for_purpose(table(), {}, book(), wanted, consented=True)
    allowed = SENSITIVITIES[: SENSITIVITIES.index(level) + 1]
    for column in found.enterprises.columns[1:]:
        field = column.removesuffix("!error").replace("other_names", "name")
        behind, levels = read(field)
        assert levels <= set(allowed)
        assert not registers or behind <= set(registers)
        assert not fields or field in fields
    assert {*found.enterprises.columns, *found.withheld} == set(table().columns)


def test_a_purpose_that_allows_everything_withholds_only_what_nobody_knows() -> None:
    found = for_purpose(table(), {}, book(), purpose(), consented=True)
    assert found.withheld == {"no_field_at_all": "field"}


def test_without_the_consent_that_is_needed_nothing_is_carried() -> None:
    rows = {"loan": pl.DataFrame({"enterprise_id": ["A"], "amount_fen": [1]})}
    found = for_purpose(table(), rows, book(), purpose(needs=True), consented=False)
    assert found.enterprises.shape == (0, 1)
    assert found.registers == {}
    assert set(found.withheld.values()) == {"consent"}


def test_a_field_of_public_columns_is_public_and_a_formula_over_tax_is_restricted() -> None:
    assert sensitivity_of(book(), "name") == "public"
    assert sensitivity_of(book(), "tax_burden") == "restricted"


def test_a_column_that_is_more_sensitive_than_its_register_stays_behind_with_all_that_reads_it() -> None:
    company = book().registers["company"]
    secret = replace(company.columns["industry"], sensitivity="restricted")
    changed = replace(
        book(),
        registers={
            **book().registers,
            "company": replace(company, columns={**company.columns, "industry": secret}),
        },
    )
    rows = {"company": pl.DataFrame({"enterprise_id": ["A"], "name": ["甲"], "industry": ["I65"], "row_key": ["x"]})}
    found = for_purpose(table(), rows, changed, purpose("public"), consented=True)
    assert "industry" not in found.enterprises.columns
    assert "industry" not in found.registers["company"].columns
    assert found.withheld["industry"] == found.withheld["company.industry"] == "sensitivity"
    reading = [f.name for f in changed.formulas.values() if ("enterprise", "industry") in fields_of(f.value)]
    assert reading
    assert not set(reading) & set(found.enterprises.columns)


def test_rows_of_registers_are_not_carried_where_only_fields_are_named() -> None:
    rows = {"qualification": pl.DataFrame({"enterprise_id": ["A"], "kind": ["high_tech"]})}
    found = for_purpose(table(), rows, book(), purpose(fields=("name",)), consented=True)
    assert found.registers == {}
    assert found.enterprises.columns == ["enterprise_id", "name", "name!error"]


def test_every_purpose_of_china_says_its_legal_basis_and_carries_something() -> None:
    assert {"loan_application", "guarantee_application", "subsidy_application", "statistics", "early_warning"} <= set(
        book().purposes
    )
    for wanted in book().purposes.values():
        found = for_purpose(table(), {}, book(), wanted, consented=True)
        assert wanted.legal_basis.zh
        assert found.enterprises.width > 5
    assert "name" not in for_purpose(table(), {}, book(), book().purposes["statistics"], consented=False).enterprises


def test_that_a_firm_stands_in_a_register_is_as_sensitive_as_the_register() -> None:
    found = book()
    tax = replace(found.registers["tax"], row=("enterprise_id",), sensitivity="restricted")
    changed = replace(found, registers={**found.registers, "tax": tax})
    rows = {"tax": pl.DataFrame({"enterprise_id": ["A"], "row_key": ["A"]})}
    carried = for_purpose(table(), rows, changed, purpose("public"), consented=True)
    assert carried.registers == {}
    assert carried.withheld["tax.row_key"] == "sensitivity"
