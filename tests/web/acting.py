"""Somebody who fills in the forms of a page."""

import re
from html import unescape

from django.http import HttpResponse
from django.test import Client

from asbuilt.accounts.people import create_user
from asbuilt.accounts.roles import Role
from tests.accounts.django_plant import HOST, PASSWORD, form_mark, log_in
from tests.web.plant import SITE


def browser_of(role: Role) -> Client:
    """The browser of a new user of that role, logged in."""
    create_user(role.value, PASSWORD, SITE, role)
    visitor = Client(enforce_csrf_checks=True, SERVER_NAME=HOST)
    log_in(visitor, role.value)
    return visitor


def form_of(client: Client, address: str, part: str) -> dict[str, str]:
    """The hidden fields of the form in a section of a page."""
    markup = client.get(address).content.decode()
    section = re.search(rf'<section[^>]* id="{part}".*?</section>', markup, re.DOTALL)
    assert section, f"there is no {part} at {address}"
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', section[0])
    return {name: unescape(value) for name, value in hidden}


def send(client: Client, address: str, form: dict[str, str], **typed: str) -> HttpResponse:
    """Fill in a form and press its button."""
    return client.post(address, {**form, **typed, "csrfmiddlewaretoken": form_mark(client)})
