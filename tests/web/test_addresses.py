"""Names hold anything; addresses lead to the one meant."""

from datetime import timedelta, timezone
from urllib.parse import unquote, urlsplit

import pytest
from django.http import QueryDict
from django.urls import resolve
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.identifiers.subjects import Part, Unit, unit_named
from asbuilt.core.identifiers.text import NAME_MAX
from asbuilt.web.addresses import in_query, name_in, page_of
from asbuilt.web.asking import as_of, whole
from tests.web.plant import HOSTILE

names = st.text(min_size=1, max_size=NAME_MAX).filter(lambda text: text.strip() == text and text.isprintable())
awkward = st.text(alphabet="./%25F2EAa:?#&;=+ ", min_size=1, max_size=12).filter(lambda text: text.strip() == text)


def leads_to(unit: Unit) -> Unit:
    """The unit that the view of the unit's page is asked for."""
    path = urlsplit(page_of("unit", str(unit))).path
    assert "/../" not in f"{path}/"
    assert "/./" not in f"{path}/"
    match = resolve(unquote(path))  # as the server hands it over
    return unit_named(name_in(match.kwargs["name"]), own_issuer="?")


@given(issuer=names | awkward, part_number=names | awkward, serial=names | awkward)
def test_every_unit_has_an_address_that_leads_to_it(issuer, part_number, serial):
    unit = Unit(Part(issuer, part_number), serial)
    assert leads_to(unit) == unit


@pytest.mark.parametrize("serial", HOSTILE)
def test_the_awkward_ones_too(serial):
    unit = Unit(Part("LYON", serial), serial)
    assert leads_to(unit) == unit


def test_what_has_no_page_has_no_address():
    assert page_of("declared", "urn:uuid:7") == ""


def test_a_time_goes_into_an_address_and_comes_back():
    zone = timezone(timedelta(hours=5, minutes=45))
    asked = as_of(QueryDict("at=2026-11-04T10:08"), zone=zone)
    assert in_query(asked.at) == {"at": "2026-11-04T10:08", "zone": "+0545"}
    again = as_of(QueryDict("at=2026-11-04T10:08&zone=%2B0545"))
    assert again.at == asked.at
    assert as_of(QueryDict("at=2026-11-04T10:08&zone=+0545")).at == asked.at  # a plus that was not escaped
    assert as_of(QueryDict("")).at is None


@pytest.mark.parametrize(("text", "number"), [("7", 7), ("", 1), ("-3", 1), ("x", 1), ("٣", 1), ("9" * 40, 2**62)])
def test_a_number_in_an_address_is_a_number_or_nothing(text, number):
    assert whole(QueryDict(f"page={text}"), "page", least=1) == number
