"""A value leads to its rows: what the panel says is what the run says, and it says so where nothing is left."""

import html
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from django.test import Client

from kerong.web.base.models import AccessLog
from kerong.web.base.permissions import Reach
from kerong.web.base.selectors import facts
from kerong.web.base.selectors.carried import carried
from kerong.web.base.selectors.lineage import panel, rows_of_register
from kerong.web.base.selectors.network import masked_name, pictures
from kerong.web.base.selectors.objections import Disputed
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.record import conflicts_of, held_of
from kerong.web.base.selectors.values import grouped, values
from kerong.web.base.services.run import run_publish

EVERYTHING = Reach(frozenset({"profile"}), "public_duty")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_field_of_the_enterprise_has_a_panel_with_its_value(
    lang: str, published: Published, ids: list[str]
) -> None:
    held = carried(published, EVERYTHING)
    row = published.enterprise(ids[3])
    assert row is not None
    fields = [name for _, names in grouped(published.rulebook) for name in names if name in row]
    assert len(fields) > 250
    for name in fields[:: 9 if lang == "zh" else 31]:
        found = panel(published, ids[3], name, held, Disputed(), lang)
        assert found is not None
        assert found.root is not None, name
        assert (found.root.state == "known") == (row[name] is not None), name
        assert found.root.how, name


def test_every_field_stands_in_exactly_one_group(published: Published, ids: list[str]) -> None:
    names = [name for _, found in grouped(published.rulebook) for name in found]
    assert len(names) == len(set(names))
    listed = values(published, published.enterprise(ids[0]) or {}, carried(published, EVERYTHING), Disputed())
    shown = {line.name for group in listed.groups for line in group.lines}
    told = {name for name in published.enterprises.columns if not name.endswith("!error")}
    assert shown == told - {"enterprise_id", "other_names"}


def test_the_rows_of_a_sum_add_up_to_it(published: Published, ids: list[str]) -> None:
    book, held = published.rulebook, carried(published, EVERYTHING)
    for enterprise_id in ids[:3]:
        rows = rows_of_register(published, enterprise_id, "company", held, Disputed(), "zh")
        assert any(row.counts for row in rows)
        found = panel(published, enterprise_id, "loans", held, Disputed(), "zh")
        if found is not None and found.root is not None and "loans" in book.measures:
            assert found.root.value == str(found.root.counted)


def test_a_panel_read_is_logged_and_a_refused_one_is_not(as_role: Callable[[str], Client], ids: list[str]) -> None:
    as_role("official").get(f"/enterprises/{ids[0]}/values/employees/")
    as_role("bank").get(f"/enterprises/{ids[0]}/values/employees/")
    assert list(AccessLog.objects.values_list("what", "role")) == [("lineage", "official")]


def test_htmx_gets_the_panel_alone_and_a_browser_a_page(as_role: Callable[[str], Client], ids: list[str]) -> None:
    path = f"/enterprises/{ids[0]}/values/employees/"
    part = as_role("official").get(path, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<article")
    assert "<html" in as_role("official").get(path).content.decode()


@pytest.mark.parametrize("field", ["no_such_field", "enterprise_id", "name!error", "../../x", "indicator_", "x" * 3000])
def test_a_field_that_is_none_is_404(field: str, as_role: Callable[[str], Client], ids: list[str]) -> None:
    assert as_role("official").get(f"/enterprises/{ids[0]}/values/{field}/").status_code == 404


@pytest.mark.parametrize(("harm", "words"), [("gone", "已不在"), ("changed", "文件被改过"), ("place", "已不在原处")])
def test_where_files_are_gone_or_changed_the_panel_says_so_and_keeps_the_value(
    harm: str,
    words: str,
    city_run: Path,
    tmp_path: Path,
    published: Published,
    as_role: Callable[[str], Client],
    ids: list[str],
) -> None:
    client, copy = as_role("official"), tmp_path / "registers"
    shutil.copytree(json.loads((city_run / "manifest.json").read_text())["source"], copy)
    shutil.copytree(city_run, tmp_path / "run")
    told = json.loads((tmp_path / "run" / "manifest.json").read_text())
    (tmp_path / "run" / "manifest.json").write_text(json.dumps({**told, "source": str(copy), "run_id": f"x-{harm}"}))
    run_publish(tmp_path / "run")
    company = next(copy.glob("company.*"))
    if harm == "gone":
        company.unlink()
    elif harm == "changed":
        company.write_bytes(company.read_bytes() + b"\n")
    else:
        shutil.rmtree(copy)
    page = html.unescape(client.get(f"/enterprises/{ids[0]}/values/status/").content.decode())
    assert words in page
    assert str(tmp_path) not in page
    assert 'class="panel-value num"></p>' not in page


def test_registers_beyond_the_bound_are_read_anew(
    published: Published, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = carried(published, EVERYTHING)
    monkeypatch.setattr(facts, "KEPT_BYTES", 1)
    first = panel(published, ids[0], "employees", held, Disputed(), "zh")
    again = panel(published, ids[0], "employees", held, Disputed(), "zh")
    assert first == again


def test_a_graph_and_its_table_say_the_same_and_name_nobody_by_id(published: Published, ids: list[str]) -> None:
    for enterprise_id in ids[:20]:
        firm = published.enterprise(enterprise_id) or {}
        for found in pictures(published, firm, carried(published, EVERYTHING), Disputed(), own=False, lang="zh"):
            graph = found.graph
            assert len(graph["links"]) == len(found.ties)
            assert [node["name"] for node in graph["nodes"]] == [end.title for end in found.ends]
            for end in found.ends:
                assert bool(end.id) == (end.kind == "enterprise" and end.id in ids) or not end.id
            assert not any(name in json.dumps(graph) for name in ids)


def test_an_enterprise_sees_its_direct_ties_and_nobody_s_troubles(published: Published, ids: list[str]) -> None:
    own = carried(published, Reach(frozenset({"profile"}), "own_data", own=True))
    for enterprise_id in ids[:40]:
        firm = published.enterprise(enterprise_id) or {}
        for found in pictures(published, firm, own, Disputed(), own=True, lang="zh"):
            assert all(0 in (tie.begin.number, tie.end.number) for tie in found.ties)
            assert all(end.in_trouble is None and not end.id for end in found.ends if end.steps)


def test_a_person_without_a_name_is_stars_and_not_a_pseudonym() -> None:
    assert (masked_name("R00000000"), masked_name("朱小小")) == ("***", "朱**")


def test_the_record_counts_the_rows_that_the_run_counts(published: Published, ids: list[str]) -> None:
    counted = published.table("coverage").filter(pl.col("enterprise_id") == ids[0]).collect()
    told = {line.register.name: line.rows for line in held_of(published, ids[0]) if line.rows}
    assert told == dict(counted.select("register", "rows").iter_rows())


def test_a_conflict_has_the_winner_first_and_keeps_the_losers(published: Published) -> None:
    table = published.table("conflicts").filter(pl.col("won")).collect()
    firm = table["enterprise_id"][0]
    found, _ = conflicts_of(published, firm, carried(published, EVERYTHING), Disputed())
    assert found
    for one in found:
        won = [line.won for line in one.statements]
        assert won == sorted(won, reverse=True)
        assert len(won) > 1
        assert one.by
