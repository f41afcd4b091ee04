"""The downloads of one window: started, followed, called off; each in a thread of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.errors import DatasetError
from core.search import AtOnce
from core.sources.catalogue.entries import CATALOGUE
from gui.jobs.study import Study
from gui.jobs.worker import Done, Failed, SteppedJob

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from core.sources.catalogue.downloads import DownloadProgress
    from core.sources.catalogue.entries import CatalogueEntry
    from core.sources.catalogue.mirrors import Mirror
    from gui.jobs.job_pool import JobPool
    from gui.jobs.mailbox import Letter
    from gui.session.messages import Messages
    from gui.session.view import View


@dataclass(frozen=True, slots=True, eq=False)
class FoldersQuestion:
    """Folders that serve as the mirror; each look is another question, for sticks are pulled."""

    folders: tuple[Mirror, ...]
    look: int


def _keys_in(folders: Sequence[Mirror]) -> frozenset[str]:
    """Return the sets that lie in folders that serve as the mirror."""
    from core.sources.catalogue.opening import copy_in_folders

    return frozenset(key for key, entry in CATALOGUE.items() if copy_in_folders(entry, folders))


def _downloading(entry: CatalogueEntry, mirror: str) -> Generator[DownloadProgress, None, None]:
    from core.sources.catalogue.downloads import download  # with all of the network

    return download(entry, mirror)


class Downloads(QObject):
    """Which sets of the catalogue are here, which are on their way, and which did not come."""

    changed = Signal(str)
    """The key of a set whose state is another."""
    mirror_changed = Signal(str)
    taken = Signal(str)
    """The key of a set that came, and is to be opened now."""

    def __init__(
        self,
        view: View,
        pool: JobPool,
        messages: Messages,
        mirror: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._pool, self._messages = pool, messages
        self._jobs: dict[str, SteppedJob] = {}
        self.progress: dict[str, DownloadProgress | None] = {}
        """Sets on their way, and how far each is; None before it has told anything."""
        self.failures: dict[str, str] = {}
        """Sets that did not come, and why."""
        self.mirror = mirror
        """Folder or address that is asked first; empty for none."""
        self.mirror_problem = ""
        """What is wrong with the mirror that is set, here or outside."""
        self._cached: frozenset[str] = frozenset()
        self._in_folders: frozenset[str] = frozenset()
        self._folders: tuple[Mirror, ...] = ()
        self._n_looks = 0
        # One thread, however often a drive that hangs is to be looked at.
        self._looker: Study[FoldersQuestion, frozenset[str]] = Study(
            view,
            pool,
            "looking for data",
            lambda: FoldersQuestion(self._folders, self._n_looks) if self._folders else None,
            lambda q: AtOnce(lambda: _keys_in(q.folders)),
            on_demand=True,
            is_of_data=False,
            parent=self,
        )
        self._looker.changed.connect(self._look_at_folders)

    def begin(self) -> None:
        """Look for the first time what is on this machine; a first picture needs none of it."""
        from core.sources.catalogue.dataset_cache import clean_leftovers

        clean_leftovers()
        self.look_around()

    def is_here(self, key: str) -> bool:
        """Whether a set opens without any network: from the cache, or from a folder as mirror."""
        return key in self._cached or key in self._in_folders

    def set_mirror(self, mirror: str) -> None:
        """Ask this folder or address first; empty for none.

        Raises
        ------
        DatasetError
            If it can be neither; the mirror so far is kept.
        """
        from core.sources.catalogue.mirrors import given_mirrors

        given_mirrors(mirror)
        self.mirror, self._in_folders = mirror, frozenset()
        self.mirror_changed.emit(mirror)
        self.look_around()

    def look_around(self) -> None:
        """See again what is on this machine: sticks are pulled, caches emptied.

        The cache is looked at now, folders that serve as the mirror in the background: a network
        drive that sleeps must not hold up the window.
        """
        from core.sources.catalogue.dataset_cache import available
        from core.sources.catalogue.mirrors import given_mirrors

        try:
            folders = given_mirrors(self.mirror)
            self.mirror_problem = ""
        except DatasetError as error:
            folders, self.mirror_problem = [], str(error)
        self._cached = frozenset(key for key, entry in CATALOGUE.items() if available(entry))

        has_folder = any(mirror.folder is not None for mirror in folders)
        self._folders = tuple(folders) if has_folder else ()
        if not has_folder:
            self._in_folders = frozenset()
        self._n_looks += 1
        self._looker.start()
        for key in CATALOGUE:
            self.changed.emit(key)

    @Slot()
    def _look_at_folders(self) -> None:
        if self._looker.found is not None:
            self._in_folders = self._looker.found
            for key in CATALOGUE:
                self.changed.emit(key)

    def start(self, key: str) -> None:
        """Begin to download; the present run goes on."""
        if key in self._jobs:
            return
        for other in self._jobs:
            if CATALOGUE[other].files == CATALOGUE[key].files:
                first, second = CATALOGUE[other].label, CATALOGUE[key].label
                self._messages.note(f"{second} comes with {first}, which is on its way.")
                return
        self.failures.pop(key, None)
        self.progress[key] = None
        entry, channel = CATALOGUE[key], self._pool.mailbox.channel(self.read)
        begin = partial(_downloading, entry, self.mirror)
        self._jobs[key] = SteppedJob(f"downloading {entry.label}", channel, begin)
        self._pool.start(self._jobs[key])
        self.changed.emit(key)

    def call_off(self, key: str) -> None:
        """Call a download off; nothing of it is kept."""
        job = self._jobs.pop(key, None)
        if job is not None:
            job.request_stop()
            del self.progress[key]
            self.look_around()  # it may have ended just now

    def read(self, letter: Letter) -> None:
        """Take in how far a download is, or its end."""
        generations = {job.generation: key for key, job in self._jobs.items()}
        key = generations.get(letter.generation)
        if key is None:
            return
        if isinstance(letter.payload, (Done, Failed)):
            self._ended(key, letter.payload)
        else:
            self.progress[key] = letter.payload
            self.changed.emit(key)

    def _ended(self, key: str, answer: Done | Failed) -> None:
        del self._jobs[key], self.progress[key]
        if isinstance(answer, Done):
            self.look_around()  # one archive may bring two sets
            words = f"{CATALOGUE[key].label} is on this machine now."
            self._messages.offer(words, "Open it now", partial(self.taken.emit, key), key)
            return
        self.failures[key] = answer.message
        self.changed.emit(key)
        self._messages.warn(answer.message)
        if not answer.expected:
            self._messages.surprised.emit(answer.message)
