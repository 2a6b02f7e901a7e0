"""Who gets in: strangers nowhere, devices by their token, people by their login, and each only as far as the role goes."""

from types import ModuleType

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, path

from asbuilt.accounts import authentication
from asbuilt.accounts.authentication import OPEN_VIEWS, requires
from asbuilt.accounts.people import create_user, give_role, withdraw_role
from asbuilt.accounts.roles import Action, Role, may
from asbuilt.accounts.tokens import create_token, revoke_token
from asbuilt.site import urls
from tests.accounts.django_plant import HOST, PASSWORD, form_mark, log_in

pytestmark = pytest.mark.usefixtures("accounts")

SAMPLE = {"int": "1", "str": "x", "slug": "x", "path": "x/y", "uuid": "0199b0c8-7f4e-7000-8000-000000000000"}


def routes(patterns=None, prefix="", namespace=""):
    """Every view of the URLconf with a path that leads to it."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + _with_samples(pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", f"/{route}", pattern.callback


def _with_samples(pattern) -> str:
    route = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        route = route.replace(f"<{kind}:{name}>", SAMPLE.get(kind, "x")).replace(f"<{name}>", "x")
    return route


def open_to_strangers() -> set[str]:
    """The views that answer a stranger with anything but the way to the login."""
    found = set()
    for name, route, _ in routes():
        for method in ("get", "post"):
            answer = getattr(Client(SERVER_NAME=HOST), method)(route)
            turned_away = answer.status_code == 401 or (
                answer.status_code == 302 and answer["Location"].startswith("/login")
            )
            if not turned_away:
                found.add(name)
    return found


def test_strangers_see_the_login_page_and_nothing_else():
    assert open_to_strangers() == OPEN_VIEWS == {"accounts:login", "healthz"}


def test_the_walk_over_all_routes_would_find_an_open_one(monkeypatch):
    monkeypatch.setattr(authentication, "OPEN_VIEWS", OPEN_VIEWS | {"web:home"})
    assert "web:home" in open_to_strangers()


def test_every_view_says_what_it_requires():
    silent = {name for name, _, view in routes() if not isinstance(getattr(view, "action", None), Action)}
    assert silent == OPEN_VIEWS


def test_a_view_that_says_nothing_is_refused_to_everybody():
    token = create_token("CAL-07", "Lyon", Role.ADMINISTRATOR)
    with _extra_views(silent=lambda _: HttpResponse("secret")):
        answer = Client(SERVER_NAME=HOST, raise_request_exception=False).get("/silent", **bearer(token))
    assert answer.status_code == 500
    assert b"secret" not in answer.content


@pytest.mark.parametrize("role", Role)
def test_each_role_gets_as_far_as_the_table_says_and_no_further(role):
    token = create_token(f"CAL-{role}", "Lyon", role)
    views = {str(action): requires(action)(lambda _: HttpResponse("done")) for action in Action}
    with _extra_views(**views):
        for action in Action:
            answer = Client(SERVER_NAME=HOST).get(f"/{action}", **bearer(token))
            assert answer.status_code == (200 if may(role, action) else 403), action


def test_a_refusal_says_what_the_role_lacks():
    token = create_token("CAL-07", "Lyon", Role.VIEWER)
    with _extra_views(**{"api/verify": requires(Action.VERIFY)(lambda _: HttpResponse())}):
        answer = Client(SERVER_NAME=HOST).get("/api/verify", **bearer(token))
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not allowed",
        "status": 403,
        "detail": "The role viewer is not allowed to do this (verify). Ask an administrator of your site.",
    }


@pytest.mark.parametrize("nowhere", ["/nowhere", "/api/v1/nowhere", "/static/nowhere.css"])
def test_strangers_do_not_learn_what_exists(client, nowhere):
    assert client.get(nowhere).status_code == (401 if nowhere.startswith("/api/") else 302)


def test_a_stranger_at_the_api_is_told_how_to_come_in(client):
    answer = client.post("/api/v1/events")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="asbuilt"'
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] == "Not authenticated"
    assert "Authorization: Bearer" in answer.json()["detail"]


def test_a_stranger_on_a_page_is_led_to_the_login_and_back(client):
    create_user("anna", PASSWORD, "Lyon", Role.VIEWER)
    assert client.get("/find?q=IPC26 7")["Location"] == "/login?next=%2Ffind%3Fq%3DIPC26%25207"
    assert log_in(client, "anna", next="/find?q=IPC26%207")["Location"] == "/find?q=IPC26%207"


def test_a_form_of_a_stranger_is_not_repeated_after_the_login(client):
    assert client.post("/site", {"site": "Lyon"})["Location"] == "/login"


def test_a_part_of_a_page_asked_for_after_the_login_ran_out_leads_the_whole_page_there(client):
    answer = client.get("/find?q=7", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/find?q=7"})
    assert answer["HX-Redirect"] == "/login?next=%2Ffind%3Fq%3D7"


@pytest.mark.parametrize("state", ["unknown", "revoked", "malformed"])
def test_a_bad_token_is_refused_with_a_problem_even_on_a_page(client, state):
    token = create_token("CAL-07", "Lyon", Role.OPERATOR)
    if state == "revoked":
        revoke_token("CAL-07")
    shown = {"unknown": "asb_" + "x" * 43, "revoked": token, "malformed": ""}[state]
    for route in ("/", "/api/v1/events", "/login"):
        answer = client.get(route, **bearer(shown))
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == 'Bearer realm="asbuilt", error="invalid_token"'
        assert token not in answer.content.decode()


def test_a_device_needs_no_form_mark():
    token = create_token("CAL-07", "Lyon", Role.OPERATOR)
    with _extra_views(events=requires(Action.CAPTURE_PRODUCTION)(_who)):
        answer = Client(enforce_csrf_checks=True, SERVER_NAME=HOST).post("/events", **bearer(token))
    assert answer.content == b"token:CAL-07 at Lyon as operator (device), cookies: 0"


def test_a_person_needs_the_form_mark(client):
    create_user("anna", PASSWORD, "Lyon", Role.OPERATOR)
    log_in(client, "anna")
    with _extra_views(events=requires(Action.CAPTURE_PRODUCTION)(_who)):
        assert client.post("/events").status_code == 403
        answer = client.post("/events", {"csrfmiddlewaretoken": form_mark(client)})
    assert answer.content == b"anna at Lyon as operator (person), cookies: 2"


def test_with_a_token_cookies_do_not_count(client):
    create_user("anna", PASSWORD, "Lyon", Role.SUPERVISOR)
    token = create_token("CAL-07", "Graz", Role.VIEWER)
    log_in(client, "anna")
    with _extra_views(whoami=requires(Action.READ)(_who)):
        assert client.get("/whoami", **bearer(token)).content.startswith(b"token:CAL-07 at Graz as viewer")
        assert client.get("/whoami", **bearer("asb_wrong")).status_code == 401
        assert client.get("/whoami").content.startswith(b"anna at Lyon as supervisor")


def test_a_login_is_for_the_first_of_ones_sites_until_another_is_chosen(client):
    create_user("anna", PASSWORD, "Lyon", Role.SUPERVISOR)
    give_role("anna", "Graz", Role.VIEWER)
    log_in(client, "anna")
    with _extra_views(whoami=requires(Action.READ)(_who)):
        assert b"at Graz as viewer" in client.get("/whoami").content
        choose(client, "Lyon")
        assert b"at Lyon as supervisor" in client.get("/whoami").content


@pytest.mark.parametrize("site", ["Bremen", "", "lyon", "Lyon "])
def test_only_ones_own_sites_can_be_chosen(client, site):
    create_user("anna", PASSWORD, "Lyon", Role.SUPERVISOR)
    create_user("ben", PASSWORD, "Bremen", Role.SUPERVISOR)
    log_in(client, "anna")
    answer = choose(client, site)
    assert answer.status_code == 403
    with _extra_views(whoami=requires(Action.READ)(_who)):
        assert b"at Lyon" in client.get("/whoami").content


def test_a_device_cannot_choose_a_site():
    token = create_token("CAL-07", "Lyon", Role.OPERATOR)
    answer = Client(SERVER_NAME=HOST).post("/site", {"site": "Graz"}, **bearer(token))
    assert answer.status_code == 403


def test_a_role_withdrawn_ends_the_login_and_does_not_slip_to_another_site(client):
    create_user("anna", PASSWORD, "Graz", Role.SUPERVISOR)
    give_role("anna", "Lyon", Role.SUPERVISOR)
    log_in(client, "anna")
    withdraw_role("anna", "Graz")
    assert client.get("/")["Location"] == "/login"
    log_in(client, "anna")
    assert b"Lyon" in client.get("/").content


def test_a_change_of_role_counts_from_the_next_request_on(client):
    create_user("anna", PASSWORD, "Lyon", Role.VIEWER)
    log_in(client, "anna")
    with _extra_views(verify=requires(Action.VERIFY)(_who)):
        assert client.get("/verify").status_code == 403
        give_role("anna", "Lyon", Role.AUDITOR)
        assert client.get("/verify").status_code == 200


def bearer(token: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


def choose(client, site):
    return client.post("/site", {"site": site, "csrfmiddlewaretoken": form_mark(client)})


def _who(request):
    actor = request.actor
    return HttpResponse(f"{actor.name} at {actor.site} as {actor.role} ({actor.kind}), cookies: {len(request.COOKIES)}")


def _extra_views(**views):
    """The real URLconf, and further views in front of it."""
    module = ModuleType("extra_urls")
    module.urlpatterns = [path(route, view, name=route) for route, view in views.items()] + urls.urlpatterns
    for handler in ("handler400", "handler403", "handler404", "handler500"):
        setattr(module, handler, getattr(urls, handler))
    return override_settings(ROOT_URLCONF=module)
