import gzip
import json
import re

import pytest
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.template import engines
from django.test import Client, RequestFactory
from django.utils import translation

from asbuilt.accounts.actors import Actor, ActorKind
from asbuilt.accounts.people import create_user, give_role
from asbuilt.accounts.roles import Role
from asbuilt.site.compression import PageCompression
from asbuilt.site.urls import urlpatterns
from asbuilt.web.navigation import links_for
from asbuilt.web.words import ROLE_WORDS
from tests.accounts.django_plant import HOST, PASSWORD, log_in


@pytest.fixture
def anna(client) -> Client:
    """Anna's browser, logged in."""
    create_user("anna", PASSWORD, "Lyon plant", Role.QUALITY, full_name="Anna Weber")
    log_in(client, "anna")
    return client


def page_of(client: Client, route: str = "/") -> str:
    return client.get(route).content.decode()


def test_every_page_may_load_our_own_files_only(anna):
    for route in ("/", "/login", "/nowhere", "/healthz", "/api/v1/nowhere"):
        policy = anna.get(route)["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize("route", ["/", "/login", "/nowhere"])
def test_nobody_keeps_frames_or_guesses_a_page(anna, client, route):
    for browser in (anna, Client(SERVER_NAME=HOST)):
        answer = browser.get(route)
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"


def test_no_template_holds_script_or_style_that_the_policy_would_stop(anna):
    stranger = Client(SERVER_NAME=HOST)
    for page in (page_of(anna), page_of(anna, "/find?text=7"), page_of(anna, "/nowhere"), page_of(stranger, "/login")):
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)


def test_htmx_is_kept_from_evaluating_anything(anna):
    found = re.search(r"name=\"htmx-config\" content='([^']+)'", page_of(anna))
    config = json.loads(found[1])
    assert config["allowEval"] is False
    assert config["allowScriptTags"] is False
    assert config["includeIndicatorStyles"] is False
    assert "htmx-2.min.js" in page_of(anna)


def test_the_frame_says_who_and_where_one_is(anna):
    page = page_of(anna)
    assert "Lyon plant" in page
    assert "Quality engineer" in page
    assert "Anna Weber" in page
    assert '<html lang="en">' in page


def test_a_second_site_is_offered_only_to_those_who_have_one(anna):
    assert "Work at" not in page_of(anna)
    give_role("anna", "Graz plant", Role.VIEWER)
    page = page_of(anna)
    assert "Work at" in page
    assert 'value="Graz plant"' in page


def test_names_are_shown_as_text_whatever_they_hold(client):
    create_user("mallory", PASSWORD, "<b>Lyon</b>", Role.VIEWER, full_name="<script>alert(1)</script>")
    log_in(client, "mallory")
    for page in (page_of(client), page_of(client, "/find?text=<img src=x onerror=alert(1)>")):
        assert "<b>Lyon" not in page
        assert "<script>alert" not in page
        assert "<img" not in page


def test_the_current_place_is_marked_in_the_navigation():
    for role in Role:
        links = links_for(role, "web:find")
        assert [link.path for link in links if link.is_current] == ["/"]
    assert not any(link.is_current for link in links_for(Role.VIEWER, ""))


def test_every_role_has_a_word():
    assert set(ROLE_WORDS) == set(Role)


def test_a_page_that_is_not_there_says_so_inside_the_frame(anna):
    answer = anna.get("/nowhere")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "Not found" in page
    assert "find-box" in page


def test_a_broken_page_leans_on_nothing(anna, monkeypatch):
    def breaks(request):
        raise ZeroDivisionError

    monkeypatch.setattr(urlpatterns[0], "callback", breaks)
    anna.raise_request_exception = False
    answer = anna.get("/healthz")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "Something went wrong" in page
    assert "ZeroDivisionError" not in page


def test_the_machine_gets_problems_instead_of_pages(anna):
    answer = anna.get("/api/v1/nowhere")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["status"] == 404


