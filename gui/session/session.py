"""The one place where the state of the program lives: each part of it in a room of its own.

Pages read it and call its methods; nobody else keeps a copy. Results of jobs come in through the
mailbox, emptied 30 times a second by one timer, and go out as signals.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from gui.jobs.job_pool import JobPool
from gui.session.data import Data
from gui.session.downloads import Downloads
from gui.session.epochs import Epochs
from gui.session.messages import Messages
from gui.session.readings import Readings
from gui.session.training import DEFAULT_PACE, Training
from gui.session.view import View
from gui.session.wanted import Wanted

if TYPE_CHECKING:
    from core.attack import AttackConfig
    from core.data.config import DataConfig
    from core.learning.config import TrainingConfig
    from core.sources.reading import ReadingConfig
    from gui.session.attack import AttackSession


class Session(QObject):
    """What belongs to one window.

    Parameters
    ----------
    data_config, training_config
        What to begin with.
    attack_config
        What the Attack page begins with; by default from an image.
    attack_given
        Options of the attack that were asked for; image and target are chosen well otherwise.
    attack_target
        Name of the class that was asked for.
    pace
        Epochs per second at most; None for as fast as possible.
    mirror
        Folder or address that is asked first for data sets.

    Attributes
    ----------
    messages : what is told to people
    pool : where jobs are started and their letters read
    view : what is shown: data, run, epoch
    wanted : the form
    data, downloads : what is opened, and what is fetched
    training : the run being trained
    runs : the list of runs
    readings : what the model shown reads
    epochs : what the run shown reads, epoch by epoch
    """

    def __init__(
        self,
        data_config: DataConfig,
        training_config: TrainingConfig,
        attack_config: AttackConfig | None = None,
        *,
        attack_given: frozenset[str] = frozenset(),
        attack_target: str = "",
        pace: float | None = DEFAULT_PACE,
        mirror: str = "",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.messages = Messages(self)
        self.pool = JobPool(self)
        self.pool.failed.connect(self.messages.tell)
        self.view = View(data_config, training_config, self.messages, self)
        self.wanted = Wanted(self.view, self.messages, self)
        self._attack_config, self._attack_given = attack_config, attack_given
        self._attack_target = attack_target
        if any(name.startswith("attack_") for name in attack_given):
            _ = self.attack  # it may have something to say about what was asked for
        self.downloads = Downloads(self.view, self.pool, self.messages, mirror, self)
        self.data = Data(self.view, self.pool, self.downloads, self.messages, self)
        self.downloads.taken.connect(self.open)
        self.training = Training(
            self.view, self.wanted, self.data, self.pool, self.messages, pace, self
        )
        self.readings = Readings(self.view, self.pool, self)
        self.epochs = Epochs(self.view, self.pool, self)
        self.runs = self.view.runs

    @cached_property
    def attack(self) -> AttackSession:
        """Which image is changed, toward what, and how; made when somebody first looks at it.

        So it is there before whatever looks at its choices, and fits them to other data first.
        """
        from core.attack import FROM_IMAGE
        from gui.session.attack import AttackSession

        return AttackSession(
            self._attack_config or FROM_IMAGE,
            self.view,
            self.pool,
            self.messages,
            given=self._attack_given,
            target=self._attack_target,
            parent=self,
        )

    def open(self, name_or_path: str, reading: ReadingConfig | None = None) -> None:
        """Open other data in the background; the present run goes on until they are there."""
        self.data.open(name_or_path, reading)
        self.view.run_state_changed.emit()

    def close(self) -> bool:
        """Stop everything; return whether every thread ended in time."""
        return self.pool.close()
