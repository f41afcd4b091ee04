"""Where the files of a catalogue entry may be: its own addresses, and what a person gives.

A mirror that is given is looked at first. It is a folder (a USB stick, a network drive), a
``file://`` address, or the http address of a machine in the room, and has the files as
``<mirror>/<key>/<file>`` or as ``<mirror>/<file>``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from core.errors import DatasetError

if TYPE_CHECKING:
    from core.sources.catalogue.entries import CatalogueEntry

MIRROR_VARIABLE = "PERCEPTRON_EXPLORER_MIRROR"
"""The environment variable that names a mirror."""

CHUNK_BYTES = 65536
"""Read at once: few enough calls at 100 MB/s, and that nobody waits any more is seen after each."""


@dataclass(frozen=True, slots=True)
class Mirror:
    """One place that may have the files.

    Attributes
    ----------
    label : how it is called in messages: a host, or a folder
    address : of a web mirror, ending in "/"; empty for a folder
    folder : of any other
    was_given : by a person; such a mirror may keep each set in a folder of its own
    """

    label: str
    address: str = ""
    folder: Path | None = None
    was_given: bool = False

    def places(self, key: str, name: str) -> tuple[str | Path, ...]:
        """Return the addresses or paths at which the file ``name`` may be, in order."""
        names = ((key, name), (name,)) if self.was_given else ((name,),)
        if self.folder is not None:
            return tuple(self.folder.joinpath(*parts) for parts in names)
        return tuple(self.address + "/".join(map(quote, parts)) for parts in names)


class MirrorFailure(Exception):
    """A mirror did not give the file; the next one is asked.

    Parameters
    ----------
    words : the reason, after "MIRROR: "
    kind
        ``missing``: it just has no such file there. ``unreachable``: asking it for another file is
        of no use either. ``offline``: nor that, and a missing network would look like this.
    """

    def __init__(self, words: str, kind: str = "") -> None:
        super().__init__(words)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a mirror is waited for.

    Attributes
    ----------
    connect_seconds
        For a connection. A server across the world answers within 0.5 s; a wall that swallows
        packets never does, and a person is watching.
    stall_seconds
        How long less than ``min_speed`` may arrive; long enough for a wireless network to come
        back, and for a store that first fetches the file itself.
    min_speed
        Bytes a second. MNIST would take three hours at this speed.
    """

    connect_seconds: float = 5.0
    stall_seconds: float = 15.0
    min_speed: float = 1000.0


def mirrors_for(entry: CatalogueEntry, given: str = "") -> list[Mirror]:
    """Return all mirrors of ``entry``: ``given``, that of the environment, then its own.

    Raises
    ------
    DatasetError
        If a mirror that was given is neither a folder nor an address.
    """
    return [*given_mirrors(given), *(_web_mirror(address) for address in entry.mirrors)]


def given_mirrors(given: str = "") -> list[Mirror]:
    """Return the mirrors people gave: ``given``, then that of the environment.

    Raises
    ------
    DatasetError
        If one of them is neither a folder nor an address.
    """
    texts = [text.strip() for text in (given, os.environ.get(MIRROR_VARIABLE, ""))]
    return [_given_mirror(text) for text in dict.fromkeys(texts) if text]


def _web_mirror(address: str, was_given: bool = False) -> Mirror:
    # Without a user's name and password, which may stand in an address.
    label = urlsplit(address).netloc.rpartition("@")[2]
    return Mirror(label, address=address, was_given=was_given)


def _given_mirror(text: str) -> Mirror:
    scheme, separator, _ = text.partition("://")
    try:
        if separator and scheme.lower() in ("http", "https") and urlsplit(text).hostname:
            return _web_mirror(text.rstrip("/") + "/", was_given=True)
        if separator and scheme.lower() == "file":
            # Only now: it brings all of http and ssl along.
            from urllib.request import url2pathname

            parts = urlsplit(text)
            host = "" if parts.netloc == "localhost" else parts.netloc
            folder = Path(url2pathname((f"//{host}" if host else "") + parts.path))
            return Mirror(str(folder), folder=folder, was_given=True)
        if not separator:
            folder = Path(text).expanduser()
            return Mirror(str(folder), folder=folder, was_given=True)
    except (ValueError, RuntimeError):
        pass  # no such host or home folder: told below
    raise DatasetError(
        f"mirror {text}: this is neither a folder nor an address; expected a folder's path, or "
        "file://, http:// or https:// with what follows"
    )
