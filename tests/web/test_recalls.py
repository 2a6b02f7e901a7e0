"""Recalls: what one would cover, how it is opened, settled, held, told of, decided and closed."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.test import Client

from asbuilt.accounts.roles import Role
from asbuilt.web import recalls
from asbuilt.web.addresses import order_action, recall_page
from tests.accounts.django_plant import PASSWORD
from tests.databases import Made, made_database
from tests.web import plant
from tests.web.acting import browser_of, form_of, send
from tests.web.looking import see

LOT = "CAP-100N/L2619"
SCOPE = "/recall-scope?" + urlencode({"seeds": f"lot={LOT}"})
PAGE = recall_page("RC-1")


@pytest.fixture
def changing(accounts) -> Iterator[Made]:
    """A plant of its own, to record in."""
    with made_database("sqlite") as made:
        plant.add_sites(made)
        plant.build(made)
        with plant.serving(made.url):
            yield made


@pytest.fixture
def quality(changing) -> Client:
    return browser_of(Role.QUALITY)


@pytest.fixture
def viewer(changing) -> Client:
    return browser_of(Role.VIEWER)


def opened(client: Client, **typed: str):
    form = form_of(client, SCOPE, "open")
    return send(client, "/open-recall", form, **{"number": "RC-1", "reason": "cracks <b>", **typed})


def act(client: Client, view: str, part: str, **typed: str):
    typed = {"password": PASSWORD, **typed} if part == "freeze" else typed
    return send(client, order_action(view, "RC-1"), form_of(client, PAGE, part), **typed)


def test_what_is_suspect_is_found_before_anything_is_recorded(viewer):
    page = see(viewer, SCOPE)
    assert "all of them certainly" in page.text
    assert any(LOT in link for link in page.links)
    assert "Open a recall" not in page.text
    assert recall_page("RC-2026-001") in see(viewer, "/recalls").links
    assert "is known here; check how it is written" in see(viewer, "/recall-scope?seeds=lot%3DCAP-100N%2FL404").text
    assert "a seed names nothing" not in see(viewer, "/recall-scope").text
    assert "none of unit, lot" in see(viewer, "/recall-scope?seeds=colour%3Dred").text


def test_the_page_of_a_lot_leads_there(viewer):
    assert any(link.startswith("/recall-scope?seeds=lot") for link in see(viewer, f"/lots/{LOT}").links)


def test_a_recall_is_opened_settled_held_told_decided_and_closed(quality):
    assert opened(quality).status_code == 302
    assert opened(quality).status_code == 422, "the number is taken"
    assert "cracks <b>" in see(quality, "/recalls").text
    assert act(quality, "freeze-recall", "freeze", meaning="scope approved", and_hold="1").status_code == 302
    page = see(quality, PAGE)
    assert "Signed by quality with password" in page.text
    assert "The list is as it was settled." in page.text
    assert "scope approved" in page.text
    assert act(quality, "notice-of-recall", "notice", customer="C-2210", reference="FSN-1").status_code == 302
    assert act(quality, "answer-to-recall", "answer", customer="C-9999").status_code == 422
    assert act(quality, "answer-to-recall", "answer", customer="C-2210", note="two").status_code == 302
    refused = act(quality, "close-recall", "close")
    assert "REC-007" in refused.content.decode()
    decided = act(quality, "decide-recall", "decide", names=f"{LOT}\n", disposition="destroyed")
    assert decided.status_code == 302
    wrong = act(quality, "decide-recall", "decide", names="NO/SUCH", disposition="lost")
    assert (wrong.status_code, "NO/SUCH" in wrong.content.decode()) == (422, True)
    assert act(quality, "close-recall", "close", reason="superseded").status_code == 302
    closed = see(quality, PAGE)
    assert "superseded" in closed.text
    assert "freeze-recall" not in quality.get(PAGE).content.decode()


def test_a_form_sent_twice_is_done_once(quality):
    opened(quality)
    form = form_of(quality, PAGE, "freeze")
    for _ in range(2):
        answer = send(quality, order_action("freeze-recall", "RC-1"), form, meaning="approved", password=PASSWORD)
        assert (answer.status_code, answer["Location"]) == (302, PAGE)
    form = form_of(quality, PAGE, "decide")
    for _ in range(2):
        answer = send(quality, order_action("decide-recall", "RC-1"), form, names=LOT, disposition="cleared")
        assert answer.status_code == 302
    assert "Decided 1 of" in see(quality, PAGE).text


def test_nothing_is_settled_without_the_password(quality):
    opened(quality)
    for wrong, said in (("", "Fill this in."), ("not my password", "The name or the password is wrong")):
        page = act(quality, "freeze-recall", "freeze", meaning="approved", password=wrong)
        assert page.status_code == 422
        assert said in page.content.decode()
        assert "not my password" not in page.content.decode()
    assert "Signed by" not in see(quality, PAGE).text


def test_who_guesses_the_password_is_locked_out(quality):
    opened(quality)
    for _ in range(5):
        page = act(quality, "freeze-recall", "freeze", meaning="approved", password="a guess")
    assert "Too many wrong passwords" in page.content.decode()
    page = act(quality, "freeze-recall", "freeze", meaning="approved", password=PASSWORD)
    assert (page.status_code, "Too many wrong passwords" in page.content.decode()) == (422, True)


def test_a_drill_shows_no_hold(quality):
    opened(quality, is_drill="1")
    act(quality, "freeze-recall", "freeze", meaning="practised")
    page = quality.get(PAGE).content.decode()
    assert "Recall drill" in page
    assert "hold-recall" not in page


def test_the_clock_runs_until_the_scope_is_settled(quality):
    opened(quality, is_drill="1")
    running = quality.get(PAGE).content.decode()
    assert re.search(r'data-seconds="\d{1,2}"', running)
    assert "running, until the scope is settled" in running
    act(quality, "freeze-recall", "freeze", meaning="practised")
    settled = quality.get(PAGE).content.decode()
    assert "data-seconds" not in settled
    assert re.search(r'role="timer">00:00:\d\d<', settled)


def test_what_a_recall_covers_is_paged_by_key_and_turned_alone(quality, monkeypatch):
    opened(quality)
    act(quality, "freeze-recall", "freeze", meaning="approved")
    everything = names_in(quality.get(PAGE).content.decode())
    monkeypatch.setattr(recalls, "SHOWN", 3)
    found, address = [], PAGE
    while address:
        leaf = quality.get(address, headers={"HX-Request": "true", "HX-Target": "members"}).content.decode()
        assert "<html" not in leaf
        assert "Held for it" not in leaf, "what the recall counts is not counted again"
        found.append(names_in(leaf))
        address = next(iter(re.findall(r'id="members-next" href="([^"]+)"', leaf)), "")
    assert [len(page) for page in found[:-1]] == [3] * (len(found) - 1)
    assert sum(map(len, found)) > len(everything) == 50
    assert [name for page in found for name in page][: len(everything)] == everything
    assert names_in(quality.get(recall_page("RC-1", after="999999999")).content.decode()) == []


def names_in(markup: str) -> list[str]:
    table = re.search(r'id="members".*?</section>', markup, re.DOTALL)
    return re.findall(r'<th scope="row"><a class="serial[^>]*>([^<]+)', table[0]) if table else []


def test_who_may_only_look_decides_nothing(quality, viewer):
    opened(quality)
    assert "freeze-recall" not in viewer.get(PAGE).content.decode()
    assert viewer.post(order_action("freeze-recall", "RC-1")).status_code == 403
