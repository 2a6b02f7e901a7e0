"""The API as it is served: through a real socket, by the program that an administrator starts."""

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.talk import NDJSON, escaped, event, lines
from tests.api.test_names import HOSTILE
from tests.reliability.server import Line, Server, made_plant, serving

pytestmark = pytest.mark.slow

THREADS = 4


@pytest.fixture(scope="module")
def server(kind) -> Iterator[Server]:
    with made_plant(kind, sites=30) as plant, serving(plant, threads=THREADS) as server:
        yield server


@pytest.fixture
def line(server) -> Line:
    return server.plant.new_line()


@pytest.fixture
def client(server, line) -> Iterator[httpx.Client]:
    with server.client(line.token) as client:
        answer = client.post("/api/v1/events", json=[event("PartDefined", part="PUMP-200"), commissioned(1)])
        assert answer.json()["recorded"] == 2
        yield client


def commissioned(number):
    return event("UnitCommissioned", unit=f"PUMP-200/{number}")


def moved(location="CELL-4", unit="PUMP-200/1"):
    return event("UnitMoved", unit=unit, location=location)


def places(client) -> list[str]:
    """Where the unit was put, in order."""
    told = client.get("/api/v1/units/PUMP-200/1/history").json()["history"]
    return [one["event"]["location"] for one in told if one["type"] == "UnitMoved"]


def sent_raw(server, line, head: str, body: bytes, *, then: str) -> bytes:
    """Send a request by hand and break off as told; gives the beginning of what is answered."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        head = f"{head}\r\nHost: localhost\r\nAuthorization: Bearer {line.token}\r\nContent-Type: {NDJSON}\r\n\r\n"
        connection.sendall(head.encode() + body)
        if then == "half-close":
            connection.shutdown(socket.SHUT_WR)
        elif then == "reset":
            time.sleep(0.2)  # else the kernel drops what the server has not read yet
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            return b""
        elif then == "close":
            return b""
        return connection.recv(4096)


def test_it_is_there_and_knows_strangers_from_devices(server, client):
    assert httpx.get(f"{server.address}/healthz", trust_env=False).text == "ok\n"
    stranger = httpx.get(f"{server.address}/api/v1/units", trust_env=False)
    assert (stranger.status_code, stranger.headers["Content-Type"]) == (401, "application/problem+json")
    assert client.get("/api/v1/units").json()["units"][0]["unit"] == "ACME:PUMP-200/1"


def test_what_is_acknowledged_is_read_again(client):
    for number in range(20):
        answer = client.post("/api/v1/events", json=moved(f"CELL-{number}"))
        assert answer.json()["recorded"] == 1
        assert client.get("/api/v1/units/PUMP-200/1").json()["location"] == f"CELL-{number}"


def test_hostile_names_come_through_the_socket(client):
    units = [f"PUMP-200/{serial.replace('%', '%25')}" for serial in HOSTILE]
    answer = client.post("/api/v1/events", json=[event("UnitCommissioned", unit=unit) for unit in units])
    assert answer.json()["refused"] == 0
    for serial, unit in zip(HOSTILE, units, strict=True):
        for path in ("", "/history"):
            # httpx leaves a path alone that is given as bytes: nothing is normalised away before the server sees it.
            url = httpx.URL(client.base_url, raw_path=f"/api/v1/units/{escaped(unit)}{path}".encode())
            told = client.get(url)
            assert told.status_code == 200, (serial, told.text)
            assert told.json()["name" if path else "unit"] == f"ACME:{unit}"


@pytest.mark.parametrize("kind_of_body", ["application/json", NDJSON])
def test_a_body_sent_in_pieces_is_taken(client, kind_of_body):
    """Transfer-Encoding: chunked, as .NET's PostAsJsonAsync and every stream sends it."""
    events = [moved(f"CELL-{number}") for number in range(50)]
    body = lines(events) if kind_of_body == NDJSON else json.dumps(events).encode()
    pieces = (body[start : start + 700] for start in range(0, len(body), 700))
    answer = client.post("/api/v1/events", content=pieces, headers={"Content-Type": kind_of_body})
    assert "content-length" not in answer.request.headers
    assert answer.json()["recorded"] == 50
    assert places(client) == [f"CELL-{number}" for number in range(50)]


def test_lines_sent_in_pieces_are_not_taken_as_a_whole(client):
    answer = client.post(
        "/api/v1/events?atomic=true", content=iter([lines([moved()])]), headers={"Content-Type": NDJSON}
    )
    assert answer.status_code == 411
    assert "Content-Length" in answer.json()["detail"]
    assert answer.headers["Connection"] == "close", "or the next request goes into a connection that ends"
    assert places(client) == []


def test_pieces_from_a_stranger_are_refused_and_the_connection_ends(server):
    pieces = iter([lines([moved()])])
    answer = httpx.post(f"{server.address}/api/v1/events", content=pieces, trust_env=False)
    assert (answer.status_code, answer.headers["Connection"]) == (401, "close")


