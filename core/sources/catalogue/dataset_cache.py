"""What has been downloaded, and whether it is still what was downloaded.

A file is hashed once. A small record beside it then holds size and time of change, and only these
two are compared when it is opened; where they differ, it is hashed again.

    <cache>/datasets/<key>/<file> ...        as the mirror has them, or taken out of its archive
    <cache>/datasets/<key>/.verified.json    the record
"""

from __future__ import annotations

import hashlib
import json
import logging
import stat
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from core.sources import limits
from core.sources.catalogue import cache

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from pathlib import Path

    from core.sources.catalogue.entries import CatalogueEntry

_RECORD_NAME = ".verified.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it was when its hash was right."""

    sha256: str
    n_bytes: int
    mtime_ns: int

    def matches(self, status: os.stat_result) -> bool:
        return (self.n_bytes, self.mtime_ns) == (status.st_size, status.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What :func:`verify` found.

    Attributes
    ----------
    folder : of the entry, there or not
    missing : names of files that are not there, or cannot be trusted
    words : what was wrong with files that were there
    """

    folder: Path
    missing: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether the data set can be opened."""
        return not self.missing


def sets_folder(root: Path | None = None) -> Path:
    """Return the folder in which every entry of the catalogue has its own."""
    return (root or cache.cache_folder()) / "datasets"


def entry_folder(entry: CatalogueEntry, root: Path | None = None) -> Path:
    """Return where the files of ``entry`` are kept; it need not exist."""
    return sets_folder(root) / entry.key


def available(entry: CatalogueEntry, root: Path | None = None) -> bool:
    """Whether ``entry`` was downloaded; looks at sizes only, and so answers at once."""
    folder = entry_folder(entry, root)
    record = _read_record(folder)
    for name in entry.cached_names:
        seen, status = record.get(name), _status(folder / name)
        if seen is None or status is None or seen.n_bytes != status.st_size:
            return False
    return True


def clean_leftovers(root: Path | None = None) -> None:
    """Remove what killed downloads left behind; what another instance is writing stays."""
    try:
        folders = list(sets_folder(root).iterdir())
    except OSError:
        return  # nothing was ever downloaded
    for folder in folders:
        cache.clean_leftovers(folder)


def verify(entry: CatalogueEntry, root: Path | None = None) -> Verdict:
    """Look whether the files of ``entry`` are there and what they were; remove those that are not.

    Reads a file only where its size or time of change differs from what was recorded.
    """
    folder = entry_folder(entry, root)
    record = _read_record(folder)
    published = {file.name: file.sha256 for file in entry.files if not file.members}
    missing, words, hashed = [], [], {}
    for name in entry.cached_names:
        seen, status = record.get(name), _status(folder / name)
        if status is None:
            missing.append(name)
            continue
        if seen is not None and seen.matches(status):
            continue
        expected = published.get(name) or (seen.sha256 if seen is not None else "")
        if expected and hash_of(folder / name) == expected:
            hashed[name] = expected
            continue
        missing.append(name)
        if expected:
            words.append(f"{folder / name} is not what was downloaded, and was removed")
            _remove(folder / name)
        # Otherwise it came out of an archive and was not recorded: perhaps it is about to be.
    if hashed:
        record_hashes(folder, hashed)
    return Verdict(folder, tuple(missing), tuple(words))


def record_hashes(folder: Path, hashes: Mapping[str, str]) -> None:
    """Note that the files in ``folder`` have these SHA-256 hashes, name to hexadecimal digits.

    A record that cannot be written is not needed: the files are hashed again, or fetched again.
    """
    record = _read_record(folder)
    for name, sha256 in hashes.items():
        status = _status(folder / name)
        if status is not None:
            record[name] = _Seen(sha256, status.st_size, status.st_mtime_ns)
    content = {"files": {name: asdict(seen) for name, seen in sorted(record.items())}}
    try:
        with cache.Workspace(folder) as workspace:
            (workspace.path / _RECORD_NAME).write_text(json.dumps(content, indent=1), "utf-8")
            workspace.flush(_RECORD_NAME)
            workspace.move(_RECORD_NAME, folder / _RECORD_NAME)
    except OSError as error:
        _log.warning("%s: what was verified is not noted: %s", folder, error)


def _read_record(folder: Path) -> dict[str, _Seen]:
    """Return what was verified; nothing where the record is missing or makes no sense."""
    try:
        with (folder / _RECORD_NAME).open("rb") as stream:
            content = json.loads(stream.read(limits.MAX_RECORD_BYTES).decode("utf-8"))
        return {
            str(name): _Seen(str(seen["sha256"]), int(seen["n_bytes"]), int(seen["mtime_ns"]))
            for name, seen in content["files"].items()
        }
    except FileNotFoundError:
        return {}
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,  # 1e999 is infinite in JSON
        RecursionError,
    ) as error:
        _log.warning("%s: the record of what was verified is unreadable: %s", folder, error)
        return {}


def _status(path: Path) -> os.stat_result | None:
    """Return size and times of a file; None where there is none, or something else."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, or nothing where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        _log.warning("%s: cannot be read: %s", path, error)
        return ""


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        _log.warning("%s: cannot be removed: %s", path, error)
