"""A server on this machine that behaves as badly as the ones people meet.

The first part of a path says how: ``http://127.0.0.1:PORT/503/x.gz`` is answered with 503, and
``/good/x.gz`` with the content of ``x.gz``. The last part is the file asked for. As a proxy it
answers for any host.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HTML = b"<!DOCTYPE html>\n<html><body>Please log in to this network.</body></html>\n"
TRICKLE_SECONDS = 0.02
"""Between two bytes; the tests' patience is shorter than a person's by the same factor."""


class Loopback:
    """Serves ``files`` in threads of its own, from the making to :meth:`close`.

    Attributes
    ----------
    files : name to content
    asked : the paths, or as a proxy the addresses, that were asked for
    let_go : set to let answers go on that wait in the middle
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)
        self.asked: list[str] = []
        self.let_go = threading.Event()
        self.ended = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.loopback = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, name="loopback"
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_address[1]

    def url(self, behaviour: str) -> str:
        """Return the mirror that behaves like this."""
        return f"http://127.0.0.1:{self.port}/{behaviour}/"

    def close(self) -> None:
        """Stop, and let all answers under way end."""
        self.ended.set()
        self.let_go.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Loopback:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def closed_port() -> Iterator[int]:
    """Give a port on which nothing listens, and nothing else can begin to."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    loopback: Loopback

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: that clients break off is what is being tested."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.loopback.asked.append(self.path)
        parts = urlsplit(self.path).path.strip("/").split("/")
        behaviour, content = parts[0], self.server.loopback.files.get(parts[-1])
        if content is None or (behaviour == "only-keyed" and len(parts) < 3):
            self._answer(404, HTML)
        elif behaviour.isdigit():
            self._answer(int(behaviour), HTML)
        else:
            _BEHAVIOURS[behaviour](self, content)

    def _answer(self, code: int, content: bytes, **headers: str) -> None:
        self._begin(code, len(content), **headers)
        self.wfile.write(content)

    def _begin(self, code: int, n_bytes: int | None, **headers: str) -> None:
        self.send_response(code)
        if n_bytes is None:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(n_bytes))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def good(self, content: bytes) -> None:
        self._answer(200, content)

    def labelled(self, content: bytes) -> None:
        """As servers do that take the ending .gz for a way of sending."""
        self._answer(200, content, Content_Encoding="gzip")

    def chunked(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for i in range(0, len(content), 5000):
            block = content[i : i + 5000]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(block), block))
        self.wfile.write(b"0\r\n\r\n")

    def no_length(self, content: bytes) -> None:
        self._begin(200, None)
        self.wfile.write(content)

    def slow(self, content: bytes) -> None:
        """All of it, in up to half a second."""
        self._begin(200, len(content))
        size = max(len(content) // 20, 4096)
        for i in range(0, len(content), size):
            self.wfile.write(content[i : i + size])
            self.server.loopback.ended.wait(0.025)

    def moved(self, content: bytes) -> None:
        self._answer(302, HTML, Location=self.path.replace("/moved/", "/good/"))

    def moved_endlessly(self, content: bytes) -> None:
        """The page that says where to go never ends."""
        self._begin(302, None, Location=self.path.replace("/moved-endlessly/", "/good/"))
        self._endless(HTML)

    def moved_in_chunks(self, content: bytes) -> None:
        """The same, in chunks."""
        location = self.path.replace("/moved-in-chunks/", "/good/")
        self._begin(302, None, Location=location, Transfer_Encoding="chunked")
        self._endless(b"%x\r\n%s\r\n" % (len(HTML), HTML))

    def html(self, content: bytes) -> None:
        self._answer(200, HTML, Content_Type="text/html")

    def long_html(self, content: bytes) -> None:
        """A page as long as the file."""
        self._answer(200, HTML + b" " * (len(content) - len(HTML)))

    def empty(self, content: bytes) -> None:
        self._answer(200, b"")

    def wrong(self, content: bytes) -> None:
        """The right size, the right beginning, one wrong bit."""
        self._answer(200, content[:-1] + bytes([content[-1] ^ 1]))

    def other(self, content: bytes) -> None:
        """The right size, another kind of file."""
        self._answer(200, b"\0" * len(content))

    def shorter(self, content: bytes) -> None:
        self._answer(200, content[:-7])

    def shorter_without_length(self, content: bytes) -> None:
        self._begin(200, None)
        self.wfile.write(content[:-7])

    def more(self, content: bytes) -> None:
        """It never ends."""
        self._begin(200, None)
        self._endless(content)

    def _endless(self, content: bytes) -> None:
        while not self.server.loopback.ended.is_set():
            self.wfile.write(content)

    def cut(self, content: bytes) -> None:
        """Half of what was promised, then the connection is closed."""
        self._begin(200, len(content))
        self.wfile.write(content[: len(content) // 2])
        self.close_connection = True

    def reset(self, content: bytes) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)

    def loop(self, content: bytes) -> None:
        self._answer(302, HTML, Location=self.path)

    def astray(self, content: bytes) -> None:
        self._answer(302, HTML, Location="file:///etc/passwd")

    def silent(self, content: bytes) -> None:
        self.server.loopback.ended.wait()
        self.close_connection = True

    def trickle(self, content: bytes) -> None:
        self._begin(200, len(content))
        self._trickle(content)

    def trickling_headers(self, content: bytes) -> None:
        self._trickle(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 10_000)

    def _trickle(self, content: bytes) -> None:
        for byte in content:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(TRICKLE_SECONDS)
            if self.server.loopback.ended.is_set():
                self.close_connection = True
                return

    def half(self, content: bytes) -> None:
        """The rest only when it is let go."""
        self._wait_at(len(content) // 2, content)

    def all_but_one(self, content: bytes) -> None:
        self._wait_at(len(content) - 1, content)

    def _wait_at(self, n_bytes: int, content: bytes) -> None:
        self._begin(200, len(content))
        self.wfile.write(content[:n_bytes])
        self.wfile.flush()
        self.server.loopback.let_go.wait()
        self.wfile.write(content[n_bytes:])


_BEHAVIOURS: dict[str, Callable[[_Handler, bytes], None]] = {
    name.replace("_", "-"): function
    for name, function in vars(_Handler).items()
    if not name.startswith("_") and callable(function) and name not in ("do_GET", "log_message")
} | {"only-keyed": _Handler.good}
