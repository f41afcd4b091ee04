"""Writing a folder so that it is either complete or as if nothing had been tried."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from core.errors import ReportError
from core.whole_file import settle_folder, write_through, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path


_ABANDONED_SECONDS = 7 * 86_400.0


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


@contextmanager
def report_folder(
    folder: Path, names: Iterable[str]
) -> Iterator[Callable[[Mapping[str, bytes]], None]]:
    """Yield what puts files into a folder, all of them or none.

    That the folder can be written is seen at once, long before there is anything to write; where
    nothing is written in the end, whatever was created is gone again.

    Files are first written into a hidden folder: inside ``folder`` where that exists (so it is on
    the same file system, and writable if the folder is), otherwise beside it, to be renamed.

    Raises
    ------
    ReportError
        Naming the folder, the reason and what to do; the folder is then as it was.
    """
    made: list[Path] = []
    with _problems_told(folder):  # a name may be too long even to be looked for
        place = folder if folder.exists() else folder.parent
    staging = place / f".report-{secrets.token_hex(8)}.part"
    try:
        with _problems_told(folder):
            if folder.exists() and not folder.is_dir():
                raise ReportError(
                    f"{folder}: this is a file; give a folder, or a new name, after --report"
                )
            for name in names:
                if (folder / name).is_dir():
                    raise ReportError(
                        f"{folder / name}: a folder stands where the report writes a file; "
                        "remove it or give another folder after --report"
                    )
            missing = [parent for parent in (place, *place.parents) if not parent.exists()]
            for parent in reversed(missing):
                parent.mkdir()
                made.append(parent)
            staging.mkdir()
            _clean_leftovers(place)
            # A file system may accept folders and refuse files: learn that now too.
            probe = staging / "probe"
            write_through(probe, b"")
            probe.unlink()
        yield partial(_publish, folder, staging)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        for parent in reversed(made):
            if not any(parent.iterdir()):  # else the report is there, or what someone else made
                parent.rmdir()


def _clean_leftovers(place: Path) -> None:
    """Remove what reports that were killed left; one that is being made is there for hours."""
    for left in place.glob(".report-*.part"):
        with suppress(OSError):  # gone meanwhile
            if left.stat().st_mtime < time.time() - _ABANDONED_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _problems_told(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ReportError(
            f"{folder}: the report cannot be written: {reason}; make room or give a folder "
            "you may write to after --report"
        ) from error


def _publish(folder: Path, staging: Path, files: Mapping[str, bytes]) -> None:
    """Write all files, then put each in place; earlier ones come back should one move fail."""
    with _problems_told(folder):
        for name, content in files.items():
            write_through(staging / name, content)
        if not folder.exists():
            settle_folder(staging)
            os.rename(staging, folder)
            settle_folder(folder.parent)
            return
        earlier = staging / "earlier"
        earlier.mkdir()
        # Copies, made before anything is replaced: no moment without the file, and a disk too
        # full for them fails while everything is still as it was.
        for name in files:
            if (folder / name).exists():
                shutil.copy2(folder / name, earlier / name)
        moved: list[str] = []
        try:
            for name in files:
                moved.append(name)
                os.replace(staging / name, folder / name)
            settle_folder(folder)
        except BaseException:
            for name in moved:
                if (earlier / name).exists():
                    os.replace(earlier / name, folder / name)
                elif not (staging / name).exists():
                    (folder / name).unlink(missing_ok=True)
            raise
