"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file; an older one of that name is replaced only by a whole one.

    Raises
    ------
    OSError
        If it cannot be written there; nothing is left behind then.
    """
    # Not tempfile, which keeps a file to its owner: what is saved is handed to others.
    unfinished = path.parent / f"{secrets.token_hex(8)}.part"
    try:
        with unfinished.open("xb") as stream:
            stream.write(content)
        os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
