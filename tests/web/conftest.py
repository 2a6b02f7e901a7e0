"""The plant of plant.py, made once per test process, and somebody who looks at it."""

from collections.abc import Iterator

import pytest
from django.test import Client

from tests.accounts.django_plant import HOST, PASSWORD, accounts, client, django_started, log_in, start_django
from tests.databases import Made, made_database

start_django()  # before anything is imported that needs it

from asbuilt.accounts.people import create_user  # noqa: E402
from asbuilt.accounts.roles import Role  # noqa: E402
from tests.web import plant  # noqa: E402
from tests.web.browsing import browser, desk, forget_user, login, page, server  # noqa: E402

__all__ = ["accounts", "browser", "client", "desk", "django_started", "login", "page", "server"]


@pytest.fixture(scope="session")
def recorded(django_started) -> Iterator[Made]:
    """The database that holds the plant."""
    with made_database("sqlite") as made:
        plant.add_sites(made)
        plant.build(made)
        yield made


@pytest.fixture(scope="module")
def lyon(recorded) -> Iterator[None]:
    """The pages show the plant."""
    with plant.serving(recorded.url):
        yield


@pytest.fixture(scope="module")
def reader(lyon) -> Iterator[Client]:
    """The browser of somebody who may look at Lyon plant, logged in."""
    create_user("reader", PASSWORD, plant.SITE, Role.VIEWER, full_name="Rita Leser")
    visitor = Client(enforce_csrf_checks=True, SERVER_NAME=HOST)
    log_in(visitor, "reader")
    yield visitor
    forget_user("reader")
