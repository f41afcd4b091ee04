"""Downloads of the catalogue: one mirror after the other, until the files are what they must be.

Work is a plain generator: it tells how far it is at least ten times a second, whatever the network
does, and closing it cancels at once. What blocks runs in a thread
(:mod:`core.sources.catalogue.transfer`).
"""

from __future__ import annotations

import shutil
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.sources.catalogue import dataset_cache
from core.sources.catalogue.dataset_cache import CACHE_VARIABLE
from core.sources.catalogue.mirrors import (
    MIRROR_VARIABLE,
    Mirror,
    MirrorFailure,
    Patience,
    mirrors_for,
)
from core.sources.catalogue.transfer import Transfer
from core.words import DOWN, UP, sized

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from core.sources.catalogue.entries import CatalogueEntry, RemoteFile

PATIENCE = Patience()

POLL_SECONDS = 0.05
"""Between two looks at the transfer: twice as often as is promised."""

SPEED_SECONDS = 2.0
"""The speed told is the mean over these: steady enough to be read, quick enough to show a stall."""

OTHER_WAYS = (
    "Three other ways: open a file or folder that holds it (File > Open, Open folder, --dataset "
    "PATH); give a folder, a USB stick or the http address of a machine in the room as the mirror "
    f"(in the list of data above, under More data, or {MIRROR_VARIABLE}); or use the data that "
    "ship with the program (strokes, digits8)."
)


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """How far a download is.

    Attributes
    ----------
    done, total : bytes over all files; ``done`` goes back where a mirror fails half-way
    speed : bytes per second, the mean over the last two seconds
    words : what is going on
    failures : "MIRROR: reason" of every mirror that did not help so far
    """

    done: int
    total: int
    speed: float
    words: str
    failures: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it in words."""
        return f"{sized(self.done)} of {sized(self.total)}, {self.words}"


def download(
    entry: CatalogueEntry, mirror: str = "", *, patience: Patience = PATIENCE
) -> Generator[DownloadProgress, None, None]:
    """Get a data set into the cache, unless it is there.

    Parameters
    ----------
    entry : what is wanted
    mirror
        A folder, a ``file://`` or an http address that is looked at first; after it, that of
        ``PERCEPTRON_EXPLORER_MIRROR``, then the entry's own.
    patience : how long each mirror is waited for

    Yields
    ------
    DownloadProgress
        At least ten times a second. Closing the generator cancels at once: what is complete by
        then is kept, nothing else is.

    Raises
    ------
    DatasetError
        If no mirror has the files, saying why of each; or if the cache cannot be written.
    """
    return Download(entry, mirrors_for(entry, mirror), patience).run()


class _Meter:
    """How many bytes came in lately."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._samples: deque[tuple[float, int]] = deque([(time.monotonic(), 0)])

    def update(self, received: int) -> None:
        """Take note that ``received`` bytes have come in by now."""
        now = time.monotonic()
        self._samples.append((now, received))
        # The first sample is the last one that is old enough.
        while len(self._samples) > 2 and self._samples[1][0] <= now - self._seconds:
            self._samples.popleft()

    def latest(self) -> tuple[float, int]:
        """Return the seconds looked back, fewer only at the beginning, and the bytes in them."""
        (started, before), (now, received) = self._samples[0], self._samples[-1]
        return now - started, received - before


