"""How tests talk with the API: a client with a token, and events as a client writes them."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from django.http.response import HttpResponseBase
from django.test import Client

from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Role
from asbuilt.projections.fleet.index import build
from tests.accounts.django_plant import HOST

NDJSON = "application/x-ndjson"
WHEN = "2026-03-02T06:00:00Z"

_numbers = count(1)


def event(kind: str, /, **fields: Any) -> dict[str, Any]:
    """An event as a client writes it, with an id of its own."""
    return {"type": kind, "event_id": str(uuid4()), "event_time": WHEN, **fields}


def lines(events: Iterable[dict[str, Any]]) -> bytes:
    """Events as NDJSON."""
    return b"".join(json.dumps(one).encode() + b"\n" for one in events)


def body_of(answer: HttpResponseBase) -> bytes:
    """All bytes of an answer, streamed or not."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@dataclass(frozen=True, slots=True)
class Api:
    """A client that shows a token of one site."""

    client: Client
    token: str
    site: str

    def get(self, path: str, **parameters: Any) -> HttpResponseBase:
        return self.request("GET", path, query_params=parameters)

    def json(self, path: str, **parameters: Any) -> Any:
        """The answer to a question that has one."""
        answer = self.get(path, **parameters)
        assert answer.status_code == 200, body_of(answer)
        return json.loads(body_of(answer))

    def rows(self, path: str, **parameters: Any) -> list[Any]:
        """The same, asked for as NDJSON."""
        answer = self.get(path, format="ndjson", **parameters)
        assert answer.status_code == 200, body_of(answer)
        return [json.loads(line) for line in body_of(answer).splitlines()]

    def post(self, path: str, body: Any, *, kind: str = "application/json", **more: Any) -> HttpResponseBase:
        raw = body if isinstance(body, bytes) else json.dumps(body)
        return self.request("POST", path, raw, kind, **more)

    def request(self, method: str, path: str, body: Any = "", kind: str = "application/json", **more: Any):
        """Any request to a path of the API; `path` is what follows /api/v1/."""
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return self.client.generic(method, f"/api/v1/{path}", body, kind, headers=headers, **more)

    def captures(self, *events: dict[str, Any]) -> list[dict[str, Any]]:
        """Record events; it is an error when one is refused. Gives the answers."""
        answer = self.post("events", list(events))
        assert answer.status_code == 200, answer.content
        assert answer.json()["refused"] == 0, answer.json()
        return answer.json()["answers"]

    def refusals(self, *events: dict[str, Any]) -> list[str]:
        """The first rule that each event breaks, or its outcome."""
        answer = self.post("events", list(events))
        assert answer.status_code == 200, answer.content
        return [one.get("rule", one["outcome"]) for one in answer.json()["answers"]]


def new_api(site: str, role: Role = Role.INTEGRATOR) -> Api:
    """A client with a new token."""
    from asbuilt.accounts.tokens import create_token  # Django is started by then

    # A fault is answered as it is to a real client, and tests ask for the status.
    client = Client(SERVER_NAME=HOST, raise_request_exception=False)
    return Api(client, create_token(f"T-{next(_numbers)}", site, role), site)


@contextmanager
def case(*told: object) -> Iterator[None]:
    """One of many cases of a test: a failure says which."""
    try:
        yield
    except AssertionError as failure:
        failure.add_note(f"in the case {told}")
        raise


def escaped(name: str) -> str:
    """A name as it stands in a path."""
    return quote(name, safe="")


def problem(answer: HttpResponseBase, status: int) -> dict[str, Any]:
    """The RFC 9457 problem that an answer is."""
    assert answer.status_code == status, body_of(answer)
    assert answer["Content-Type"] == "application/problem+json"
    found = json.loads(body_of(answer))
    assert {"type", "title", "status", "detail"} <= found.keys()
    assert found["status"] == status
    assert found["detail"]
    return found


def index_of(world) -> None:
    """Build the genealogy index of a site where the plant that is served looks for it."""
    build(world.database, world.site, plant().indexes.folder(world.site).parent)
