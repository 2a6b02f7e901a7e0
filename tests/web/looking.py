"""What a test sees of a page: its text as it is read, its links, its parts."""

import re
from html import unescape
from html.parser import HTMLParser

from django.http import HttpResponse
from django.test import Client

from asbuilt.core.identifiers.subjects import lot_named, unit_named
from asbuilt.web.addresses import label_of, page_of
from tests.web.plant import ISSUER


class Seen(HTMLParser):
    """A page as text and links. Text of a script or style would be a fault and is not left out."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self._pieces: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links.extend(value for name, value in attrs if tag == "a" and name == "href" and value)
        self._pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._pieces.append(" ")

    def handle_data(self, data: str) -> None:
        self._pieces.append(data)

    @property
    def text(self) -> str:
        """All text, white space as a browser shows it."""
        return re.sub(r"\s+", " ", "".join(self._pieces)).replace(" ,", ",").strip()


def unit_page(name: str) -> str:
    """The address of the page of a unit that is written `part/serial`."""
    return page_of("unit", str(unit_named(name, own_issuer=ISSUER)))


def lot_page(name: str) -> str:
    return page_of("lot", str(lot_named(name, own_issuer=ISSUER)))


def label_page(name: str, *, kind: str = "unit", **query: str) -> str:
    named = unit_named(name, own_issuer=ISSUER) if kind == "unit" else lot_named(name, own_issuer=ISSUER)
    return label_of(kind, str(named), **query)


def see(client: Client, address: str, *, status: int = 200, **more) -> Seen:
    """The content of a page, without the frame around it."""
    answer = client.get(address, **more)
    assert answer.status_code == status, (address, answer.status_code)
    return Seen(content_of(answer))


def content_of(answer: HttpResponse) -> str:
    markup = answer.content.decode()
    found = re.search(r"<main.*</main>", markup, re.DOTALL)
    return found[0] if found else markup


def part_of(client: Client, address: str, part: str) -> Seen:
    """A section of a page by its id."""
    markup = content_of(client.get(address))
    found = re.search(rf'<section[^>]* id="{part}".*?</section>', markup, re.DOTALL)
    assert found, f"there is no {part} at {address}"
    return Seen(found[0])


def plain(markup: str) -> str:
    return Seen(unescape(markup)).text
