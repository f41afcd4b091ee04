"""The state of the Robustness page: how sizes are measured, and what is known of the runs."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from core.insight.epoch_readings import spread_snapshots
from core.learning.training import TrainingConfig
from core.parameters import parameters_of
from gui.attack.robustness.job import (
    ATTACKS,
    CURVES_SLOT,
    EPOCHS_SLOT,
    Model,
    RobustnessCurves,
    RobustnessJob,
    RobustnessRequest,
    RunsOverEpochs,
)
from gui.jobs.legacy import REST

if TYPE_CHECKING:
    from core.attack.whole_parts.sized import SizedAttack
    from core.exact.curves import SetNorm
    from gui.jobs.job_pool import JobPool
    from gui.jobs.legacy import LegacyMailbox as Mailbox
    from gui.jobs.mailbox import Letter
    from gui.session.runs import RunEntry
    from gui.session.session import Session

REFRESH_SECONDS = 0.5
"""While a run goes on, it is looked at no more often than that."""

MOST_EPOCHS = 128
"""Epochs of a run whose medians are found: as many as the small plot has room for."""


class RobustnessSession(QObject):
    """Keeps what the visible runs withstand up to date while somebody watches."""

    changed = Signal()
    """The curves, or how sizes are measured."""
    epochs_changed = Signal()

    def __init__(self, session: Session, pool: JobPool, mailbox: Mailbox) -> None:
        super().__init__(session)
        self._session = session
        self.norm: SetNorm = "l2"
        self.boxed = False
        self._curves: RobustnessCurves | None = None
        self._epochs: RunsOverEpochs | None = None
        self._is_watched = False
        self._asked: tuple[Any, ...] = ()
        self._asked_at = 0.0
        self._left: RobustnessRequest | None = None
        self._other_key: int | None = None
        self._job = RobustnessJob(mailbox)
        pool.start(self._job)
        for signal in (session.view.run_shown, session.runs.changed, session.view.run_started):
            signal.connect(self._runs_changed)
        session.view.shown_changed.connect(self._shown_changed)

    def watch(self, is_watched: bool) -> None:
        """Keep everything up to date, or let nothing be computed for what nobody sees."""
        self._is_watched = is_watched
        if not is_watched:
            self._job.call_off()
            self._asked = ()
        self._refresh(at_once=True)

    def measure(self, *, norm: SetNorm | None = None, boxed: bool | None = None) -> None:
        """Change how sizes are measured."""
        self.norm = self.norm if norm is None else norm
        self.boxed = self.boxed if boxed is None else boxed
        self.changed.emit()
        self._refresh(at_once=True)

    def leave_attacks(self) -> None:
        """Try no more attacks on the model shown; what was found stays."""
        curves = self.curves
        if curves is not None:
            self._left = curves.request
            self._job.leave_attacks()
            self.changed.emit()

    def try_attacks(self) -> None:
        """Go on with attacks that were left."""
        self._left, self._asked = None, ()
        self._refresh(at_once=True)
        self.changed.emit()

    @property
    def attacks_left(self) -> bool:
        """Whether a person left the attacks on what is shown."""
        curves = self.curves
        return bool(curves and self._left and curves.request.attacks_like(self._left))

    @property
    def attacks_wait(self) -> bool:
        """Whether some attacks take too long to be tried while the model is being trained."""
        curves = self.curves
        return self._session.view.is_running and curves is not None and not curves.complete

    def _attacks_for(self, request: RobustnessRequest) -> tuple[SizedAttack, ...]:
        """Return what is tried: beside a running training only what keeps up with it."""
        if self._left is not None and request.attacks_like(self._left):
            return ()
        self._left = None
        is_running = self._session.view.is_running
        return tuple(attack for attack in ATTACKS if attack.is_quick or not is_running)

    @property
    def others(self) -> list[RunEntry]:
        """The runs that the one shown can be compared with."""
        session = self._session
        return [
            entry
            for entry in session.runs.on(session.view.data_config, session.view.reading)
            if entry.key != session.runs.shown_key and session.view.can_show(entry.run)
        ]

    @property
    def other(self) -> RunEntry | None:
        """The run it is compared with: the chosen one, else the newest of those drawn."""
        drawn = [entry for entry in self.others if entry.is_visible]
        chosen = [entry for entry in drawn if entry.key == self._other_key]
        return max(chosen or drawn, key=lambda entry: entry.key, default=None)

    def compare_with(self, key: int) -> None:
        """Choose the other run; one that was hidden is drawn from now on."""
        self._other_key = key
        self._session.runs.set_visible(key, True)
        self.changed.emit()

    def budget_of_half(self) -> float | None:
        """Return what half of the images read rightly withstand, as a budget; None without it."""
        curves = self.curves
        if curves is None:
            return None
        median = curves.exact[curves.request.models[0].key].median(self.norm)
        declared = parameters_of(TrainingConfig)["adversary_size"]
        if not np.isfinite(median):
            return None
        return min(max(float(f"{median:.2g}"), 0.01), float(declared.high or median))

    def train_the_same(self, *, adversary: bool) -> None:
        """Begin the run shown anew, with an adversary of :meth:`budget_of_half` or without any."""
        session, budget = self._session, self.budget_of_half()
        run = session.runs.shown
        if run is None or (adversary and budget is None):
            return
        changed: dict[str, Any] = {"adversary": "off"}
        if adversary:
            changed = {"adversary": self.norm, "adversary_size": budget}
        session.wanted.data = run.data_config
        session.wanted.training = replace(session.view.shown_config, **changed)
        session.wanted.changed.emit()
        session.training.rewind(play=True)

    @property
    def curves(self) -> RobustnessCurves | None:
        """The curves, if some are known of the present images measured in the present way."""
        dataset, curves = self._session.view.dataset, self._curves
        if dataset is None or curves is None or curves.request.split is not dataset.test:
            return None
        same = (curves.request.norm, curves.request.boxed) == (self.norm, self.boxed)
        # Its curve may be of a run that is not shown any more.
        is_shown = curves.request.models[0].key == self._session.runs.shown_key
        return curves if same and is_shown else None

    @property
    def epochs(self) -> RunsOverEpochs | None:
        """The medians over epochs, if some are known of the present images."""
        dataset, epochs = self._session.view.dataset, self._epochs
        if dataset is None or epochs is None or epochs.request.split is not dataset.test:
            return None
        return epochs

    def entries(self) -> list[RunEntry]:
        """Return the runs that are drawn: the one shown, then the visible ones that fit."""
        shown = self._session.runs.entry(self._session.runs.shown_key)
        others = [entry for entry in self.others if entry.is_visible]
        return [] if shown is None else [shown, *others]

    def _models(self) -> tuple[Model, ...]:
        """Return the model shown, and that of every other run at the epoch nearest to it."""
        shown = self._session.view.shown
        if shown is None:
            return ()
        models = []
        for i, entry in enumerate(self.entries()):
            history = entry.run.history
            if i == 0:
                models.append(Model(entry.key, shown.epoch, shown.weights))
            elif history.records:
                record = history.nearest(shown.epoch)
                models.append(Model(entry.key, record.epoch, record.weights))
        return tuple(models)

    @Slot()
    def _runs_changed(self) -> None:
        self._refresh(at_once=True)
        self.changed.emit()

    @Slot()
    def _shown_changed(self) -> None:
        # A person who chooses an epoch is answered at once; a run that goes on is not.
        self._refresh(at_once=not self._session.view.is_running)

    def _refresh(self, *, at_once: bool = False) -> None:
        """Ask for what is new, unless an answer is under way or was asked for just now."""
        session = self._session
        dataset = session.view.dataset
        if not self._is_watched or dataset is None:
            return
        if not at_once and not (
            self._job.idle and time.perf_counter() - self._asked_at >= REFRESH_SECONDS
        ):
            return
        models = self._models()
        if not models:
            return
        runs = []
        for entry in self.entries():
            history = entry.run.history
            if history.records:
                spread = spread_snapshots(history.records, MOST_EPOCHS, [history.best.epoch])
                runs.append((entry.key, tuple(spread)))
        request = RobustnessRequest(
            split=dataset.test,
            norm=self.norm,
            boxed=self.boxed,
            models=models,
            runs=tuple(runs),
            rest=REST if session.view.is_running else 0.0,
        )
        request = replace(request, attacks=self._attacks_for(request))
        asked = (
            dataset.test,
            self.norm,
            self.boxed,
            request.attacks == ATTACKS,
            *(model.weights for model in models),
            *(snapshots[-1].weights for _, snapshots in runs),
        )
        is_new = len(asked) != len(self._asked) or any(
            a is not b for a, b in zip(asked, self._asked, strict=True)
        )
        if is_new:
            self._asked, self._asked_at = asked, time.perf_counter()
            self._job.request(request)

    def take_latest(self, latest: dict[str, Letter]) -> None:
        """Take in what was found since the last frame, and ask for more if there is more."""
        if CURVES_SLOT in latest:
            self._curves = latest[CURVES_SLOT].payload
            self.changed.emit()
        if EPOCHS_SLOT in latest:
            self._epochs = latest[EPOCHS_SLOT].payload
            self.epochs_changed.emit()
        self._refresh()
