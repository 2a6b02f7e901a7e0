"""Duplicates from outside: the list, both sides on one page, and the decision."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client

from asbuilt.accounts.roles import Role
from asbuilt.web.addresses import duplicate_page
from tests.accounts.django_plant import form_mark
from tests.databases import Made, made_database
from tests.web import identity_plant, plant
from tests.web.acting import browser_of, form_of, send
from tests.web.identity_plant import EXISTING, MERGED, MOTOR, SECOND
from tests.web.looking import Seen, content_of, part_of, see, unit_page


@pytest.fixture
def made(accounts) -> Iterator[tuple[Made, str]]:
    """The plant, and the question of delivery note DN-5521."""
    with made_database("sqlite") as made:
        plant.add_sites(made)
        reports = identity_plant.build(made)
        with plant.serving(made.url):
            yield made, duplicate_page(reports["DN-5521"].event_id)


@pytest.fixture
def question(made) -> str:
    return made[1]


@pytest.fixture
def quality(made) -> Client:
    return browser_of(Role.QUALITY)


def decide(client: Client, question: str, **typed: str):
    return send(client, f"{question}/decide", form_of(client, question, "decide"), **({"reason": "Weighed"} | typed))


def test_open_questions_are_listed_and_counted_in_the_navigation(quality, question):
    page = see(quality, "/duplicates")
    assert question in page.links
    assert "ELEKTRA gmbh DN-5521 Quarantine mac 00:1B:44:11:3A:FF Second one in the same box" in page.text
    assert "2 questions on this page" in page.text
    assert "Duplicates 2 open" in Seen(quality.get("/units").content.decode()).text


def test_many_questions_are_shown_page_by_page(quality, made):
    identity_plant.many_questions(made[0], 120)
    address, found = "/duplicates", []
    while address:
        links = see(quality, address).links
        found.extend(link for link in links if link.startswith("/duplicates/"))
        address = next((link for link in links if "after=" in link), "")
    assert len(found) == len(set(found)) == 122
    assert "Duplicates 99+ open" in Seen(quality.get("/duplicates").content.decode()).text


def test_nothing_open_is_said_and_not_counted(accounts):
    with made_database("sqlite") as made:
        plant.add_sites(made)
        with plant.serving(made.url):
            answer = browser_of(Role.QUALITY).get("/duplicates")
    page = Seen(answer.content.decode()).text
    assert "No question is open" in page
    assert " 0 open" not in page


def test_what_is_on_record_stands_beside_what_arrived(quality, question):
    page = see(quality, question)
    assert "Supplier Elektra GmbH ELEKTRA gmbh the same" in page.text
    assert "Document PO-811 DN-5521" in page.text
    assert "mac 00:1B:44:11:3A:B7 mac 00:1B:44:11:3A:FF differs" in page.text
    assert "Where it is Store Quarantine" in page.text
    assert unit_page(EXISTING) in page.links
    other = next(link for link in page.links if "other=" in link)
    assert SECOND.split("/")[1] in other, "it bears the further name of what arrived"
    beside = see(quality, other)
    assert "mac 00:1B:44:11:3A:B7 mac 00:1B:44:11:3A:FF differs mac 00:1B:44:11:3A:FF" in beside.text
    assert unit_page(SECOND) in beside.links


def test_a_record_that_is_none_is_said(quality, question):
    assert "No unit of this name is known here" in see(quality, f"{question}?other=NOTHING").text
    assert quality.get(duplicate_page(uuid4())).status_code == 404


def test_the_unit_on_record_is_decided_and_the_question_is_closed(quality, question):
    answer = decide(quality, question, verdict="same_unit")
    page = see(quality, answer["Location"])
    assert "Decided: the same unit. Weighed" in page.text
    assert "form" not in page.tags
    assert question not in see(quality, "/duplicates").links
    assert "Duplicate decided" in part_of(quality, unit_page(EXISTING) + "?history=exceptions", "history").text


def test_a_form_that_is_sent_twice_decides_once(quality, question):
    form = form_of(quality, question, "decide")
    for _ in range(2):
        sent = send(quality, f"{question}/decide", form, verdict="rejected", reason="Sent back")
        assert sent.status_code == 302
    history = part_of(quality, unit_page(EXISTING), "history").text
    assert history.count("Duplicate decided") == 1


def test_another_form_after_the_decision_hears_that_it_was_decided(quality, question):
    late = form_of(quality, question, "decide")
    decide(quality, question, verdict="rejected")
    answer = send(quality, f"{question}/decide", late, verdict="same_unit", reason="Weighed")
    assert answer.status_code == 422
    text = Seen(content_of(answer)).text
    assert "Nothing was recorded. the duplicate of LYON:2100-300/M-1001 was decided already: rejected" in text
    assert "Decided: rejected. Weighed" in text


def test_another_unit_is_named(quality, question):
    decide(quality, question, verdict="other_unit", other=SECOND)
    page = see(quality, question)
    assert "Decided: another unit. Weighed" in page.text
    assert unit_page(SECOND) in page.links


def test_two_records_of_the_unit_become_one(quality, question):
    decide(quality, question, verdict="merge", other=SECOND)
    assert "Decided: the same unit." in see(quality, question).text
    unit = see(quality, unit_page(EXISTING))
    assert f"Also recorded as {SECOND}" in unit.text
    assert f"recorded for {SECOND}" in unit.text
    assert see(quality, unit_page(SECOND)).text == unit.text.replace(unit_page(EXISTING), unit_page(SECOND))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"verdict": ""}, "Choose one."),
        ({"verdict": "same_unit", "reason": " "}, "Fill this in."),
        ({"verdict": "other_unit"}, "Fill this in."),
        ({"verdict": "merge", "other": "NOTHING"}, "No unit of this name is known here"),
        ({"verdict": "other_unit", "other": EXISTING}, "IDN-024"),
        ({"verdict": "merge", "other": EXISTING}, "IDN-026"),
        ({"verdict": "merge", "other": MERGED}, "M-77 was merged into LYON:2100-300/M-7; let that stay"),
    ],
)
def test_what_is_refused_is_said_and_what_was_typed_is_kept(quality, question, typed, told):
    answer = decide(quality, question, **typed)
    assert answer.status_code == 422
    page = content_of(answer)
    assert told in Seen(page).text
    if typed.get("other"):
        assert f'value="{typed["other"]}"' in page
    if typed["verdict"]:
        assert f'value="{typed["verdict"]}" checked' in page
    assert question in see(quality, "/duplicates").links


def test_a_merge_that_is_refused_decides_nothing(quality, question):
    """All or none: the decision that goes with it is not recorded either."""
    decide(quality, question, verdict="merge", other=f"{MOTOR}/M-7")
    assert "Decided" not in see(quality, question).text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.WAREHOUSE, Role.ADMINISTRATOR])
def test_who_may_not_decide_sees_no_form_and_is_refused(made, question, role):
    visitor = browser_of(role)
    assert 'id="decide"' not in content_of(visitor.get(question))
    answer = visitor.post(f"{question}/decide", {"csrfmiddlewaretoken": form_mark(visitor), "verdict": "rejected"})
    assert answer.status_code == 403


def test_an_open_question_stands_on_the_page_of_the_unit(quality, question):
    page = see(quality, unit_page(EXISTING))
    assert "A duplicate was reported and waits for a decision." in page.text
    assert question in page.links