def test_a_foreign_host_name_is_refused():
    answer = Client(SERVER_NAME="evil.example").get("/login")
    assert answer.status_code == 400
    assert b"<html" not in answer.content


def test_what_just_happened_is_shown_once_as_a_toast(accounts):
    request = RequestFactory(SERVER_NAME=HOST).get("/")
    request.session = {}
    request.actor = Actor(name="anna", display_name="Anna", site="Lyon", role=Role.VIEWER, kind=ActorKind.PERSON)
    request.sites = ("Lyon",)
    request._messages = messages.storage.default_storage(request)
    messages.success(request, "Hold placed")
    messages.error(request, "Not shipped")
    page = engines["django"].get_template("asbuilt/home.html").render({}, request)
    assert re.search(r'class="toast is-pass">.*?Hold placed', page, re.DOTALL)
    assert re.search(r'class="toast is-fail">.*?Not shipped', page, re.DOTALL)


def test_static_files_are_for_everybody_and_for_ever(client):
    answer = client.get(f"{settings.STATIC_URL}asbuilt/css/tokens.css")
    answer.close()
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/css")
    assert answer["Cache-Control"] == "max-age=315360000, public, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_every_file_a_page_names_is_there(anna):
    pages = page_of(anna) + page_of(Client(SERVER_NAME=HOST), "/login")
    named = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', pages))
    assert len(named) > 10
    for path in named:
        answer = anna.get(path)
        answer.close()
        assert answer.status_code == 200, path


def test_the_shell_speaks_german(anna):
    page = anna.get("/", headers={"Accept-Language": "de-AT,de;q=0.9"}).content.decode()
    assert '<html lang="de">' in page
    assert "Qualitätsingenieur" in page
    assert "Abmelden" in page


def test_every_word_of_the_shell_is_translated():
    with translation.override("de"):
        untranslated = [role for role, word in ROLE_WORDS.items() if role is not Role.OPERATOR and str(word) == role]
    assert untranslated == []


def test_a_health_check_needs_no_account_and_tells_nothing(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert isinstance(answer, HttpResponse)


BROWSERS = {"Accept-Encoding": "gzip, deflate, br"}


def test_pages_travel_compressed_and_data_as_it_is(anna):
    page, plain = anna.get("/", headers=BROWSERS), anna.get("/")
    assert (page["Content-Encoding"], "Accept-Encoding" in page["Vary"]) == ("gzip", True)
    assert gzip.decompress(page.content).startswith(b"<!doctype html>")
    assert len(page.content) < len(plain.content) / 2
    assert "Content-Encoding" not in plain.headers
    data = anna.get("/api/v1/nowhere", headers=BROWSERS)
    assert (data["Content-Type"], "Content-Encoding" in data.headers) == ("application/problem+json", False)


def test_styles_travel_compressed_and_parts_of_them_as_they_are(client):
    style = f"{settings.STATIC_URL}asbuilt/css/base.css"

    def sent(path: str, **headers: str) -> tuple[int, str, bytes]:
        answer = client.get(path, headers=headers)
        body = answer.getvalue()
        answer.close()
        return answer.status_code, answer.get("Content-Encoding", ""), body

    _, _, whole = sent(style)
    status, encoding, body = sent(style, **BROWSERS)
    assert (status, encoding, gzip.decompress(body)) == (200, "gzip", whole)
    assert sent(style, **BROWSERS, Range="bytes=0-99") == (206, "", whole[:100])


@pytest.mark.parametrize("kind", ["font/woff2", "application/pdf", "application/x-ndjson", "image/png"])
def test_what_is_compressed_in_itself_or_read_by_programs_travels_as_it_is(kind):
    compression = PageCompression(lambda _: HttpResponse(b"x" * 1000, content_type=kind))
    answer = compression(RequestFactory().get("/", headers=BROWSERS))
    assert (answer.content, "Content-Encoding" in answer.headers) == (b"x" * 1000, False)
