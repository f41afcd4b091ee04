"""Writing a file whole or not at all: what a full disk or a kill cuts short destroys nothing."""

from __future__ import annotations

import os
import re
import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"\.explorer-[0-9a-f]{16}\.part")
_ABANDONED_SECONDS = 600.0
"""What was not touched for so long was left by a kill: nothing is written so slowly."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file; an older one of that name is replaced only by a whole one.

    It is written beside it under another name, brought to the disk and renamed. What killed
    processes left of such files in this folder goes.

    Raises
    ------
    OSError
        If it cannot be written there; nothing is left behind then.
    """
    # Not tempfile, which keeps a file to its owner: what is saved is handed to others.
    unfinished = path.parent / f".explorer-{secrets.token_hex(8)}.part"
    try:
        write_through(unfinished, content)
        os.replace(unfinished, path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise
    settle_folder(path.parent)
    _clean_leftovers(path.parent)


def write_through(path: Path, content: bytes) -> None:
    """Write a new file and bring it to the disk, not only to the system's memory."""
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def settle_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can do that."""
    with suppress(OSError):  # not on Windows, nor on every network disk; the file is whole anyway
        place = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)


def _clean_leftovers(folder: Path) -> None:
    """Remove what killed processes left; what another one is writing stays."""
    with suppress(OSError):  # what cannot be looked at or removed harms nobody
        for name in os.listdir(folder):
            if _NAME.fullmatch(name):
                left = folder / name
                if left.stat().st_mtime < time.time() - _ABANDONED_SECONDS:
                    left.unlink(missing_ok=True)
