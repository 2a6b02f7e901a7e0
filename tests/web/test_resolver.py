"""GS1 Digital Link: the address in a mark leads a browser to the page, and a machine to the record."""

import json

import pytest
from django.test import Client

from asbuilt.accounts.roles import Role
from asbuilt.accounts.tokens import create_token
from tests.accounts.django_plant import HOST
from tests.web.looking import see, unit_page
from tests.web.plant import SITE, STORY

PATH = "/01/09506000134352/21/IPC26-000317"


@pytest.fixture(scope="module")
def machine(lyon) -> Client:
    """A device of the site."""
    token = create_token("resolver-test", SITE, Role.VIEWER)
    return Client(SERVER_NAME=HOST, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("path", [PATH, f"{PATH}?17=291231", f"{PATH}?linkType=gs1:pip&utm=x"])
def test_a_browser_is_led_to_the_page(reader, path):
    answer = reader.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (answer.status_code, answer["Location"]) == (302, unit_page(STORY))
    assert 'rel="linkset"' in answer["Link"]


@pytest.mark.parametrize("headers", [{"Accept": "application/json"}, {"Accept": "*/*"}, {}])
def test_a_machine_gets_the_record(machine, headers):
    answer = machine.get(PATH, headers=headers)
    assert answer.status_code == (302 if headers.get("Accept") == "*/*" else 200)
    if answer.status_code == 200:
        record = answer.json()
        assert record["unit"]["serial_number"] == "IPC26-000317"
        assert record["as_built"]["component_count"] > 0


@pytest.mark.parametrize(
    ("path", "headers"), [(PATH, {"Accept": "application/linkset+json"}), (f"{PATH}?linkType=linkset", {})]
)
def test_who_asks_for_links_gets_all_of_them(machine, path, headers):
    answer = machine.get(path, headers=headers)
    assert answer["Content-Type"] == "application/linkset+json"
    (links,) = json.loads(answer.content)["linkset"]
    assert links["anchor"] == f"https://id.gs1.org{PATH}"
    (page,) = links["https://gs1.org/voc/pip"]
    assert page["href"].endswith(unit_page(STORY))
    for name in ("traceability", "certificationInfo"):
        (link,) = links[f"https://gs1.org/voc/{name}"]
        assert machine.get(link["href"].partition(HOST)[2]).status_code == 200


def test_what_is_not_known_here_is_said(reader, machine):
    page = see(reader, "/01/09506000134352/21/NONE", status=404, headers={"Accept": "text/html"})
    assert "looks valid, but no unit" in page.text
    answer = machine.get("/01/09506000134352/21/NONE", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert "nothing known here bears it" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path", ["/01/09506000134353/21/IPC26-000317", "/01/095060001343/21/7", "/01/09506000134352/17/7"]
)
def test_a_link_that_is_wrong_is_refused_with_the_reason(machine, path):
    answer = machine.get(path, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_strangers_are_turned_away(lyon):
    stranger = Client(SERVER_NAME=HOST)
    assert stranger.get(PATH, headers={"Accept": "application/json"}).status_code == 401
    assert stranger.get(PATH, headers={"Accept": "text/html"})["Location"].startswith("/login?next=")
