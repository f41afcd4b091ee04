"""What has been downloaded, and whether it is still what was downloaded.

    <cache>/datasets/<key>/<file>           as the mirror has it, or taken out of its archive
    <cache>/datasets/<key>/.<file>.sha256   the hash of a file that was in an archive
    <cache>/datasets/<key>/.part-...        a download under way, or what a kill left of it

A file is hashed whenever it is opened, which takes a thirtieth of the time that reading it does.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

if TYPE_CHECKING:
    from core.sources.catalogue.entries import CatalogueEntry

CACHE_VARIABLE = "PERCEPTRON_EXPLORER_CACHE"
"""The environment variable that names another folder."""

PART_PREFIX = ".part-"

ABANDONED_SECONDS = 3600.0
"""A download writes every few seconds or is given up; checking and unpacking take a minute."""

_log = logging.getLogger(__name__)


def sets_folder() -> Path:
    """Return the folder in which every entry of the catalogue has its own."""
    cache = os.environ.get(CACHE_VARIABLE) or user_cache_path("perceptron-explorer")
    return Path(cache) / "datasets"


def entry_folder(entry: CatalogueEntry) -> Path:
    """Return where the files of ``entry`` are kept; it need not exist."""
    return sets_folder() / entry.key


def available(entry: CatalogueEntry) -> bool:
    """Whether ``entry`` was downloaded; looks at sizes only, and so answers at once."""
    sizes = {file.name: file.n_bytes for file in entry.files}
    paths = [entry_folder(entry) / name for name in entry.cached_names]
    try:
        return all(
            path.stat().st_size == sizes[path.name]
            if path.name in sizes
            else path.is_file() and _noted_hash(path)
            for path in paths
        )
    except OSError:
        return False


def verify(entry: CatalogueEntry) -> dict[str, str]:
    """Return the files of ``entry`` that are not there, and what was wrong with those removed.

    A file that is not what was downloaded is removed.
    """
    published = {file.name: file.sha256 for file in entry.files}
    missing = {}
    for name in entry.cached_names:
        path = entry_folder(entry) / name
        expected = published.get(name) or _noted_hash(path)
        if not os.path.isfile(path) or not expected:
            odd = [each for each in (path, _note_of(path)) if _is_odd(each)]
            missing[name] = f"{odd[0]} is no file, but a pipe or a folder" if odd else ""
        elif hash_of(path) != expected:
            missing[name] = f"{path} is not what was downloaded, and was removed"
            try:
                path.unlink()
            except OSError as error:
                _log.warning("%s: cannot be removed: %s", path, error)
    return missing


def clean_leftovers() -> None:
    """Remove what killed downloads left behind; what another instance is writing stays."""
    for part in sets_folder().glob(f"*/{PART_PREFIX}*"):
        try:
            touched = max(path.stat().st_mtime for path in (part, *part.iterdir()))
        except OSError:
            continue  # gone meanwhile, or not ours
        if touched < time.time() - ABANDONED_SECONDS:
            shutil.rmtree(part, ignore_errors=True)


def note_hash(path: Path) -> Path:
    """Note the hash of a file that was in an archive beside it, and return where.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    note = _note_of(path)
    note.write_text(hash_of(path), "ascii")
    return note


def _note_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.sha256")


def _is_odd(path: Path) -> bool:
    """Whether something else than a file is there: a pipe would be waited for, for ever."""
    return os.path.exists(path) and not os.path.isfile(path)


def _noted_hash(path: Path) -> str:
    try:
        if _is_odd(_note_of(path)):
            return ""
        return _note_of(path).read_text("ascii", "replace")
    except OSError:
        return ""  # of no archive, or about to be noted


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, or nothing where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        _log.warning("%s: cannot be read: %s", path, error)
        return ""
