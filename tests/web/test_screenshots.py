"""`make screenshots` knows every page there is."""

from asbuilt.web.urls import urlpatterns
from tests.web.screenshots import NO_PAGES, PAGES


def test_every_page_has_its_pictures():
    views = {str(pattern.name) for pattern in urlpatterns}
    assert views - PAGES.keys() - NO_PAGES == set(), "a new page: add it to PAGES in tests/web/screenshots.py"
    assert PAGES.keys() | NO_PAGES == views
    assert not PAGES.keys() & NO_PAGES
