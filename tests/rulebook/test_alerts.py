"""What an alert may say of who acts and what it warns of, and what its author is told by file and line."""

import pytest

from kerong.rulebook import load
from kerong.rulebook.sheets import RulebookErrors
from tests.rulebook.test_models import MODEL, texts

ALERT = """name = "thin_alert"
kind = "alert"
title = { zh = "资金薄", en = "Thin" }
text = "资金不足一百元的企业，提示关注。"
source = { document = "办法", clause = "第一条", status = "assumed", why = "a test" }
[alert]
severity = 2
owner = "finance_office"
due_days = 10
action = { zh = "走访", en = "visit" }
event = "closing"
lead_months = 6
[[when]]
is = "enterprise.capital_fen < 100"
title = { zh = "薄", en = "thin" }
"""
EVENT = """name = "closing"
title = { zh = "停业", en = "Closing" }
[[event]]
register = "firm"
where = "firm.closed"
"""
WATCH = ALERT.replace('name = "thin_alert"', 'name = "area_watch"\nper = "areas"').replace(
    "enterprise.capital_fen", "areas.capital_fen"
)
WATCH = WATCH.replace('event = "closing"\nlead_months = 6\n', "")
WATCH = WATCH.replace(
    'action = { zh = "走访", en = "visit" }', 'action = { zh = "走访", en = "visit" }\nsubject = "institution"'
)
AREAS = """name = "areas"
title = { zh = "片区", en = "Areas" }
over = "firm"
by = ["firm.label"]
[[column]]
name = "capital_fen"
title = { zh = "资金", en = "Capital" }
value = "sum(firm.capital_fen)"
"""


def pack(alert: str = ALERT, event: str = EVENT, **more: str) -> dict[str, str]:
    return texts(alerts_thin=alert, events_closing=event, **more)


def errors(alert: str = ALERT, event: str = EVENT, **more: str) -> list[str]:
    with pytest.raises(RulebookErrors) as caught:
        load(pack(alert, event, **more))
    return [str(error) for error in caught.value.errors]


def test_an_alert_says_who_acts_by_when_and_what_it_warns_of() -> None:
    book = load(pack())
    alert = book.rules["thin_alert"].alert
    assert alert is not None
    assert (alert.severity, alert.owner, alert.due_days, alert.action.en) == (2, "finance_office", 10, "visit")
    assert (alert.event, alert.lead_months, alert.subject_kind) == ("closing", 6, "enterprise")
    assert [one.register for one in book.events["closing"].events] == ["firm"]


def test_an_alert_without_the_part_is_still_an_alert() -> None:
    start, rest = ALERT.split("[alert]")
    assert load(pack(start + "[[when]]" + rest.partition("[[when]]")[2])).rules["thin_alert"].alert is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"finance_office"', '"finance_ofice"', "there is no finance_ofice (did you mean finance_office?)"),
        ('"closing"', '"closed"', "event: there is no closed"),
        ("severity = 2", "severity = 4", "severity = 4 (from 1 to 3)"),
        ("due_days = 10", "due_days = -1", "due_days = -1"),
        ("lead_months = 6", "lead_months = 0", "lead_months = 0 (from 1 to 60)"),
        ("lead_months = 6\n", "", "event and lead_months go together"),
        ('event = "closing"\n', "", "event and lead_months go together"),
        ('action = { zh = "走访", en = "visit" }', 'action = { zh = "走访" }', "action needs zh and en"),
        ("due_days", "due_day", "unknown key 'due_day'"),
        ('kind = "alert"', 'kind = "alert"\nprovider = "nobody"', "provider"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(old: str, new: str, told: str) -> None:
    assert old in ALERT
    found = errors(ALERT.replace(old, new))
    assert any(told in error for error in found), found
    assert all(error.startswith("alerts/thin.toml:") for error in found)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (EVENT.replace('register = "firm"', 'register = "frim"'), "there is no frim"),
        (EVENT.replace("firm.closed", "firm.shut"), "shut"),
        (EVENT.partition("[[event]]")[0], "an event needs at least one [[event]]"),
    ],
)
def test_an_event_that_names_what_is_not_there_is_refused(event: str, told: str) -> None:
    found = errors(event=event)
    assert [error for error in found if told in error and error.startswith("events/closing.toml:")], found


def test_only_alerts_have_the_part() -> None:
    policy = ALERT.replace('kind = "alert"', 'kind = "recognition"').replace("thin_alert", "thick")
    assert any("only a rule of kind alert" in error for error in errors(policies_thick=policy))


def test_a_model_that_warns_says_from_which_probability() -> None:
    part = ALERT.partition("[alert]")[2].partition("[[when]]")[0]
    told = MODEL.replace("[outcome]", f"[alert]{part}least_bp = 500\n[outcome]", 1)
    alert = load(texts(told, events_closing=EVENT)).models["trouble"].alert
    assert alert is not None
    assert alert.least_bp == 500
    with pytest.raises(RulebookErrors, match="least_bp is missing"):
        load(texts(told.replace("least_bp = 500\n", ""), events_closing=EVENT))


def test_a_watch_reads_a_statistic_by_institution_and_nothing_else() -> None:
    more = {"statistics_areas": AREAS, "watches_area": WATCH}
    assert load(pack(**more)).watches["area_watch"].per == "areas"
    other = more | {"watches_area": WATCH.replace("areas.capital_fen <", "enterprise.capital_fen <")}
    assert any("watches/area.toml" in error for error in errors(**other))
    other = more | {"watches_area": WATCH.replace('subject = "institution"\n', "")}
    assert any("a watch warns of an institution" in error for error in errors(**other))
    other = more | {"watches_area": WATCH.replace('per = "areas"', 'per = "area"')}
    assert any("there is no statistic area" in error for error in errors(**other))


STRAIN = EVENT.replace(
    'register = "firm"\nwhere = "firm.closed"', 'statistic = "areas"\nwhere = "areas.capital_fen < 50"'
)


def test_an_event_of_institutions_is_read_off_a_statistic_and_only_watches_warn_of_it() -> None:
    more = {"statistics_areas": AREAS, "events_strain": STRAIN.replace("closing", "strain")}
    graded = WATCH.replace("[[when]]", 'event = "strain"\nlead_months = 6\n[[when]]')
    assert "strain" in graded
    book = load(pack(**more, watches_area=graded))
    assert [one.statistic for one in book.events["strain"].readings] == ["areas"]
    assert book.events["strain"].events == ()
    assert any(
        "there is no closing" in error for error in errors(**more, watches_area=graded.replace("strain", "closing"))
    )
    assert any("there is no strain" in error for error in errors(ALERT.replace("closing", "strain"), **more))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"areas"', '"area"', "there is no area"),
        ("areas.capital_fen", "areas.capital", "capital"),
        ("[[event]]", '[[event]]\nregister = "firm"', "unknown key 'register'"),
        ("[[event]]", '[[event]]\nregister = "firm"\n[[event]]', "not both"),
    ],
)
def test_a_reading_that_names_what_is_not_there_is_refused(old: str, new: str, told: str) -> None:
    found = errors(statistics_areas=AREAS, events_strain=STRAIN.replace("closing", "strain").replace(old, new, 1))
    assert [error for error in found if told in error and error.startswith("events/strain.toml:")], found
