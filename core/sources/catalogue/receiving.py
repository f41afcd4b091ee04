"""What a transfer of one file is, wherever it comes from: its bounds, its end, its failures."""

from __future__ import annotations

import socket
import stat
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from core.sources.catalogue.entries import RemoteFile

CHUNK_BYTES = 65536
"""Read at once: few enough calls at 100 MB/s, and a cancel is seen after each."""

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_MAGIC = {".gz": (_GZIP, "gzip file"), ".zip": (_ZIP, "zip archive")}
_BEGINNING_BYTES = 4
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


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


class MirrorFailure(Exception):
    """A mirror did not give the file; the next one is asked.

    Parameters
    ----------
    words : the reason, after "MIRROR: "
    is_missing : whether it just has no such file there
    is_unreachable : whether asking it for another file is of no use either
    is_offline : whether a missing network would look like this
    """

    def __init__(
        self,
        words: str,
        *,
        is_missing: bool = False,
        is_unreachable: bool = False,
        is_offline: bool = False,
    ) -> None:
        super().__init__(words)
        self.words = words
        self.is_missing = is_missing
        self.is_unreachable = is_unreachable or is_offline
        self.is_offline = is_offline


class Cancelled(Exception):
    """Nobody wants the file any more."""


class CacheFailure(Exception):
    """The file cannot be written; no other mirror would help."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class Control:
    """What the two threads of a transfer know of each other.

    Attributes
    ----------
    phase : what the transferring thread does: asking, receiving, checking, unpacking
    received : bytes so far
    """

    def __init__(self) -> None:
        self.phase = "asking"
        self.received = 0
        self._cancelled = False
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []

    def cancel(self) -> None:
        """End the transfer: nothing moves into place from now on, and no read blocks any longer."""
        with self._lock:
            self._cancelled = True
            for connection in self._sockets:
                _shut(connection)

    def watch(self, connection: socket.socket) -> None:
        """Take note of a connection that :meth:`cancel` must break."""
        with self._lock:
            self._sockets.append(connection)
            if self._cancelled:
                _shut(connection)
        self.check()

    def check(self) -> None:
        """Raise Cancelled if the transfer was cancelled."""
        if self._cancelled:
            raise Cancelled

    @contextmanager
    def unless_cancelled(self) -> Iterator[None]:
        """Hold off :meth:`cancel` for a moment; raise Cancelled if it came first."""
        with self._lock:
            self.check()
            yield


def _shut(connection: socket.socket) -> None:
    # Past SSLSocket's own method, which takes its state away from the thread that reads.
    with suppress(OSError):  # already closed
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


class Sink:
    """Takes in a file as it arrives and refuses what cannot be it as early as can be told.

    Parameters
    ----------
    stream : where it is written
    file : what it must be
    control : told how much has arrived, asked whether it is still wanted
    """

    def __init__(self, stream: BinaryIO, file: RemoteFile, control: Control) -> None:
        self._stream = stream
        self._file = file
        self._control = control
        self._beginning = b""

    def announce(self, n_bytes: int) -> None:
        """Compare a size that was promised.

        Raises
        ------
        MirrorFailure
            If it is not that of the file.
        """
        if n_bytes != self._file.n_bytes:
            raise MirrorFailure(
                f"its {self._file.name} has {n_bytes:,} bytes instead of {self._file.n_bytes:,}"
            )

    def write(self, block: bytes) -> None:
        """Take in the next bytes.

        Raises
        ------
        MirrorFailure
            If these cannot be the bytes of the file.
        CacheFailure
            If they cannot be written.
        Cancelled
            If they are not wanted any more.
        """
        control = self._control
        control.check()
        if len(self._beginning) < _BEGINNING_BYTES:
            self._beginning += block[:_BEGINNING_BYTES]
            if len(self._beginning) >= _BEGINNING_BYTES:
                self._check_beginning()
        control.received += len(block)
        if control.received > self._file.n_bytes:
            raise MirrorFailure(f"it sends more than the {self._file.n_bytes:,} bytes of the file")
        try:
            self._stream.write(block)
        except OSError as error:
            raise CacheFailure(error) from error
        control.phase = "receiving"

    def finish(self) -> None:
        """Take note that nothing more comes.

        Raises
        ------
        MirrorFailure
            If that is too early.
        """
        self._control.check()
        received, promised = self._control.received, self._file.n_bytes
        if received < promised:
            if received:
                self._check_beginning()
            raise MirrorFailure(f"the file was cut short, after {received:,} of {promised:,} bytes")

    def _check_beginning(self) -> None:
        beginning = self._beginning.removeprefix(_BYTE_ORDER_MARK).lstrip()
        if beginning[:1] == b"<":
            raise MirrorFailure(
                "it sent a web page instead of the file; perhaps this network wants a login first"
            )
        for suffix, (magic, what) in _MAGIC.items():
            if self._file.name.endswith(suffix) and self._beginning[: len(magic)] != magic:
                raise MirrorFailure(f"it sent something that is no {what}")


def copy_file(folder: Path, path: Path, sink: Sink) -> None:
    """Copy the file at ``path``, below the folder that serves as the mirror, into ``sink``.

    Raises
    ------
    MirrorFailure
        If there is no such file, it cannot be read, or is another one.
    CacheFailure, Cancelled
        As :meth:`Sink.write`.
    """
    try:
        if not folder.is_dir():
            raise MirrorFailure(
                "there is no such folder (the address of a machine begins with http://)",
                is_unreachable=True,
            )
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise MirrorFailure(f"its {path.name} is no file")
        sink.announce(status.st_size)
        with path.open("rb") as stream:
            while block := stream.read(CHUNK_BYTES):
                sink.write(block)
    except FileNotFoundError as error:
        raise MirrorFailure(f"it has no {path.relative_to(folder)}", is_missing=True) from error
    except (OSError, ValueError) as error:  # ValueError: a path that can be none
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise MirrorFailure(f"{path} cannot be read: {reason}") from error
    sink.finish()
