"""The state of the data: what is being opened, how it is read, what a run needs of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.data.samples import same_samples
from core.errors import DatasetError, printable
from core.search import AtOnce
from core.sources import NAMED_SOURCES, opening_dataset
from core.sources.arrays.roles import ArraysUnclear
from core.sources.catalogue.entries import CATALOGUE, NotDownloaded
from core.sources.reading import ReadingConfig
from gui.jobs.study import Study
from gui.jobs.worker import Done, Failed, SteppedJob, failure_of

if TYPE_CHECKING:
    from core.data.config import DataConfig
    from core.data.dataset import Dataset
    from core.learning.config import TrainingConfig
    from core.learning.course import Course
    from core.learning.runs import Branch
    from core.learning.training import Checkpoint
    from core.progress import Progress
    from gui.jobs.job_pool import JobPool
    from gui.jobs.mailbox import Letter
    from gui.session.downloads import Downloads
    from gui.session.messages import Messages
    from gui.session.runs import RunList
    from gui.session.training_job import Mode
    from gui.session.view import View


@dataclass(frozen=True, slots=True)
class Loaded:
    """Data that were asked for by ``name``, and how they were read."""

    name: str
    reading: ReadingConfig
    dataset: Dataset


@dataclass(frozen=True, slots=True, eq=False)
class RunRequest:
    """A run that is to begin as soon as its data are prepared.

    Attributes
    ----------
    full, config : the data, and which part of them
    mode : how it begins; None for playing on or staying held, as the session is by then
    start : where to go on, instead of the start of the settings
    branch : where it leaves another run, if it does
    loaded : where ``full`` come from, when they are new
    training : how it is trained; None for as the form says when it begins
    again : whether it is what Play at the end of a run begins
    """

    full: Dataset
    config: DataConfig
    mode: Mode | None = None
    start: Checkpoint | None = None
    branch: Branch | None = None
    loaded: Loaded | None = None
    training: TrainingConfig | None = None
    again: bool = False

    def past(self, runs: RunList) -> Course | None:
        """Return what the run that a branch leaves was told up to there, on the same images."""
        parent = None if self.branch is None else runs.run(self.branch.parent)
        if parent is None or self.start is None or parent.data_config != self.config:
            return None
        if not same_samples(parent.added, self.full.extra):
            return None
        course = parent.course(goes_on=True)
        return None if course is None else course.until(self.start.step)


class Data(QObject):
    """Opens data in the background, one set at a time: the last one asked for counts.

    Parameters
    ----------
    view : what the data will be shown by
    downloads : where a set of the catalogue may lie, and what looks for it
    messages : where an unexpected error is told
    """

    changed = Signal()
    """What is being opened or prepared, or how far it is."""
    arrived = Signal(object)
    """A :class:`Loaded`."""
    refused = Signal(str, bool)
    """Why the last opening came to nothing, if not for a question, and whether it is an error."""
    accepted = Signal(object, object)
    """A :class:`Loaded` that is now trained on, and the :class:`DataConfig` of its run."""
    unclear = Signal(str, object, object)
    """A path, the :class:`ArraysUnclear` that asks which of its arrays is which, and the
    :class:`ReadingConfig` it was to be read with."""
    prepared = Signal(object, object)
    """A :class:`RunRequest` that can begin, and the :class:`Dataset` it asked for."""

    def __init__(
        self,
        view: View,
        pool: JobPool,
        downloads: Downloads,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view, self._pool, self._downloads, self._messages = view, pool, downloads, messages
        self._job: SteppedJob | None = None
        self._last: tuple[RunRequest, Dataset] | None = None
        # One at a time: whoever holds a key down must not fill the memory with noisy pixels.
        self._preparer: Study[RunRequest, Dataset] = Study(
            view,
            pool,
            "preparing data",
            lambda: self.pending,
            lambda request: AtOnce(lambda: _prepare(request)),
            on_demand=True,
            is_of_data=False,
            parent=self,
        )
        self._preparer.changed.connect(self._read_prepared)
        self._preparer.failed.connect(self._preparing_failed)
        self.pending: RunRequest | None = None
        """The run whose data are being prepared, if any."""
        self.opening: str | None = None
        """Name or path being opened, if any."""
        self.progress: Progress | None = None
        """How far the opening is, if it tells."""
        self.asked = ""
        """Name or path last asked for."""
        self.opened_paths: dict[str, ReadingConfig] = {}
        """Files and folders opened so far, in order, and how each was read last."""
        self.asked_reading = ReadingConfig()
        """How the data last asked for are to be read."""

    def open(self, name_or_path: str, reading: ReadingConfig | None = None) -> None:
        """Begin; what was being opened before is forgotten."""
        self._leave_opening()
        self.asked = self.opening = name_or_path
        self.progress = None
        self.asked_reading = reading or ReadingConfig()
        opening = partial(
            opening_dataset, name_or_path, self.asked_reading, mirror=self._downloads.mirror
        )
        self._job = SteppedJob("opening data", self._pool.mailbox.channel(self.read), opening)
        self._pool.start(self._job)
        self.changed.emit()

    def _leave_opening(self) -> None:
        if self._job is not None:
            self._job.request_stop()
        self._job = self.opening = self.progress = None

    def call_off(self) -> None:
        """Forget what is being opened, or else prepared."""
        if self.opening is not None:
            words = f"The opening of {printable(self.opening)} was called off."
            self._leave_opening()
        elif self.pending is not None:
            words = "The new run was called off."
            if self._view.dataset is not None:
                words += " The present one stays as it is."
            self._leave_preparing()
        else:
            return
        self.changed.emit()
        self.refused.emit(words, False)

    def _leave_preparing(self) -> None:
        self.pending = None
        self._preparer.forget()  # it holds whole data sets

    def prepare(self, request: RunRequest) -> None:
        """Take the part of the data that a run asks for; :attr:`prepared` tells of it.

        At once where that only makes views; in the background where it makes new pixels.

        Raises
        ------
        DatasetError
            If there is no such part.
        """
        full, config = request.full, request.config
        full.check_sizes(config)
        pending, last = self.pending, self._last
        if pending is not None and pending.full is full and pending.config == config:
            self.pending = request  # its data are under way already
            return
        self._leave_preparing()
        if last is not None and last[0].full is full and last[0].config == config:
            self._prepared(request, last[1])
        elif full.makes_pixels(config):
            self.pending = request
            self._preparer.start()
        else:
            self._prepared(request, _prepare(request))
        self.changed.emit()

    @Slot()
    def _read_prepared(self) -> None:
        answer, request = self._preparer.answer, self.pending
        if answer is None or request is None or not answer.is_whole:
            return
        self._leave_preparing()
        if answer.error is not None:
            self._tell(failure_of("preparing data", answer.error))
        elif answer.found is not None:
            self._prepared(request, answer.found)
        self.changed.emit()

    def _prepared(self, request: RunRequest, dataset: Dataset) -> None:
        self._last = request, dataset
        self.prepared.emit(request, dataset)

    def read(self, letter: Letter) -> None:
        """Take in how far the last opening is, or what it came to."""
        if self._job is None or letter.generation != self._job.generation:
            return
        answer = letter.payload
        if isinstance(answer, (Done, Failed)):
            name, reading = self.opening or "", self.asked_reading
            self._job = self.opening = self.progress = None
            if isinstance(answer, Done):
                self.arrived.emit(Loaded(name, reading, answer.result))
            else:
                self._tell(answer)
                if not answer.expected:
                    self._messages.surprised.emit(answer.message)
                if isinstance(answer.error, ArraysUnclear):
                    self.unclear.emit(name, answer.error, reading)
                if isinstance(answer.error, NotDownloaded):
                    self._downloads.look_around()
        else:
            self.progress = answer
        self.changed.emit()

    @Slot(object)
    def _preparing_failed(self, failure: Failed) -> None:
        self._leave_preparing()
        self._tell(failure)
        self.changed.emit()

    def _tell(self, failure: Failed) -> None:
        # A question is no failure: it is asked in a window of its own.
        asked = isinstance(failure.error, ArraysUnclear)
        self.refused.emit("" if asked else failure.message, not asked)

    def accept(self, loaded: Loaded, config: DataConfig) -> None:
        """Remember data that are really used, for opening them again."""
        self._view.reading = loaded.reading
        by_name = loaded.name in NAMED_SOURCES or loaded.name in CATALOGUE
        if not by_name:
            self.opened_paths[loaded.name] = loaded.reading
        self.accepted.emit(loaded, config)

    @property
    def coming(self) -> str:
        """Name or path of data that are on their way, opened or prepared; empty for none."""
        if self.opening is not None:
            return self.opening
        loaded = None if self.pending is None else self.pending.loaded
        return "" if loaded is None else loaded.name

    def reading_of(self, name: str) -> ReadingConfig:
        """Return how data of that name are read, or are about to be."""
        if self.opening == name:
            return self.asked_reading
        loaded = None if self.pending is None else self.pending.loaded
        return loaded.reading if loaded is not None and loaded.name == name else self._view.reading


def _prepare(request: RunRequest) -> Dataset:
    try:
        return request.full.sized(request.config)
    except MemoryError:
        raise DatasetError(
            f"{request.full.name}: there is not enough memory for these settings; choose fewer "
            "training images, or no pixel noise"
        ) from None
