"""A file over http, and in words people can act on why it did not come."""

from __future__ import annotations

import errno
import http.client
import re
import socket
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from core.sources.catalogue.mirrors import CHUNK_BYTES, MirrorFailure

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from core.sources.catalogue.mirrors import Patience


_HEADERS = {
    # The hash is that of the file as it is stored: nothing may be packed or unpacked on the way.
    "Accept-Encoding": "identity",
    "Connection": "close",  # one file, one connection: none stays open behind a failure
    "User-Agent": "perceptron-explorer",
}
_CREDENTIALS = r"//[^/@\s]*@"
_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})


def fetch(url: str, patience: Patience) -> Generator[tuple[str, bytes], None, None]:
    """Yield the length that is announced for the file at ``url``, and its next bytes.

    They come as they arrive, so that a slow server is seen to be slow.

    Raises
    ------
    MirrorFailure
        If it does not come.
    """
    timeout = patience.connect_seconds, patience.stall_seconds
    hooks = {"response": _check_redirect}
    received = 0
    try:
        with requests.get(
            url, headers=_HEADERS, timeout=timeout, hooks=hooks, stream=True
        ) as answer:
            code = answer.status_code
            if code != http.client.OK:
                raise MirrorFailure(
                    f"the server answered {code} {http.client.responses.get(code, '')}".rstrip(),
                    "missing" if code in (http.client.NOT_FOUND, http.client.GONE) else "",
                )
            while block := answer.raw.read1(CHUNK_BYTES, decode_content=False):
                received += len(block)
                yield answer.headers.get("Content-Length", ""), block
    except (
        OSError,  # those of requests are such, too
        urllib3.exceptions.HTTPError,
        ValueError,  # an address or a host name that can be none
    ) as error:
        raise _failure(error, received, patience) from error


def _check_redirect(response: requests.Response, **_: object) -> None:
    """Look where an answer leads before requests goes there; its page is left unread."""
    if response.is_redirect:
        response.close()  # else requests would read all of it
        target = urljoin(response.url, response.headers["Location"])
        if urlsplit(target).scheme not in ("http", "https"):
            raise MirrorFailure("it redirects to something that is no web address")


def _failure(error: Exception, received: int, patience: Patience) -> MirrorFailure:
    """Return why nothing came."""
    found = list(_causes(error))
    secure = [str(cause) for cause in found if isinstance(cause, ssl.SSLError)]
    if secure:
        return MirrorFailure(
            f"the secure connection failed ({min(secure, key=len)}); where a school or company "
            "reads along, name its certificate file in REQUESTS_CA_BUNDLE",
            "unreachable",
        )
    proxy = "the proxy that the system names did not let it through"
    connect, stall = f"{patience.connect_seconds:g} s", f"{patience.stall_seconds:g} s"
    broken_off = "it broke the connection off" + (f" after {received:,} bytes" if received else "")
    for reason, words, kind in (
        (requests.exceptions.ProxyError, proxy, "unreachable"),
        (requests.TooManyRedirects, "it redirects in a circle", ""),
        (socket.gaierror, "its name is unknown here", "offline"),
        (requests.ConnectTimeout, f"no connection within {connect}", "offline"),
        (ConnectionRefusedError, "it refused the connection", "unreachable"),
        (TimeoutError, f"nothing arrived for {stall}", "unreachable"),
        ((ConnectionError, http.client.HTTPException), broken_off, ""),
    ):
        if any(isinstance(cause, reason) for cause in found):
            return MirrorFailure(words, kind)
    if any(isinstance(cause, OSError) and cause.errno in _NO_ROUTE for cause in found):
        return MirrorFailure("there is no route to it", "offline")
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
