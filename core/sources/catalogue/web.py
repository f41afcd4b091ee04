"""A file over http, through whatever proxy the environment names, and why it did not come."""

from __future__ import annotations

import errno
import http.client
import re
import socket
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from core.sources.catalogue.receiving import CHUNK_BYTES, Control, MirrorFailure

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

    from core.sources.catalogue.receiving import Patience, Sink

MAX_REDIRECTS = 8
"""Stores redirect once or twice; more is a circle."""

_HEADERS = {
    # The hash is that of the file as it is stored: nothing may be packed or unpacked on the way.
    "Accept-Encoding": "identity",
    "User-Agent": "perceptron-explorer",
}
_CREDENTIALS = r"//[^/@\s]*@"
_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})


def fetch(url: str, sink: Sink, control: Control, patience: Patience) -> None:
    """Read the file at ``url`` into ``sink``.

    Raises
    ------
    MirrorFailure
        If it does not come, or is another one.
    CacheFailure, Cancelled
        As :meth:`core.sources.catalogue.receiving.Sink.write`.
    """
    # Only now: it takes 0.1 s, and most starts of the program download nothing.
    import requests
    import urllib3

    try:
        with _session(control) as session:
            for _ in range(MAX_REDIRECTS + 1):
                with session.get(
                    url,
                    stream=True,
                    headers=_HEADERS,
                    timeout=(patience.connect_seconds, patience.stall_seconds),
                ) as response:
                    if not response.is_redirect:
                        _read(response, sink)
                        return
                    url = _redirected(url, response.headers["Location"])
            raise MirrorFailure("it redirects in a circle")
    except (
        requests.RequestException,
        urllib3.exceptions.HTTPError,
        http.client.HTTPException,
        OSError,
        ValueError,  # an address or a host name that can be none
    ) as error:
        control.check()
        raise _failure(error, control.received, patience) from error


def _redirected(url: str, location: str) -> str:
    target = urljoin(url, location)
    if urlsplit(target).scheme not in ("http", "https"):
        raise MirrorFailure("it redirects to something that is no web address")
    return target


def _read(response: requests.Response, sink: Sink) -> None:
    if response.status_code != http.client.OK:
        code = response.status_code
        reason = http.client.responses.get(code, "")
        raise MirrorFailure(
            f"the server answered {code} {reason}".rstrip(),
            is_missing=code in (http.client.NOT_FOUND, http.client.GONE),
        )
    promised = response.headers.get("Content-Length", "")
    # read1 returns what there is: a slow server is then seen to be slow.
    while block := response.raw.read1(CHUNK_BYTES, decode_content=False):
        sink.write(block)
        if promised.isascii() and promised.isdigit():
            # After the first bytes, which tell more: a web page has another size too.
            sink.announce(int(promised[:20]))
            promised = ""
    sink.finish()


def _session(control: Control) -> requests.Session:
    """Return a session whose connections ``control`` can break at any moment."""
    import requests
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.poolmanager import pool_classes_by_scheme

    class Connection(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            control.watch(self.sock)

    class SecureConnection(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            control.watch(self.sock)

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = SecureConnection

    pools = {"http": Pool, "https": SecurePool}

    class Session(requests.Session):
        def get_redirect_target(self, resp: requests.Response) -> None:
            """Leave redirects to us: requests would first read all of the page that has one."""

    class Adapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, **options)
            self.poolmanager.pool_classes_by_scheme = pools

        def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
            manager = super().proxy_manager_for(proxy, **options)
            if manager.pool_classes_by_scheme is pool_classes_by_scheme:  # SOCKS has its own
                manager.pool_classes_by_scheme = pools
            return manager

    session = Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, Adapter())
    return session


def _failure(error: BaseException, received: int, patience: Patience) -> MirrorFailure:
    """Return, in words people can act on, why nothing came."""
    import requests
    import urllib3

    found = list(_causes(error))

    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in found)

    if has(requests.exceptions.SSLError, ssl.SSLError):
        return MirrorFailure(
            f"the secure connection failed ({_shortest(found, ssl.SSLError)}); where a school or "
            "company reads along, name its certificate file in REQUESTS_CA_BUNDLE",
            is_unreachable=True,
        )
    if has(requests.exceptions.ProxyError):
        return MirrorFailure(
            "the proxy that the system names did not let it through", is_unreachable=True
        )
    if has(socket.gaierror):
        return MirrorFailure("its name is unknown here", is_offline=True)
    if has(requests.ConnectTimeout):
        return MirrorFailure(
            f"no connection within {patience.connect_seconds:g} s", is_offline=True
        )
    if has(ConnectionRefusedError):
        return MirrorFailure("it refused the connection", is_unreachable=True)
    if any(isinstance(cause, OSError) and cause.errno in _NO_ROUTE for cause in found):
        return MirrorFailure("there is no route to it", is_offline=True)
    if has(TimeoutError, requests.ReadTimeout, urllib3.exceptions.ReadTimeoutError):
        return MirrorFailure(
            f"nothing arrived for {patience.stall_seconds:g} s", is_unreachable=True
        )
    if has(ConnectionError, http.client.HTTPException, urllib3.exceptions.ProtocolError):
        place = f" after {received:,} bytes" if received else ""
        return MirrorFailure(f"it broke the connection off{place}")
    # Without a user's name and password, which may stand in an address.
    return MirrorFailure(f"it cannot be asked: {re.sub(_CREDENTIALS, '//', str(error))}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield ``error`` and everything it wraps: requests wraps urllib3, which wraps the system."""
    waiting, seen = [error], set()
    while waiting:
        cause = waiting.pop()
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        inner = (*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__)
        waiting.extend(item for item in inner if isinstance(item, BaseException))


def _shortest(found: list[BaseException], kind: type[BaseException]) -> str:
    words = [str(cause) for cause in found if isinstance(cause, kind)]
    return min(words, key=len, default="no reason given")
