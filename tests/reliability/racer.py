"""One client in a process of its own, with nothing but the standard library, so that sixteen start in a second.

Reads from stdin a line of JSON {"port", "token", "requests": [[method, path, body, headers?], …]}, connects, says `ready`, waits
for a line and then sends the requests one after another. Writes the answers as JSON: [[status, body], …], with status 0
and the reason where none came.
"""

import http.client
import json
import sys
from typing import Any


def ask(connection: http.client.HTTPConnection, token: str, request: list[Any]) -> tuple[int, Any]:
    method, path, body, *more = request
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    headers.update(*more)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError) as problem:
        connection.close()
        return 0, repr(problem)


def main() -> None:
    job = json.loads(sys.stdin.readline())
    connection = http.client.HTTPConnection("127.0.0.1", job["port"], timeout=60)
    connection.connect()
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps([ask(connection, job["token"], request) for request in job["requests"]]))


if __name__ == "__main__":
    main()
