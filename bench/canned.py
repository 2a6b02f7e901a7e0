"""A server that gives the same answer to every request: shows how many requests the clients alone could send."""

import contextlib
import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator

from bench.clients import Address

ANSWER = b'{"recorded":1,"repeated":0,"refused":0,"answers":[]}'
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)


@contextlib.contextmanager
def canned() -> Iterator[Address]:
    """Such a server, in a process of its own."""
    command = [sys.executable, "-m", "bench.canned"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Address("127.0.0.1", int(process.stdout.readline()))
        process.terminate()


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    print(listener.getsockname()[1], flush=True)
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                selector.register(listener.accept()[0], selectors.EVENT_READ)
            elif isinstance(key.fileobj, socket.socket):
                # A request is far smaller than what is taken at once.
                if key.fileobj.recv(1 << 16):
                    key.fileobj.sendall(RESPONSE)
                else:
                    selector.unregister(key.fileobj)
                    key.fileobj.close()


if __name__ == "__main__":
    main()
