"""Django on an empty home folder of its own, started once per test process, for the tests of accounts and pages."""

import atexit
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

PASSWORD = "correct horse battery"
HOST = "localhost"
OF_TESTS = ("ASBUILT_TEST_", "ASBUILT_STANDARDS", "ASBUILT_SOAK")
"""Settings of the tests themselves."""


@cache
def start_django() -> None:
    """Start Django and make the accounts' tables. Never on the home folder of whoever runs the tests."""
    if not settings.configured:
        foreign = [one for one in os.environ if one.startswith("ASBUILT_") and not one.startswith(OF_TESTS)]
        for name in foreign:
            del os.environ[name]
        home = tempfile.mkdtemp(prefix="asbuilt-test-")
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        os.environ["ASBUILT_HOME"] = str(Path(home) / "home")
        os.environ["DJANGO_SETTINGS_MODULE"] = "asbuilt.site.settings"
    django.setup()
    from asbuilt.accounts.database import migrate_accounts

    migrate_accounts()
    # What wrong passwords and refusals write to the log is not for the reader of the test.
    logging.getLogger("asbuilt.accounts").setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def django_started() -> None:
    start_django()


@pytest.fixture
def accounts(django_started) -> Iterator[None]:
    """The accounts as they are at the start; what the test adds is taken back."""
    from asbuilt.accounts.tokens import forget_lookups

    forget_lookups()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    forget_lookups()


@pytest.fixture
def client(accounts) -> Client:
    """A stranger's browser, which sends forms as a real one does."""
    return Client(enforce_csrf_checks=True, SERVER_NAME=HOST)


def log_in(client: Client, username: str, password: str = PASSWORD, **more: str):
    """Fill in the login page and press the button; returns the answer."""
    client.get("/login")
    form = {"username": username, "password": password, "csrfmiddlewaretoken": form_mark(client), **more}
    return client.post("/login", form)


def form_mark(client: Client) -> str:
    """What a page gives out with each form."""
    return client.cookies[settings.CSRF_COOKIE_NAME].value
