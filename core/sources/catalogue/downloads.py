"""Downloads of the catalogue: one mirror after the other, until the files are what they must be.

Work is a plain generator: it tells how far it is at least ten times a second, whatever the network
does, and closing it cancels at once. What blocks runs in a thread
(:mod:`core.sources.catalogue.attempt`).
"""

from __future__ import annotations

import shutil
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.sources.catalogue import dataset_cache
from core.sources.catalogue.attempt import Attempt
from core.sources.catalogue.cache import CACHE_VARIABLE
from core.sources.catalogue.mirrors import MIRROR_VARIABLE, Mirror, mirrors_for
from core.sources.catalogue.receiving import MirrorFailure, Patience

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from core.sources.catalogue.entries import CatalogueEntry, RemoteFile

__all__ = ["MIRROR_VARIABLE", "OTHER_WAYS", "DownloadProgress", "Patience", "download", "fetch"]

PATIENCE = Patience()

POLL_SECONDS = 0.05
"""Between two looks at the transfer: twice as often as is promised."""

SPEED_SECONDS = 2.0
"""The speed told is the mean over these: steady enough to be read, quick enough to show a stall."""

OTHER_WAYS = (
    "Three other ways: open a file or folder that holds it (File > Open, Open folder, --dataset "
    "PATH); give a folder, a USB stick or the http address of a machine in the room as the mirror "
    f"(in the panel, under More data, or {MIRROR_VARIABLE}); or use the data that ship with the "
    "program (strokes, digits8)."
)


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """How far a download is.

    Attributes
    ----------
    key : of the entry
    done, total : bytes over all files; ``done`` goes back where a mirror fails half-way
    mirror : the host or folder being asked
    speed : bytes per second, the mean over the last two seconds
    words : what is going on
    failures : "MIRROR: reason" of every mirror that did not help so far
    """

    key: str
    done: int
    total: int
    mirror: str
    speed: float
    words: str
    failures: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.done / 1e6:.1f} of {self.total / 1e6:.1f} MB, {self.words}"


def download(
    entry: CatalogueEntry,
    mirror: str = "",
    *,
    root: Path | None = None,
    patience: Patience = PATIENCE,
) -> Generator[DownloadProgress, None, Path]:
    """Get a data set into the cache, unless it is there.

    Parameters
    ----------
    entry : what is wanted
    mirror
        A folder, a ``file://`` or an http address that is looked at first; after it, that of
        ``PERCEPTRON_EXPLORER_MIRROR``, then the entry's own.
    root : the cache folder; by default the program's
    patience : how long each mirror is waited for

    Yields
    ------
    DownloadProgress
        At least ten times a second. Closing the generator cancels at once: what is complete by
        then is kept, nothing else is.

    Returns
    -------
    Path
        The folder that holds the files.

    Raises
    ------
    DatasetError
        If no mirror has the files, saying why of each; or if the cache cannot be written.
    """
    return (yield from fetch(entry, mirrors_for(entry, mirror), root=root, patience=patience))


def fetch(
    entry: CatalogueEntry,
    mirrors: Sequence[Mirror],
    *,
    root: Path | None = None,
    patience: Patience = PATIENCE,
) -> Generator[DownloadProgress, None, Path]:
    """Get a data set into the cache from ``mirrors`` alone; otherwise as :func:`download`."""
    return (yield from Download(entry, mirrors, root, patience).run())


class _Meter:
    """How fast bytes came in lately."""

    def __init__(self, seconds: float) -> None:
        self._started = time.monotonic()
        self._seconds = seconds
        self._samples: deque[tuple[float, int]] = deque([(self._started, 0)])

    def update(self, received: int) -> None:
        """Take note that ``received`` bytes have come in by now."""
        now = time.monotonic()
        self._samples.append((now, received))
        # The first sample is the last one that is old enough.
        while len(self._samples) > 2 and self._samples[1][0] <= now - self._seconds:
            self._samples.popleft()

    @property
    def n_bytes(self) -> int:
        """Bytes within the last seconds."""
        return self._samples[-1][1] - self._samples[0][1]

    @property
    def speed(self) -> float:
        """Bytes a second within the last seconds."""
        elapsed = self._samples[-1][0] - self._samples[0][0]
        return self.n_bytes / elapsed if elapsed > 0 else 0.0

    @property
    def is_full(self) -> bool:
        """Whether so much time has passed at all."""
        return self._samples[-1][0] - self._started >= self._seconds


