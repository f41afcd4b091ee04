"""One file from one place into the cache, in a thread of its own.

pooch retrieves it beside its place and checks its hash. That may block: on a name server, on a
connection, on a silent server. Whoever waits for it must not, and leaves it to itself; it then ends
as soon as the system lets it, and takes its unfinished files along.
"""

from __future__ import annotations

import logging
import os
import threading
import zipfile
import zlib
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from core.sources import limits
from core.sources.catalogue.dataset_cache import PART_PREFIX, hash_of, note_hash
from core.sources.catalogue.mirrors import CHUNK_BYTES, MirrorFailure
from core.words import UP, sized

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import BinaryIO

    from core.sources.catalogue.entries import RemoteFile
    from core.sources.catalogue.mirrors import Mirror, Patience

_MAGIC = {".gz": (b"\x1f\x8b", "gzip file"), ".zip": (b"PK\x03\x04", "zip archive")}
_BEGINNING_BYTES = 4
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class _Over(Exception):
    """Nobody waits for the file any more, or it cannot be written."""


class Transfer:
    """An attempt to get ``file``.

    Parameters
    ----------
    file : what is wanted
    mirror, place : whom to ask, and where it may have it
    folder : of the entry it is for, beside those of the other entries
    patience : how long the mirror is waited for

    Attributes
    ----------
    phase : what it does: receiving, checking, unpacking
    received : bytes so far
    finished : set at the end, however it ends
    failure : why this mirror did not give it
    error : anything else that went wrong
    """

    def __init__(
        self, file: RemoteFile, mirror: Mirror, place: str | Path, folder: Path, patience: Patience
    ) -> None:
        self.file, self.mirror = file, mirror
        self.phase, self.received = "receiving", 0
        self.finished = threading.Event()
        self.failure: MirrorFailure | None = None
        self.error: BaseException | None = None
        self._place, self._folder, self._patience = place, folder, patience
        self._beginning = b""
        self._is_left = False
        self._keeping = threading.Lock()
        # A daemon: a name server that never answers must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, name=f"download {file.name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def leave(self) -> None:
        """Wait for it no longer; returns at once, and nothing moves into place afterwards."""
        with self._keeping:
            self._is_left = True

    def _run(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(
                prefix=PART_PREFIX, dir=self._folder, ignore_cleanup_errors=True
            ) as part:
                path = self._retrieve(part)
                self._keep(self._unpack(path) if self.file.members else [(path, self._folder)])
        except _Over:
            pass
        except MirrorFailure as failure:
            self.failure = failure
        except BaseException as error:  # raised again where it is waited for
            self.error = error
        finally:
            self.finished.set()

    def _retrieve(self, part: str) -> Path:
        """Return the file, complete and with the right hash, in the folder ``part``."""
        # Only now: it takes 0.1 s, and most starts of the program download nothing.
        import pooch

        pooch.get_logger().setLevel(logging.WARNING)
        name, known_hash = self.file.name, f"sha256:{self.file.sha256}"
        try:
            return Path(
                pooch.retrieve(str(self._place), known_hash, name, part, downloader=self._download)
            )
        except ValueError as error:
            raise MirrorFailure(
                f"its {name} is not the published file (its SHA-256 hash differs)"
            ) from error

    def _download(self, _url: str, output_file: str, _pooch: object) -> None:
        """Do what pooch's downloaders do."""
        if isinstance(self._place, Path):
            blocks = self._copy(self._place)
        else:
            from core.sources.catalogue import web  # only now, as pooch

            blocks = web.fetch(self._place, self._patience)
        # Closed: a failure is kept until the end, and with it whatever was open when it was raised.
        with closing(blocks), Path(output_file).open("wb") as stream:
            for promised, block in blocks:
                self.write(stream, promised, block)
        if self.received < self.file.n_bytes:
            if self.received:
                self._check_beginning()
            raise MirrorFailure(
                f"the file was cut short, after {self.received:,} of {self.file.n_bytes:,} bytes"
            )
        self.phase = "checking"

    def _copy(self, path: Path) -> Generator[tuple[str, bytes], None, None]:
        """Yield the length of a file below the folder that serves as the mirror, and its bytes."""
        folder = self.mirror.folder
        assert folder is not None
        try:
            if not folder.is_dir():
                raise MirrorFailure(
                    "there is no such folder (the address of a machine begins with http://)",
                    "unreachable",
                )
            promised = str(path.stat().st_size)
            if not path.is_file():  # a pipe would be read for ever
                raise MirrorFailure(f"its {path.name} is no file")
            with path.open("rb") as stream:
                while block := stream.read(CHUNK_BYTES):
                    yield promised, block
        except FileNotFoundError as error:
            raise MirrorFailure(f"it has no {path.relative_to(folder)}", "missing") from error
        except (OSError, ValueError) as error:  # ValueError: a path that can be none
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise MirrorFailure(f"{path} cannot be read: {reason}") from error

    def write(self, stream: BinaryIO, promised: str, block: bytes) -> None:
        """Take in the next bytes; refuse what cannot be the file as early as can be told.

        ``promised`` says how many there are in all, in digits; empty where that is not told.
        """
        if self._is_left:
            raise _Over
        n_bytes = self.file.n_bytes
        self.received += len(block)
        if len(self._beginning) < _BEGINNING_BYTES:
            self._beginning += block
            if len(self._beginning) >= _BEGINNING_BYTES:
                self._check_beginning()
        # After the first bytes, which tell more: a web page has another size too.
        if promised.isdecimal() and (size := int(promised[:20])) != n_bytes:
            raise MirrorFailure(f"its {self.file.name} has {size:,} bytes instead of {n_bytes:,}")
        if self.received > n_bytes:
            raise MirrorFailure(f"it sends more than the {n_bytes:,} bytes of the file")
        try:
            stream.write(block)
            stream.flush()
        except OSError as error:  # no other mirror would help
            self.error = error
            raise _Over from error

    def _check_beginning(self) -> None:
        if self._beginning.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1] == b"<":
            raise MirrorFailure(
                "it sent a web page instead of the file; perhaps this network wants a login first"
            )
        for suffix, (magic, what) in _MAGIC.items():
            if self.file.name.endswith(suffix) and not self._beginning.startswith(magic):
                raise MirrorFailure(f"it sent something that is no {what}")

    def _unpack(self, path: Path) -> list[tuple[Path, Path]]:
        """Take the members out of an archive; return where each is and the folder it is for."""
        self.phase = "unpacking"
        found = []
        try:
            with zipfile.ZipFile(path) as archive:
                for member in self.file.members:
                    info = archive.getinfo(member.inside)
                    if info.file_size > limits.MAX_FILE_BYTES:
                        raise MirrorFailure(
                            f"{member.inside} has {sized(info.file_size, UP)}, more than the "
                            f"{sized(limits.MAX_FILE_BYTES)} accepted"
                        )
                    unpacked = Path(archive.extract(info, path.parent))
                    unpacked = unpacked.rename(path.with_name(member.name))
                    folder = self._folder.with_name(member.key)
                    found += [(note_hash(unpacked), folder), (unpacked, folder)]
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
            # RuntimeError: encrypted, or packed in a way this Python does not know.
            raise MirrorFailure(f"{path.name} cannot be unpacked: {error}") from error
        return found

    def _keep(self, found: list[tuple[Path, Path]]) -> None:
        """Move complete files into their folders, unless nobody waits for them any more."""
        with self._keeping:
            if self._is_left:
                raise _Over
            for path, folder in found:
                folder.mkdir(exist_ok=True)
                # Temporary files are their owner's; who may read the folder may read these.
                path.chmod(folder.stat().st_mode & 0o666)
                try:
                    os.replace(path, folder / path.name)
                except PermissionError:
                    # Windows replaces no file that another instance reads; the same one will do.
                    if hash_of(folder / path.name) != hash_of(path):
                        raise
