"""Writing a folder so that it is either complete or as if nothing had been tried."""

from __future__ import annotations

import os
import secrets
import shutil
from typing import TYPE_CHECKING

from core.errors import ReportError
from core.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from types import TracebackType


def write_file(path: Path, content: bytes) -> None:
    """Write one file. Everything a report writes goes through here."""
    path.write_bytes(content)


def keep(path: Path, content: bytes) -> None:
    """Write a file that a person has named, whole or not at all.

    Raises
    ------
    ReportError
        If it cannot be written; an earlier file of that name is then still there.
    """
    try:
        write_whole(path, content)
    except OSError as error:
        reason = error.strerror or error
        raise ReportError(f"{path} cannot be written: {reason}; choose another folder") from error


class ReportFolder:
    """A folder that receives all its files at once, or none.

    Used as a context: entering checks that the folder can be written, long before there is
    anything to write; leaving it without :meth:`publish` undoes whatever was created.

    Files are first written into a hidden folder: inside ``folder`` where that exists (so it is on
    the same file system, and writable if the folder is), otherwise beside it, to be renamed.

    Raises
    ------
    ReportError
        Naming the folder, the reason and what to do.
    """

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        self.folder = folder
        self._names = tuple(names)
        self._existed = False
        self._made: list[Path] = []
        self._staging: Path | None = None

    def __enter__(self) -> ReportFolder:
        try:
            self._prepare()
        except BaseException as error:
            self._undo()
            if isinstance(error, (OSError, ValueError)):  # ValueError: a NUL byte in the path
                raise self._problem(error) from error
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._undo()

    def _problem(self, error: Exception) -> ReportError:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return ReportError(
            f"{self.folder}: the report cannot be written: {reason}; make room or give a folder "
            "you may write to after --report"
        )

    def _prepare(self) -> None:
        self._existed = self.folder.exists()
        if self._existed and not self.folder.is_dir():
            raise ReportError(
                f"{self.folder}: this is a file; give a folder, or a new name, after --report"
            )
        for name in self._names:
            if (self.folder / name).is_dir():
                raise ReportError(
                    f"{self.folder / name}: a folder stands where the report writes a file; "
                    "remove it or give another folder after --report"
                )
        place = self.folder if self._existed else self.folder.parent
        missing = [parent for parent in (place, *place.parents) if not parent.exists()]
        for parent in reversed(missing):
            parent.mkdir()
            self._made.append(parent)
        staging = place / f".report-{secrets.token_hex(8)}.part"
        staging.mkdir()
        self._staging = staging
        # A file system may accept folders and refuse files: learn that now too.
        probe = staging / "probe"
        write_file(probe, b"")
        probe.unlink()

    def publish(self, files: Mapping[str, bytes]) -> None:
        """Write all files, then put each in place.

        Raises
        ------
        ReportError
            If anything went wrong; the folder is then as it was.
        """
        if self._staging is None:
            raise RuntimeError("publish() outside the context")
        try:
            for name, content in files.items():
                write_file(self._staging / name, content)
            if not self._existed:
                os.rename(self._staging, self.folder)
                self._staging = None
                self._made.clear()
            else:
                self._replace(self._staging, list(files))
        except OSError as error:
            raise self._problem(error) from error

    def _replace(self, staging: Path, names: list[str]) -> None:
        """Move the files over earlier ones, which come back should one move fail."""
        earlier = staging / "earlier"
        earlier.mkdir()
        # Copies, made before anything is replaced: no moment without the file, and a disk too
        # full for them fails while everything is still as it was.
        for name in names:
            if (self.folder / name).exists():
                shutil.copy2(self.folder / name, earlier / name)
        moved: list[str] = []
        try:
            for name in names:
                moved.append(name)
                os.replace(staging / name, self.folder / name)
        except BaseException:
            for name in moved:
                if (earlier / name).exists():
                    os.replace(earlier / name, self.folder / name)
                elif not (staging / name).exists():
                    (self.folder / name).unlink(missing_ok=True)
            raise

    def _undo(self) -> None:
        """Remove the hidden folder and the parents made for it."""
        if self._staging is not None:
            shutil.rmtree(self._staging, ignore_errors=True)
            self._staging = None
        while self._made:
            made = self._made.pop()
            if not any(made.iterdir()):  # someone else may have put something there meanwhile
                made.rmdir()
