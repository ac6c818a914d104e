"""`kerong region adopt`: a rule of one region in another, with what it needs, and marks on what is local."""

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import tomli
from typer.testing import CliRunner

from kerong.cli import app
from kerong.commands.adopt import loaded, worked
from kerong.rulebook import Rulebook, load
from kerong.rulebook.adoption import AdoptError, Pack, Wish, adopted, still_open
from kerong.store.packs import read_pack, region_names

DISTRICTS = ("--district", "330402=南湖区/Nanhu", "--district", "330411=秀洲区/Xiuzhou")
COUNTY = "policies/county_interest_subsidy.toml"
DOCS = Path(__file__).parents[2] / "docs" / "new-region.md"


class Said(NamedTuple):
    status: int
    text: str


def said(*arguments: str) -> Said:
    done = CliRunner().invoke(app, ["region", *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return Said(done.exit_code, " ".join(done.output.split()))


def adopt(rule: str, into: Path, *options: str, donor: str = "suzhou") -> Said:
    return said("adopt", rule, "--from", donor, "--into", str(into), *options)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new")
    made = said("new", "mycity", "--into", str(folder), *DISTRICTS, "--level", "city", "--level", "county")
    assert made.status == 0, made.text
    return folder / "mycity"


@pytest.fixture
def mycity(laid_out: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(laid_out, tmp_path / "mycity"))


@cache
def shipped(name: str) -> Pack:
    return Pack(name, load(read_pack(name)))


NIGHTLY = "KERONG_NIGHTLY" in os.environ  # every name of every region, where else each third is enough
CHINESE = [name for name in region_names() if name != "usa"]


def every_name(book: Rulebook) -> Iterator[str]:
    for names in (book.rules, book.groups, book.waterfalls, book.pools, book.published.arrangements):
        yield from names


def a_taker(folder: Path) -> tuple[Pack, dict[str, str]]:
    texts = read_pack(str(folder))
    return Pack("mycity", load(texts), texts["region.toml"]), texts


@pytest.mark.slow
@pytest.mark.parametrize("donor", CHINESE)
def test_whatever_a_chinese_region_has_can_be_taken_over_loads_and_its_cases_hold(donor: str, mycity: Path) -> None:
    taker, texts = a_taker(mycity)
    theirs = shipped(donor)
    held = set(every_name(taker.book))  # what both have of their common base
    names = [name for name in every_name(theirs.book) if name not in held]
    tried = 0
    for name in names if NIGHTLY else names[::3]:
        wish = Wish(name, theirs.book.region.default_on, called=f"{name[:50]}_of_theirs")
        if name in theirs.book.groups and set(theirs.book.groups[name].rules) & set(taker.book.rules):
            continue  # a rule of the group is another one here: refused, as a test below says
        made, book = loaded(wish, theirs, taker, texts)
        assert [r.differences for known in made.names for r in worked(book, known) if r.differences] == [], name
        assert still_open(made.files), name
        tried += 1
    assert tried >= 9


@pytest.mark.parametrize("name", ["county_interest_subsidy", "interest_ceiling", "sub_fund_stake", "five_party_system"])
def test_a_policy_a_group_a_waterfall_and_an_arrangement_are_taken_over(name: str, mycity: Path) -> None:
    done = adopt(name, mycity)
    assert done.status == 0, done.text
    for command in (["rules", "check", str(mycity)], ["rules", "test", str(mycity)]):
        checked = CliRunner().invoke(app, command)
        assert checked.exit_code == 0, checked.output
    assert name in set(every_name(load(read_pack(str(mycity)))))


def test_the_copy_says_where_it_comes_from_and_keeps_the_words_of_its_source(mycity: Path) -> None:
    adopt("county_interest_subsidy", mycity, "--on", "2024-03-01")
    text = (mycity / COUNTY).read_text("utf-8")
    assert text.startswith(f"# Adopted from suzhou: {COUNTY} as of 2024-03-01.\n# sha256 of that file: ")
    theirs, ours = tomli.loads(read_pack("suzhou")[COUNTY])["source"], tomli.loads(text)["source"]
    assert ours == {**theirs, "status": "assumed", "why": "adopted from suzhou: not yet decided here; there published"}


def test_without_a_day_the_copy_is_of_the_donors_own_day_and_two_copies_are_the_same_bytes(tmp_path: Path) -> None:
    found = []
    for number in range(2):
        said("new", "mycity", "--into", str(tmp_path / str(number)), *DISTRICTS, "--level", "city")
        adopt("county_interest_subsidy", tmp_path / str(number) / "mycity")
        found.append(files(tmp_path / str(number) / "mycity"))
    assert found[0] == found[1]
    assert b" as of 2024-06-30." in found[0][COUNTY]


def test_every_number_of_the_copy_is_marked_and_no_longer_listed_once_its_mark_is_gone(mycity: Path) -> None:
    adopt("county_interest_subsidy", mycity)
    place = mycity / COUNTY
    listed = [one for one in still_open(read_pack(str(mycity))) if one.what == "parameter.city_most_bp.2024-01-01"]
    assert [(one.file, place.read_text("utf-8").split("\n")[one.line - 1]) for one in listed] == [
        (COUNTY, listed[0].said)
    ]
    text = place.read_text("utf-8").replace(', assumed = "from suzhou: to be decided here" }', " }")
    place.write_text(text, "utf-8")
    assert not [o for o in still_open(read_pack(str(mycity))) if o.what == "parameter.city_most_bp.2024-01-01"]
    data = tomli.loads(text)
    for entry in data["parameter"]["claim_months"].values():
        assert "to be decided here" in entry.get("assumed", "to be decided here")


def test_what_is_open_is_listed_by_file_and_line_in_both_languages_and_as_data(mycity: Path) -> None:
    adopt("county_interest_subsidy", mycity)
    line = (
        (mycity / COUNTY)
        .read_text("utf-8")
        .split("\n")
        .index("330402 = 9000  # 南湖区: to be decided here, as 320576 in suzhou")
    )
    shown = said("open", str(mycity), "--lang", "en")
    assert shown.status == 0
    assert f"{COUNTY}:{line + 1}: table.total_bp.2024-01-01.of.330402: " in shown.text
    assert re.search(r"\d+ to decide in \d+ files", shown.text)
    assert "处待定" in said("open", str(mycity)).text
    assert f'"line": {line + 1}' in said("open", str(mycity), "--json").text
    assert said("open", "suzhou", "--lang", "en").text == "0 to decide in 0 files"
    assert "no region “mars”" in said("open", "mars").text


def test_districts_become_ours_and_cases_keep_their_meaning_or_become_comments(mycity: Path) -> None:
    adopt("county_interest_subsidy", mycity)
    text = (mycity / COUNTY).read_text("utf-8")
    data = tomli.loads(text)
    assert data["table"]["total_bp"]["2024-01-01"]["of"] == {"330402": 9000, "330411": 8000}
    assert "# In suzhou: 320505 9000, 320506 5000," in text
    named = {case["given"]["enterprise"].get("district") for case in data["case"]}
    assert named == {"330402", "330411", None}
    left_out = text.count("# no district left for this case, from suzhou: to be decided here\n# [[case]]\n")
    theirs = tomli.loads(read_pack("suzhou")[COUNTY])["case"]
    assert (left_out, len(data["case"])) == (5, len(theirs) - 5)


def test_with_as_many_districts_as_there_are_rates_no_case_is_lost(tmp_path: Path) -> None:
    said("new", "mycity", "--into", str(tmp_path), *DISTRICTS, "--district", "330421=嘉善县/Jiashan", "--level", "city")
    assert adopt("county_interest_subsidy", tmp_path / "mycity").status == 0
    ours = tomli.loads((tmp_path / "mycity" / COUNTY).read_text("utf-8"))["case"]
    assert len(ours) == len(tomli.loads(read_pack("suzhou")[COUNTY])["case"])


def test_levels_and_institutions_come_at_the_end_of_region_toml_and_one_of_ours_may_take_the_place(
    mycity: Path,
) -> None:
    before = (mycity / "region.toml").read_text("utf-8")
    adopt("county_interest_subsidy", mycity, "--provider", "finance_county")
    after = (mycity / "region.toml").read_text("utf-8")
    assert after.startswith(before)
    assert "[[level]]" in after
    assert "[[institution]]" not in after.removeprefix(before)
    assert load(read_pack(str(mycity))).rules["county_interest_subsidy"].provider == "finance_county"
    unknown = adopt("city_interest_subsidy", mycity, "--provider", "finance_countie")
    assert (unknown.status, "did you mean finance_county?" in unknown.text) == (2, True)


def test_rules_taken_over_one_after_another_share_what_they_need(mycity: Path) -> None:
    for name in ("county_interest_subsidy", "interest_ceiling", "city_interest_subsidy"):
        done = adopt(name, mycity)
        known = name == "city_interest_subsidy"  # came with the ceiling
        assert done.status == (2 if known else 0), done.text
    assert "has city_interest_subsidy already (policies/city_interest_subsidy.toml): --as" in done.text
    assert {path.name for path in (mycity / "formulas").iterdir()} == {"cluster.toml", "is_in_cluster.toml"}


def test_a_copy_under_another_name_is_that_rule_and_a_group_still_tells_what_it_cut(mycity: Path) -> None:
    assert adopt("interest_ceiling", mycity, "--as", "our_ceiling").status == 0
    assert CliRunner().invoke(app, ["rules", "test", str(mycity), "our_ceiling"]).exit_code == 0
    assert (mycity / "limits" / "our_ceiling.toml").is_file()


def test_a_column_that_means_something_else_here_is_refused_with_both_places(mycity: Path) -> None:
    (mycity / "formulas").mkdir()
    title = 'title = { zh = "集群", en = "Cluster" }'
    text = f'[[formula]]\nname = "is_in_cluster"\n{title}\nvalue = "enterprise.headcount > 5"\n'
    (mycity / "formulas" / "mine.toml").write_text(text, "utf-8")
    before = files(mycity)
    done = adopt("county_interest_subsidy", mycity)
    assert done.status == 2
    assert "enterprise.is_in_cluster means something else in mycity (formulas/mine.toml:1) than in suzhou" in done.text
    assert files(mycity) == before


def test_a_rule_of_a_group_that_is_another_one_here_is_refused(mycity: Path) -> None:
    done = adopt("interest_layers", mycity, donor="demo")
    assert done.status == 2
    assert "loan_interest_subsidy is another rule in mycity (policies/loan_interest_subsidy.toml)" in done.text


@pytest.mark.parametrize(
    ("rule", "options", "donor", "why"),
    [
        ("county_interest_subsidi", (), "suzhou", "did you mean county_interest_subsidy?"),
        ("../../etc/passwd", (), "suzhou", "no rule, group, waterfall, pool or arrangement"),
        ("cluster_loan", ("--as", "../cluster"), "suzhou", "names are lower-case words"),
        ("cluster_loan", ("--as", "a/b"), "suzhou", "names are lower-case words"),
        ("cluster_loan", ("--as", "x" * 300), "suzhou", "names are lower-case words"),
        ("cluster_loan", ("--as", "loan_interest_subsidy"), "suzhou", "has loan_interest_subsidy already"),
        ("cluster_loan", ("--on", "yesterday"), "suzhou", "is no date"),
        ("cluster_loan", (), "mars", "no region “mars”"),
        ("small_loan_subsidy", (), "usa", "no rule, group, waterfall, pool or arrangement"),
    ],
)
def test_what_cannot_be_taken_over_is_refused_in_a_line_and_nothing_is_written(
    rule: str, options: tuple[str, ...], donor: str, why: str, mycity: Path
) -> None:
    before = files(mycity)
    done = adopt(rule, mycity, *options, donor=donor)
    assert (done.status, why in done.text) == (2, True), done.text
    assert files(mycity) == before


def test_a_region_of_another_currency_is_refused_because_no_rate_keeps_the_cases(mycity: Path) -> None:
    done = adopt(next(iter(shipped("usa").book.rules)), mycity, donor="usa")
    assert (done.status, "usa counts in USD, mycity in CNY" in done.text) == (2, True)


def test_folders_that_are_not_ones_own_or_no_regions_are_refused(tmp_path: Path, mycity: Path) -> None:
    link = tmp_path / "linked"
    link.symlink_to(Path(__file__).parents[2] / "src" / "kerong" / "regions" / "suzhou")
    plain = tmp_path / "file"
    plain.write_text("", "utf-8")
    for into in (Path("suzhou"), Path("hangzhou/"), link):
        assert "is shipped with the program" in adopt("cluster_loan", into).text
    for into in (plain, tmp_path / "nowhere", tmp_path / ("x" * 5000)):
        done = adopt("cluster_loan", into)
        assert (done.status, "is no folder of a region" in done.text) == (2, True)


@pytest.mark.parametrize("what", ["link", "dangling", "file"])
def test_nothing_is_written_through_a_link_or_over_a_file(what: str, tmp_path: Path, mycity: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    if what == "link":
        (mycity / "products").symlink_to(elsewhere)
    elif what == "dangling":
        (mycity / "products").mkdir()
        (mycity / "products" / "cluster_loan.toml").symlink_to(elsewhere / "new.toml")
    else:
        (mycity / "products").write_text("", "utf-8")
    before = files(mycity)
    done = adopt("cluster_loan", mycity)
    assert done.status == 2, done.text
    assert "nothing was written" in done.text
    assert list(elsewhere.iterdir()) == []
    assert files(mycity) == before


def test_where_the_disk_is_full_nothing_stays_behind(mycity: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, folders = files(mycity), {path.name for path in mycity.iterdir()}

    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(os, "replace", full)
    done = adopt("county_interest_subsidy", mycity)
    assert (done.status, "No space left on device" in done.text) == (2, True)
    assert (files(mycity), {path.name for path in mycity.iterdir()}) == (before, folders)


def test_a_donor_whose_files_are_laid_out_otherwise_is_copied_all_the_same(mycity: Path, tmp_path: Path) -> None:
    said("new", "odd", "--into", str(tmp_path), *DISTRICTS, "--level", "city")
    place = tmp_path / "odd" / "policies" / "loan_interest_subsidy.toml"
    text = place.read_text("utf-8")
    day = re.search(r"\[parameter\.rate_bp\].*?\n(\d{4}-\d\d-\d\d)", text, re.DOTALL)
    assert day is not None
    flat = re.sub(r"\[parameter\.rate_bp\]\ntitle = .*\n.*\n", "", text)
    odd = f'parameter.rate_bp = {{ {day[1]} = {{ value = 5000, source = "第一条" }} }}\n'
    place.write_text(odd + flat, "utf-8")
    done = adopt("loan_interest_subsidy", mycity, "--as", "another_subsidy", donor=str(tmp_path / "odd"))
    assert done.status == 0, done.text
    copied = tomli.loads((mycity / "policies" / "another_subsidy.toml").read_text("utf-8"))
    assert copied["parameter"]["rate_bp"][day[1]]["assumed"] == "from odd: to be decided here"


def test_a_title_puts_nothing_into_a_file_but_itself(mycity: Path) -> None:
    """Neither a title of the donor nor one of our districts ends the line that it stands on."""
    theirs, evil = read_pack("suzhou"), "\\n[score]\\nx = 1"
    hostile = theirs["region.toml"].replace("各县区财政", f"各县区财政{evil}")
    donor = Pack("suzhou", load({**theirs, "region.toml": hostile}))
    taker, texts = a_taker(mycity)
    sheet = taker.sheet.replace("南湖区", f"南湖区{evil}")
    taker = Pack("mycity", load({**texts, "region.toml": sheet}), sheet)
    made, book = loaded(Wish("county_interest_subsidy", theirs_day(donor)), donor, taker, {**texts})
    assert made.sheet is not None
    assert tomli.loads(made.sheet)["score"] == tomli.loads(sheet)["score"]
    assert "score" not in tomli.loads(made.files[COUNTY])
    assert "county_finance" in {one.code for one in book.region.institutions}


def theirs_day(donor: Pack) -> date:
    return donor.book.region.default_on


def test_what_is_asked_of_the_library_that_is_not_there_is_an_error_of_its_own(mycity: Path) -> None:
    taker, _ = a_taker(mycity)
    with pytest.raises(AdoptError, match="no rule, group, waterfall, pool or arrangement nothing"):
        adopted(Wish("nothing", taker.book.region.default_on), shipped("suzhou"), taker)


def test_the_commands_of_the_manual_do_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```sh\n(.*?)^```$", DOCS.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    wanted = ("kerong region ", "kerong rules check ", "kerong rules test ")
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines() if line.startswith(wanted)]
    assert sum("region adopt" in line for line in lines) == 2
    for line in lines:
        done = CliRunner().invoke(app, shlex.split(line, comments=True)[1:])
        assert done.exit_code == 0, (line, done.output)