@pytest.mark.parametrize("then", ["half-close", "close", "reset"])
def test_a_body_that_is_cut_off_is_not_taken_for_a_shorter_one(server, line, client, then):
    """Even where the cut falls between two lines."""
    body = lines(moved(f"CELL-{number}") for number in range(4))
    half = body[: len(body) // 2]
    assert half.endswith(b"\n")
    for query in ("", "?atomic=true"):
        head = f"POST /api/v1/events{query} HTTP/1.1\r\nContent-Length: {len(body)}"
        answer = sent_raw(server, line, head, half, then=then)
        assert not answer or b"400 Bad Request" in answer
    time.sleep(0.3)
    assert places(client) == []


@pytest.mark.parametrize("then", ["half-close", "close", "reset"])
def test_pieces_that_are_cut_off_are_not_taken_for_json(server, line, client, then):
    body = json.dumps([moved(f"CELL-{number}") for number in range(4)]).encode()[:-1]
    piece = b"%x\r\n%s\r\n" % (len(body), body)
    head = "POST /api/v1/events HTTP/1.1\r\nTransfer-Encoding: chunked"
    answer = sent_raw(server, line, head, piece, then=then)
    assert not answer or b"400 Bad Request" in answer
    time.sleep(0.3)
    assert places(client) == []


def test_a_body_beyond_the_limit_is_refused_without_being_read(server, line, client):
    head = "POST /api/v1/events HTTP/1.1\r\nContent-Length: 40000000"
    assert b"413" in sent_raw(server, line, head, b"[", then="wait").partition(b"\r\n")[0]


def test_a_body_sent_in_pieces_beyond_the_limit_is_refused(client):
    piece = b" " * (1024 * 1024)
    try:
        answer = client.post("/api/v1/events", content=(piece for _ in range(34)))
    except httpx.WriteError:
        return  # refused while we were still sending
    assert answer.status_code == 413


def test_a_batch_of_the_largest_size_is_taken(client):
    """10,000 events with ten measurements each: about 10 MB."""
    measured = [{"characteristic": f"M{n}", "value": "1.2345", "uom": "mm", "upper_limit": "2"} for n in range(10)]
    batch = [commissioned(f"B-{number}") for number in range(5_000)]
    batch += [
        event("OperationCompleted", unit=f"PUMP-200/B-{number}", operation="OP-030", measurements=measured)
        for number in range(5_000)
    ]
    assert client.post("/api/v1/events", json=batch).json()["recorded"] == 10_000


def test_head_has_no_body_and_the_connection_goes_on(client):
    for path in ("/api/v1/units?format=csv", "/api/v1/units/PUMP-200/1", "/api/v1/units/PUMP-200/1/history"):
        got, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(got.content))


def test_a_reader_who_leaves_takes_nothing_with_him(server, line, client):
    """More readers break off than there are threads, and database connections: all are free again."""
    batch = [moved(f"CELL-{number}") for number in range(1_500)]
    assert client.post("/api/v1/events", json=batch).json()["recorded"] == 1_500
    head = f"GET /api/v1/units/PUMP-200/1/history HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {line.token}\r\n\r\n"
    for _ in range(24):
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
            connection.sendall(head.encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
    client.post("/api/v1/events", json=moved("LAST"))
    # In every thread, what is read is as of now, and not as it was when a reader left.
    for _ in range(2 * THREADS):
        assert client.get("/api/v1/units/PUMP-200/1").json()["location"] == "LAST"


def test_stations_that_go_silent_are_asked_whether_they_are_there(server, line, client):
    """A station without power never finishes its request; sixteen of them would hold all threads of a server for ever."""
    client.post("/api/v1/events", json=moved())  # from the first body on
    head = "POST /api/v1/events HTTP/1.1\r\nContent-Length: 500"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(f"{head}\r\nHost: localhost\r\nAuthorization: Bearer {line.token}\r\n\r\n[".encode())
        time.sleep(0.5)
        assert is_watched(server.port, connection.getsockname()[1])


def is_watched(server_port: int, client_port: int) -> bool:
    """Whether the kernel runs a keepalive timer for the server's end of a connection."""
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = row.split()
        local, remote = (int(address.partition(":")[2], 16) for address in fields[1:3])
        if (local, remote) == (server_port, client_port):
            return fields[5].startswith("02:")
    raise AssertionError("there is no such connection")


def test_a_long_answer_takes_no_memory(server, line, client):
    """A history of 15 MB and more grows the server by a few MB at most, in each form."""
    _make_history(client, "x" * 3_900)
    for form in ("json", "csv", "ndjson"):
        before = resident_mb(server)
        with client.stream("GET", f"/api/v1/units/PUMP-200/1/history?format={form}") as answer:
            size = sum(len(part) for part in answer.iter_bytes())
            assert size == int(answer.headers["content-length"]) > 15_000_000
        assert resident_mb(server) - before < 12, form


def _make_history(client, text) -> None:
    for start in range(0, 4_000, 1_000):
        batch = [
            event("OperationCompleted", unit="PUMP-200/1", operation=f"OP-{start + n}", defect=text, result="failed")
            for n in range(1_000)
        ]
        assert client.post("/api/v1/events", json=batch).json()["recorded"] == 1_000


def resident_mb(server: Server) -> float:
    """Memory of the server and its workers that is really there, in MB."""
    pids = [server.pid]
    for pid in pids:
        children = Path(f"/proc/{pid}/task/{pid}/children")
        pids += [int(child) for child in children.read_text().split()]
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids]
    return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_many_clients_at_once_all_get_their_own_answers(server, line, client):
    failures = []

    def work(name):
        with server.client(line.token) as own:
            for number in range(15):
                move = moved(f"{name}-{number}")
                (answer,) = own.post("/api/v1/events", json=move).json()["answers"]
                if (answer["event_id"], answer["outcome"]) != (move["event_id"], "recorded"):
                    failures.append(answer)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(places(client)) == 120


def test_it_stops_when_it_is_told_to_and_starts_again(kind):
    with made_plant(kind) as plant:
        server = Server(plant)
        try:
            server.start()
            with server.client(plant.lines[0].token) as client:
                client.post("/api/v1/events", json=[event("PartDefined", part="PUMP-200"), commissioned(1)])
            server.stop()
            server.start()
            with server.client(plant.lines[0].token) as client:
                assert client.get("/api/v1/units/PUMP-200/1").status_code == 200
        finally:
            server.close()
