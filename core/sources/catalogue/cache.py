"""Where the program keeps what it can make or fetch again, and folders to work in there.

A file that others may read is first written completely in a :class:`Workspace`, then moved into
place in one step. A workspace is locked by its owner: what a killed process leaves behind is told
from what another instance of the program is writing right now, and only the former is removed.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from platformdirs import user_cache_path

if TYPE_CHECKING:
    from typing import BinaryIO

CACHE_VARIABLE = "PERCEPTRON_EXPLORER_CACHE"
"""The environment variable that names another folder."""

_PREFIX = ".part-"
_LOCK_NAME = "in-use"
_ATTEMPTS = 20
"""A cleaner may take away a workspace between its making and its locking, though hardly twice."""

_OLD_SECONDS = 24 * 3600
"""Where a file system knows no locks, what nobody touched for a day is taken as abandoned."""


def cache_folder() -> Path:
    """Return the program's cache folder (``PERCEPTRON_EXPLORER_CACHE`` overrides the system's)."""
    return Path(os.environ.get(CACHE_VARIABLE) or user_cache_path("perceptron-explorer"))


class Workspace:
    """A new folder inside another, removed at the end, whose owner is known to live.

    Parameters
    ----------
    parent
        Made where it does not exist. Files move from the workspace to it in one step, since both
        are on the same disk.

    Raises
    ------
    OSError
        If the folder cannot be made.
    """

    def __init__(self, parent: Path) -> None:
        parent.mkdir(parents=True, exist_ok=True)
        for _ in range(_ATTEMPTS):
            path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
            try:
                stream = (path / _LOCK_NAME).open("wb")
            except FileNotFoundError:
                continue  # cleaned away
            # Without locks (None) a workspace is kept by its age. Otherwise it must still exist
            # once it is locked: from then on no cleaner can take it.
            if _try_lock(stream) is not False and (path / _LOCK_NAME).exists():
                self.path = path
                self._stream = stream
                return
            stream.close()
        raise OSError(errno.EBUSY, "cannot keep a working folder", str(parent))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder and all that is still in it."""
        self._stream.close()  # first: Windows removes no open file
        shutil.rmtree(self.path, ignore_errors=True)  # what stays is a leftover, removed later

    def flush(self, name: str) -> None:
        """Make sure that the content of the file ``name`` has reached the disk.

        Raises
        ------
        OSError
            If it cannot be written there.
        """
        with (self.path / name).open("rb+") as stream:
            os.fsync(stream.fileno())

    def move(self, name: str, target: Path) -> None:
        """Move the file ``name`` to ``target`` in one step; flush it before.

        Whoever may read the files of this person may read it: some ways of making a file keep it
        to its owner, and the cache may be a folder that a class shares.

        Raises
        ------
        OSError
            If it cannot be moved.
        """
        shutil.copymode(self.path / _LOCK_NAME, self.path / name)
        os.replace(self.path / name, target)


def clean_leftovers(parent: Path) -> None:
    """Remove the workspaces in ``parent`` that no living process owns."""
    try:
        leftovers = [path for path in parent.iterdir() if path.name.startswith(_PREFIX)]
    except OSError:
        return  # no folder, no leftovers
    for path in leftovers:
        if _is_abandoned(path):
            shutil.rmtree(path, ignore_errors=True)


def _is_abandoned(path: Path) -> bool:
    try:
        with (path / _LOCK_NAME).open("ab") as stream:
            locked = _try_lock(stream)
            if locked is None:
                return time.time() - path.stat().st_mtime > _OLD_SECONDS
            if locked and sys.platform != "win32":
                # Still locked: its maker, if it comes too late to lock it, finds it gone.
                shutil.rmtree(path, ignore_errors=True)
            return locked
    except OSError:
        return False  # gone meanwhile, or not ours


if sys.platform == "win32":
    import msvcrt

    def _try_lock(stream: BinaryIO) -> bool | None:
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            return False if error.errno in (errno.EACCES, errno.EDEADLK) else None
        return True

else:
    import fcntl

    def _try_lock(stream: BinaryIO) -> bool | None:
        """Lock an open file until it is closed, by whatever end of the process.

        Returns
        -------
        bool or None
            Whether it is locked now; None where the file system knows no locks.
        """
        try:
            fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return None
        return True