class Download:
    """One run through the files of an entry and through ``mirrors`` alone."""

    def __init__(
        self, entry: CatalogueEntry, mirrors: Sequence[Mirror], patience: Patience = PATIENCE
    ) -> None:
        self._entry, self._mirrors, self._patience = entry, list(mirrors), patience
        self._folder = dataset_cache.entry_folder(entry)
        self._done = 0
        self._failures: list[tuple[Mirror, MirrorFailure]] = []
        self._speed = _Meter(SPEED_SECONDS)
        self._before = 0  # bytes of earlier transfers, complete or not: the speed counts them all

    def run(self) -> Generator[DownloadProgress, None, None]:
        """Get what is missing; tells, ends and fails as :func:`download`."""
        dataset_cache.clean_leftovers()
        entry = self._entry
        missing = set(dataset_cache.verify(entry))
        wanted = [file for file in entry.files if missing.intersection(file.names_for(entry.key))]
        n_bytes = sum(file.n_bytes for file in wanted)
        self._done = entry.n_bytes - n_bytes
        self._check_space(n_bytes)
        for file in wanted:
            yield from self._get(file)
            self._done += file.n_bytes

    def _get(self, file: RemoteFile) -> Generator[DownloadProgress, None, None]:
        """Ask one mirror after the other for ``file``."""
        tried: list[tuple[Mirror, MirrorFailure]] = []
        for mirror in list(self._mirrors):
            refusals: list[MirrorFailure] = []
            for place in mirror.places(self._entry.key, file.name):
                transfer = Transfer(file, mirror, place, self._folder, self._patience)
                failure = yield from self._watch(transfer)
                if failure is None:
                    # What this mirror gave once it will give again; dead ones cost time.
                    self._mirrors.remove(mirror)
                    self._mirrors.insert(0, mirror)
                    return
                refusals.append(failure)
                if failure.kind in ("unreachable", "offline"):
                    break
            # That a file is missing in one of two places says less than what is wrong in the other.
            telling = [failure for failure in refusals if failure.kind != "missing"] or refusals
            tried.append((mirror, telling[0]))
            self._failures.append(tried[-1])
        raise self._nobody_has_it(tried)

    def _watch(self, transfer: Transfer) -> Generator[DownloadProgress, None, MirrorFailure | None]:
        """Wait for the end of ``transfer``; return why it failed, if it did."""
        stall = _Meter(self._patience.stall_seconds)
        yield self._progress(transfer)  # that it is asked is told, however quickly it answers
        transfer.start()
        try:
            while not transfer.finished.wait(POLL_SECONDS):
                stall.update(transfer.received)
                yield self._progress(transfer)
                if transfer.phase == "receiving" and self.is_stalled(stall):
                    _, n_bytes = stall.latest()
                    words = f"only {n_bytes:,} bytes" if n_bytes else "nothing"
                    seconds = f"{self._patience.stall_seconds:g} s"
                    return MirrorFailure(f"{words} arrived for {seconds}", "unreachable")
            yield self._progress(transfer)
        finally:
            transfer.leave()
            self._before += transfer.received
        if isinstance(transfer.error, OSError):
            reason = transfer.error.strerror or transfer.error
            raise DatasetError(
                f"{self._folder.parent}: {self._entry.label} cannot be kept there: {reason}; free "
                "space on that disk or make the folder writeable, or name another folder in "
                f"{CACHE_VARIABLE}"
            ) from transfer.error
        if transfer.error is not None:
            raise transfer.error
        return transfer.failure

    def is_stalled(self, meter: _Meter) -> bool:
        """Return whether so little has arrived that the next mirror is asked instead."""
        (seconds, n_bytes), least = meter.latest(), self._patience.stall_seconds
        return seconds >= least and n_bytes < self._patience.min_speed * least

    def _progress(self, transfer: Transfer) -> DownloadProgress:
        name, label = transfer.file.name, transfer.mirror.label
        self._speed.update(self._before + transfer.received)
        seconds, n_bytes = self._speed.latest()
        failures = tuple(f"{mirror.label}: {failure}" for mirror, failure in self._failures)
        if transfer.received:
            words = {
                "receiving": f"downloading {name} from {label}",
                "checking": f"checking {name}",
                "unpacking": f"unpacking {name}",
            }[transfer.phase]
        elif failures:
            words = f"trying the next mirror, {label}; {failures[-1]}"
        else:
            words = f"asking {label} for {name}"
        return DownloadProgress(
            self._done + transfer.received,
            self._entry.n_bytes,
            n_bytes / seconds if seconds else 0.0,
            words,
            failures,
        )

    def _check_space(self, needed: int) -> None:
        folder = next(folder for folder in self._folder.parents if folder.exists())
        try:
            free = shutil.disk_usage(folder).free
        except OSError:
            return  # what cannot be told now is told when writing fails
        if free < needed:
            raise DatasetError(
                f"{self._folder.parent}: {self._entry.label} needs {sized(needed, UP)}, but only "
                f"{sized(free, DOWN)} are free; free some, or name another folder in "
                f"{CACHE_VARIABLE}"
            )

    def _nobody_has_it(self, tried: list[tuple[Mirror, MirrorFailure]]) -> DatasetError:
        web = [failure for mirror, failure in tried if mirror.folder is None]
        lost = bool(web) and all(failure.kind == "offline" for failure in web)
        opening = "There seems to be no network: " if lost else ""
        told = "; ".join(f"{mirror.label}: {failure}" for mirror, failure in tried)
        asked = f"of the mirrors asked, none helped ({told})" if tried else "it has no mirror"
        return DatasetError(
            f"{opening}{self._entry.label} could not be downloaded; {asked}. {OTHER_WAYS}"
        )