class Download:
    """One run through the files and mirrors of an entry."""

    def __init__(
        self,
        entry: CatalogueEntry,
        mirrors: Sequence[Mirror],
        root: Path | None,
        patience: Patience,
    ) -> None:
        self._entry = entry
        self._mirrors = list(mirrors)
        self._root = root
        self._sets = dataset_cache.sets_folder(root)
        self._patience = patience
        self._done = 0
        self._failures: list[tuple[Mirror, MirrorFailure]] = []
        self._speed = _Meter(SPEED_SECONDS)
        self._before = 0  # bytes of earlier attempts, complete or not: the speed counts them all

    def run(self) -> Generator[DownloadProgress, None, Path]:
        """Get what is missing and return the folder of the entry."""
        entry = self._entry
        dataset_cache.clean_leftovers(self._root)
        verdict = dataset_cache.verify(entry, self._root)
        if verdict.is_complete:
            return verdict.folder
        wanted = [file for file in entry.files if file.members or file.name in verdict.missing]
        self._done = entry.n_bytes - sum(file.n_bytes for file in wanted)
        self._check_space(sum(file.n_bytes for file in wanted))
        hashes: dict[str, dict[str, str]] = {}
        for file in wanted:
            found = yield from self._get(file)
            for key, names in found.items():
                hashes.setdefault(key, {}).update(names)
            self._done += file.n_bytes
        for key, names in hashes.items():
            dataset_cache.record_hashes(self._sets / key, names)
        return verdict.folder

    def _get(
        self, file: RemoteFile
    ) -> Generator[DownloadProgress, None, dict[str, dict[str, str]]]:
        """Ask one mirror after the other for ``file``; return the hashes of what it gave."""
        tried: list[tuple[Mirror, MirrorFailure]] = []
        for mirror in list(self._mirrors):
            refusals: list[MirrorFailure] = []
            for place in mirror.places(self._entry.key, file.name):
                attempt = Attempt(file, mirror, place, self._sets, self._entry.key, self._patience)
                failure = yield from self._watch(attempt)
                if failure is None:
                    # What this mirror gave once it will give again; dead ones cost time.
                    self._mirrors.remove(mirror)
                    self._mirrors.insert(0, mirror)
                    return attempt.hashes
                refusals.append(failure)
                if failure.is_unreachable:
                    break
            # That a file is missing in one of two places says less than what is wrong in the other.
            telling = [failure for failure in refusals if not failure.is_missing] or refusals
            tried.append((mirror, telling[0]))
            self._failures.append(tried[-1])
        raise self._nobody_has_it(tried)

    def _watch(self, attempt: Attempt) -> Generator[DownloadProgress, None, MirrorFailure | None]:
        """Wait for the end of ``attempt``; return why it failed, if it did."""
        stall = _Meter(self._patience.stall_seconds)
        control = attempt.control
        yield self._progress(attempt)  # that it is asked is told, however quickly it answers
        try:
            attempt.start()
            while not attempt.finished.wait(POLL_SECONDS):
                stall.update(control.received)
                yield self._progress(attempt)
                if control.phase in ("asking", "receiving") and self.is_stalled(stall):
                    return self._stalled(stall)
            yield self._progress(attempt)
        finally:
            attempt.cancel()
            self._before += control.received
        if attempt.error is not None:
            self._raise(attempt.error)
        return attempt.failure

    def is_stalled(self, meter: _Meter) -> bool:
        """Return whether so little has arrived that the next mirror is asked instead."""
        least = self._patience.min_speed * self._patience.stall_seconds
        return meter.is_full and meter.n_bytes < least

    def _stalled(self, meter: _Meter) -> MirrorFailure:
        seconds = f"{self._patience.stall_seconds:g} s"
        words = f"only {meter.n_bytes:,} bytes" if meter.n_bytes else "nothing"
        return MirrorFailure(f"{words} arrived for {seconds}", is_unreachable=True)

    def _progress(self, attempt: Attempt) -> DownloadProgress:
        control, name, label = attempt.control, attempt.file.name, attempt.mirror.label
        self._speed.update(self._before + control.received)
        failures = tuple(f"{mirror.label}: {failure.words}" for mirror, failure in self._failures)
        words = {
            "asking": f"asking {label} for {name}",
            "receiving": f"downloading {name} from {label}",
            "checking": f"checking {name}",
            "unpacking": f"unpacking {name}",
        }[control.phase]
        if control.phase == "asking" and failures:
            words = f"trying the next mirror, {label}; {failures[-1]}"
        return DownloadProgress(
            self._entry.key,
            self._done + control.received,
            self._entry.n_bytes,
            label,
            self._speed.speed,
            words,
            failures,
        )

    def _check_space(self, needed: int) -> None:
        folder = self._sets
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        try:
            free = shutil.disk_usage(folder).free
        except OSError:
            return  # what cannot be told now is told when writing fails
        if free < needed:
            raise DatasetError(
                f"{self._sets}: {self._entry.label} needs {needed / 1e6:.0f} MB, but only "
                f"{free / 1e6:.0f} MB are free; free some, or name another folder in "
                f"{CACHE_VARIABLE}"
            )

    def _raise(self, error: BaseException) -> None:
        if isinstance(error, OSError):
            raise DatasetError(
                f"{self._sets}: {self._entry.label} cannot be kept there: "
                f"{error.strerror or error}; free space on that disk or make the folder "
                f"writeable, or name another folder in {CACHE_VARIABLE}"
            ) from error
        raise error

    def _nobody_has_it(self, tried: list[tuple[Mirror, MirrorFailure]]) -> DatasetError:
        web = [failure for mirror, failure in tried if mirror.folder is None]
        lost = bool(web) and all(failure.is_offline for failure in web)
        opening = "There seems to be no network: " if lost else ""
        told = "; ".join(f"{mirror.label}: {failure.words}" for mirror, failure in tried)
        asked = f"of the mirrors asked, none helped ({told})" if tried else "it has no mirror"
        return DatasetError(
            f"{opening}{self._entry.label} could not be downloaded; {asked}. {OTHER_WAYS}"
        )
