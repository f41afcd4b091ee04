"""The state of the data: what is being opened, how it is read, what the shown model reads in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.data.class_statistics import MeanSpread, mean_and_spread
from core.errors import DatasetError, printable
from core.insight.readings import Readings, read_images
from core.sources import NAMED_SOURCES, opening
from core.sources.arrays.roles import ArraysUnclear
from core.sources.catalogue.entries import CATALOGUE, NotDownloaded
from core.sources.reading import ReadingConfig
from gui.jobs.worker import ALWAYS, Failed, Job, LatestJob, failure_of

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from core.data.config import DataConfig
    from core.data.dataset import Dataset, Split
    from core.learning.runs import Branch
    from core.learning.training import Checkpoint
    from core.progress import Progress
    from gui.jobs.job_pool import JobPool
    from gui.jobs.mailbox import Letter, Mailbox
    from gui.session.session import Session
    from gui.session.training_job import Mode

OPENING_SLOT, READINGS_SLOT, STATISTICS_SLOT = "opening", "readings", "statistics"
PREPARED_SLOT = "prepared"
_NAME = "opening data"
_REST = 3.0
"""After each reading of a whole part three times as long a rest: a quarter of a core at most."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Data that were asked for by ``name``, and how they were read."""

    name: str
    reading: ReadingConfig
    dataset: Dataset


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A run that is to begin as soon as its data are prepared.

    Attributes
    ----------
    full, config : the data, and which part of them
    mode : how it begins; None for playing on or staying held, as the session is by then
    start : where to go on, instead of the start of the settings
    branch : where it leaves another run, if it does
    loaded : where ``full`` come from, when they are new
    """

    full: Dataset
    config: DataConfig
    mode: Mode | None = None
    start: Checkpoint | None = None
    branch: Branch | None = None
    loaded: Loaded | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """The data of a run that can begin."""

    request: RunRequest
    dataset: Dataset


@dataclass(frozen=True, slots=True)
class ShownReadings:
    """What the model of an epoch reads in a part of the data."""

    weights: NDArray[Any]
    split: Split
    epoch: float
    readings: Readings


@dataclass(frozen=True, slots=True)
class ShownStatistics:
    """Mean and spread of the images of one class, or of all, in a part of the data."""

    split: Split
    label: int | None
    images: MeanSpread


class OpeningJob(Job):
    """Open one data set, telling how far it is; between two tellings it can be stopped."""

    def __init__(
        self,
        generation: int,
        mailbox: Mailbox,
        wanted: tuple[str, ReadingConfig],
        mirror: str,
    ) -> None:
        super().__init__(_NAME, generation, mailbox)
        self._wanted, self._mirror = wanted, mirror

    def work(self) -> None:
        """Open until done or stopped."""
        steps = opening(*self._wanted, mirror=self._mirror)
        while not self._stopping:
            try:
                self.put_latest(OPENING_SLOT, next(steps))
            except StopIteration as end:
                self.post(Loaded(*self._wanted, end.value))
                return
        steps.close()


class DataSession(QObject):
    """Opens data in the background, one set at a time: the last one asked for counts."""

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
    surprised = Signal(str)
    prepared = Signal(object)
    """A :class:`Prepared`."""
    readings_changed = Signal()
    statistics_changed = Signal()

    def __init__(self, session: Session, pool: JobPool, mailbox: Mailbox) -> None:
        super().__init__(session)
        self._session, self._pool, self._mailbox = session, pool, mailbox
        self._generation = self._preparing = -1
        self._last: Prepared | None = None
        # One at a time: whoever holds a key down must not fill the memory with noisy pixels.
        self._preparer = LatestJob("preparing data", mailbox, PREPARED_SLOT, _prepare)
        pool.start(self._preparer)
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
        self.reading = ReadingConfig()
        """How the present data were read."""
        self.asked_reading = self.reading
        """How the data last asked for are to be read."""
        self.readings: ShownReadings | None = None
        self._watchers: dict[QObject, str] = {}
        self._asked_readings: tuple[NDArray[Any], Split] | None = None
        self._reader = LatestJob("reading images", mailbox, READINGS_SLOT, _read, rest=_REST)
        pool.start(self._reader)
        self.statistics: ShownStatistics | None = None
        self._counter = LatestJob("mean and spread", mailbox, STATISTICS_SLOT, _describe)
        pool.start(self._counter)
        session.shown_changed.connect(self._request_readings)

    def open(self, name_or_path: str, reading: ReadingConfig | None = None) -> None:
        """Begin; what was being opened before is forgotten."""
        self._pool.stop_named(_NAME)
        self._generation = self._pool.next_generation()
        self.asked = self.opening = name_or_path
        self.progress = None
        self.asked_reading = reading or ReadingConfig()
        wanted, mirror = (name_or_path, self.asked_reading), self._session.downloads.mirror
        self._pool.start(OpeningJob(self._generation, self._mailbox, wanted, mirror))
        self.changed.emit()

    def cancel(self) -> None:
        """Forget what is being opened, or else prepared."""
        if self.opening is not None:
            words = f"The opening of {printable(self.opening)} was called off."
            self._pool.stop_named(_NAME)
            self._generation = self._pool.next_generation()
            self.opening = self.progress = None
        elif self.pending is not None:
            words = "The new run was called off."
            if self._session.dataset is not None:
                words += " The present one stays as it is."
            self._preparing, self.pending = self._pool.next_generation(), None
        else:
            return
        self.changed.emit()
        self.refused.emit(words, False)

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
        self._preparing = self._pool.next_generation()  # one that is under way is outdated
        self.pending = None
        if last is not None and last.request.full is full and last.request.config == config:
            self._prepared(Prepared(request, last.dataset))
        elif full.makes_pixels(config):
            self.pending = request
            self._preparer.request(self._preparing, request)
        else:
            self._prepared(_prepare(request))
        self.changed.emit()

    def _prepared(self, answer: Prepared | Failed) -> None:
        if isinstance(answer, Failed):
            self._tell(answer)
        else:
            self._last = answer
            self.prepared.emit(answer)

    def take_event(self, letter: Letter) -> bool:
        """Take in a letter of the last opening; return whether it was one."""
        if letter.generation != self._generation:
            return False
        name, reading = self.opening or "", self.asked_reading
        self.opening = self.progress = None
        answer = letter.payload
        if isinstance(answer, Loaded):
            self.arrived.emit(answer)
        else:
            assert isinstance(answer, Failed)
            self._tell(answer)
            if isinstance(answer.error, ArraysUnclear):
                self.unclear.emit(name, answer.error, reading)
            if isinstance(answer.error, NotDownloaded):
                self._session.downloads.look_around()
        self.changed.emit()
        return True

    def _tell(self, failure: Failed) -> None:
        # A question is no failure: it is asked in a window of its own.
        asked = isinstance(failure.error, ArraysUnclear)
        self.refused.emit("" if asked else failure.message, not asked)
        if not failure.expected:
            self.surprised.emit(failure.message)

    def take_latest(self, latest: dict[str, Letter]) -> None:
        """Take in what was prepared, how far the opening is, and what the shown model reads."""
        made = latest.get(PREPARED_SLOT)
        if made is not None and made.generation == self._preparing and self.pending is not None:
            request, self.pending = self.pending, None
            answer = made.payload
            self._prepared(
                answer if isinstance(answer, Failed) else Prepared(request, answer.dataset)
            )
            self.changed.emit()
        told = latest.get(OPENING_SLOT)
        if told is not None and told.generation == self._generation and self.opening is not None:
            self.progress = told.payload
            self.changed.emit()
        read = latest.get(READINGS_SLOT)
        if read is not None and read.generation == self._session.run_generation:
            self.readings = read.payload
            self.readings_changed.emit()
        described = latest.get(STATISTICS_SLOT)
        if described is not None:
            self.statistics = described.payload
            self.statistics_changed.emit()

    def accept(self, loaded: Loaded, config: DataConfig) -> None:
        """Remember data that are really used, for opening them again."""
        self.reading = loaded.reading
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
        return loaded.reading if loaded is not None and loaded.name == name else self.reading

    def watch(self, watcher: QObject, part: str | None) -> None:
        """Keep :attr:`readings` of this part up to date with the shown model, for who looks at it.

        None: for nobody any more. Of several watchers the last counts: one page is seen at a time,
        and the page that goes must not end what the page that comes has asked for.
        """
        self._watchers.pop(watcher, None)
        if part is not None:
            self._watchers[watcher] = part
        self._request_readings()

    @property
    def _watched(self) -> str | None:
        return next(reversed(self._watchers.values()), None)

    def forget_readings(self) -> None:
        """Drop readings and statistics of data that are no longer there."""
        self.readings = self.statistics = self._asked_readings = None
        self.readings_changed.emit()
        self.statistics_changed.emit()

    def _request_readings(self) -> None:
        shown, dataset = self._session.shown, self._session.dataset
        if self._watched is None or shown is None or dataset is None:
            return
        if self._watched == "validation" and dataset.validation is None:
            return
        split = dataset.split(self._watched)
        # What was asked last counts, not what was answered: an older request may be under way.
        asked = self._asked_readings
        if asked is not None and asked[0] is shown.weights and asked[1] is split:
            return
        self._asked_readings = (shown.weights, split)
        request = (shown.weights, split, shown.epoch)
        self._reader.request(self._session.run_generation, request)

    def describe(self, part: str, label: int | None) -> None:
        """Ask for mean and spread of a class, or of all; :attr:`statistics` will hold them."""
        dataset = self._session.dataset
        if dataset is not None:
            self._counter.request(ALWAYS, (dataset.split(part), label))


def _prepare(request: RunRequest) -> Prepared | Failed:
    try:
        return Prepared(request, request.full.sized(request.config))
    except MemoryError:
        words = (
            f"{request.full.name}: there is not enough memory for these settings; choose fewer "
            "training images, or no pixel noise"
        )
        return failure_of("preparing data", DatasetError(words))
    except Exception as error:  # told by whoever takes the answer
        return failure_of("preparing data", error)


def _read(request: tuple[NDArray[Any], Split, float]) -> ShownReadings:
    weights, split, epoch = request
    return ShownReadings(weights, split, epoch, read_images(weights, split))


def _describe(request: tuple[Split, int | None]) -> ShownStatistics:
    return ShownStatistics(*request, mean_and_spread(*request))
