"""One file from one place into the cache, in a thread of its own.

The transfer blocks: on a name server, on a connection, on a silent server. Whoever waits for it
must not, and leaves it to itself by :meth:`Attempt.cancel`; it then ends as soon as the system
lets it, and takes its unfinished files along.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from core.sources import limits
from core.sources.catalogue import dataset_cache, web
from core.sources.catalogue.cache import Workspace
from core.sources.catalogue.receiving import (
    CacheFailure,
    Cancelled,
    Control,
    MirrorFailure,
    Patience,
    Sink,
    copy_file,
)

if TYPE_CHECKING:
    from core.sources.catalogue.entries import Member, RemoteFile
    from core.sources.catalogue.mirrors import Mirror

_UNPACK_BYTES = 1 << 20


class Attempt:
    """An attempt to get ``file``.

    Parameters
    ----------
    file : what is wanted
    mirror, place : whom to ask, and where it may have it
    sets : the folder that holds a folder for each entry
    key : the entry it is for
    patience : how long the mirror is waited for

    Attributes
    ----------
    control : how far it is
    finished : set at the end, however it ends
    hashes
        What moved into place: for each entry's key, file name to SHA-256. Empty until everything
        is in place.
    failure : why this mirror did not give it
    error : anything else that went wrong
    """

    def __init__(
        self,
        file: RemoteFile,
        mirror: Mirror,
        place: str | Path,
        sets: Path,
        key: str,
        patience: Patience,
    ) -> None:
        self.file = file
        self.mirror = mirror
        self.control = Control()
        self.finished = threading.Event()
        self.hashes: dict[str, dict[str, str]] = {}
        self.failure: MirrorFailure | None = None
        self.error: BaseException | None = None
        self._place = place
        self._sets = sets
        self._key = key
        self._patience = patience
        # A daemon: a name server that never answers must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, name=f"download {file.name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self) -> None:
        """Give it up; returns at once, and nothing moves into place afterwards."""
        self.control.cancel()

    def _run(self) -> None:
        try:
            with Workspace(self._sets / self._key) as workspace:
                path = self._retrieve(workspace)
                self.control.check()
                if self.file.members:
                    self.hashes = self._unpack(path, workspace)
                else:
                    self._move(workspace, self.file.name, self._key, self.file.sha256)
                    self.hashes = {self._key: {self.file.name: self.file.sha256}}
        except Cancelled:
            pass
        except MirrorFailure as failure:
            self.failure = failure
        except BaseException as error:  # raised again where it is waited for
            self.error = error.error if isinstance(error, CacheFailure) else error
        finally:
            self.finished.set()

    def _retrieve(self, workspace: Workspace) -> Path:
        """Return the file, complete and with the right hash, in the workspace."""
        # Only now: it takes 0.1 s, and most starts of the program download nothing.
        import pooch

        pooch.get_logger().setLevel(logging.WARNING)
        try:
            return Path(
                pooch.retrieve(
                    str(self._place),
                    known_hash=f"sha256:{self.file.sha256}",
                    fname=self.file.name,
                    path=workspace.path,
                    downloader=self._transfer,
                )
            )
        except ValueError as error:
            raise MirrorFailure(
                f"its {self.file.name} is not the published file (its SHA-256 hash differs)"
            ) from error

    def _transfer(self, _url: str, output_file: str, _pooch: object) -> None:
        """Do what pooch's downloaders do."""
        with Path(output_file).open("wb") as stream:
            sink = Sink(stream, self.file, self.control)
            if isinstance(self._place, Path):
                assert self.mirror.folder is not None
                copy_file(self.mirror.folder, self._place, sink)
            else:
                web.fetch(self._place, sink, self.control, self._patience)
        self.control.phase = "checking"

    def _move(self, workspace: Workspace, name: str, key: str, sha256: str) -> None:
        """Move a complete file to where it is read from, unless nobody wants it any more."""
        target = self._sets / key / name
        target.parent.mkdir(parents=True, exist_ok=True)
        workspace.flush(name)
        with self.control.unless_cancelled():
            try:
                workspace.move(name, target)
            except PermissionError:
                # Windows replaces no file that another instance reads; the same one will do.
                if dataset_cache.hash_of(target) != sha256:
                    raise

    def _unpack(self, path: Path, workspace: Workspace) -> dict[str, dict[str, str]]:
        """Take the members out of an archive whose hash was right; return their hashes."""
        self.control.phase = "unpacking"
        hashes: dict[str, dict[str, str]] = {}
        try:
            with zipfile.ZipFile(path) as archive:
                for member in self.file.members:
                    sha256 = self._extract(archive, member, workspace.path / member.name)
                    hashes.setdefault(member.key, {})[member.name] = sha256
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
            # RuntimeError: encrypted, or packed in a way this Python does not know.
            raise MirrorFailure(f"{path.name} cannot be unpacked: {error}") from error
        # Only now that all of them are there.
        for key, names in hashes.items():
            for name, sha256 in names.items():
                self._move(workspace, name, key, sha256)
        return hashes

    def _extract(self, archive: zipfile.ZipFile, member: Member, target: Path) -> str:
        info = archive.getinfo(member.inside)
        if info.file_size > limits.MAX_FILE_BYTES:
            raise MirrorFailure(
                f"{member.inside} has {info.file_size / 1e6:.0f} MB, more than the "
                f"{limits.MAX_FILE_BYTES / 1e6:.0f} MB accepted"
            )
        digest = hashlib.sha256()
        with archive.open(info) as packed, target.open("wb") as stream:
            while block := packed.read(_UNPACK_BYTES):
                self.control.check()
                digest.update(block)
                stream.write(block)
        return digest.hexdigest()
