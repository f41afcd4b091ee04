"""What the runs withstand: exact curves, attacks tried on the model shown, medians over epochs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from core.attack.whole_parts.sized import SIZED_ATTACKS, AttackTrials
from core.exact.curve_search import (
    FEW_PIXELS,
    MEDIAN_PIXELS,
    CurveSearch,
    KnownCurves,
    MedianSearch,
    some_images,
)
from core.insight.epoch_readings import spread_snapshots
from core.learning.config import TrainingConfig
from core.learning.model_cache import ModelCache
from core.parameters import parameters_of
from core.words import DOWN, rounded
from gui.attack.robustness.questions import (
    CurvesQuestion,
    MediansQuestion,
    RobustnessCurves,
    TrialsQuestion,
)
from gui.jobs.question import about, is_as, same
from gui.jobs.study import REST, Study
from gui.shared.run_models import models_of, other_runs
from gui.widgets.curves.runs import RunCurves

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from core.attack.whole_parts.sized import Counts, SizedAttack, TriedAttacks
    from core.data.dataset import Split
    from core.exact.closed_form import SetNorm
    from core.exact.curve_search import ExactCurves, Median, RobustnessOverEpochs, SomeImages
    from gui.session.runs import RunEntry
    from gui.session.session import Session

MOST_EPOCHS = 128
"""Epochs of a run whose medians are found: as many as the small plot has room for."""

_REST = 2 * REST - 1
"""Beside a training curves and medians are found at once: a sixth of a core each."""
_REFRESH_SECONDS = 0.3
_FOLLOWING_EPOCHS = 1
"""So many medians are found before it is looked whether a run that goes on has a newer epoch: the
others are those of earlier looks, and all are found when it rests."""


class Robustness(QObject):
    """Which runs and images are looked at, how sizes are measured, and what is known of them.

    Attributes
    ----------
    part, label : whose images are measured, and the class of those that are counted; None for all
    attacks : what is tried
    measure : how large a change is
    exact : what the images withstand, of every run drawn
    noise : what is quick enough to be tried beside a training; after the exact curve
    slow : all other attacks, after those, while nothing is trained
    medians : of every run drawn, epoch by epoch
    """

    chosen = Signal()
    """A person looks at another class, or at another run beside."""

    def __init__(
        self,
        session: Session,
        parent: QObject,
        attacks: tuple[SizedAttack, ...] = SIZED_ATTACKS,
    ) -> None:
        super().__init__(parent)
        self._session, self._view = session, session.view
        self.attacks, self.measure = attacks, session.attack.measure
        self._other_key: int | None = None
        self._is_alone = False
        self.part = "test"
        self.label: int | None = None
        self._forget()
        view = session.view
        view.forgotten.connect(self._forget)
        make = partial(Study, view, session.pool, rest=_REST, parent=self)
        runs = (view.run_shown, session.runs.changed, view.run_started)
        self.exact: Study[CurvesQuestion, ExactCurves] = make(
            "exact curves",
            self._curves_wanted,
            lambda q: CurveSearch(
                {model.key: model.weights for model in q.models},
                q.images,
                self._known,
                norm=q.norm,
                boxed=q.boxed,
            ),
            follows=(*runs, self.measure.changed),
            refresh=_REFRESH_SECONDS,
            browse=frozenset({"images"}),
        )
        self.noise: Study[TrialsQuestion, TriedAttacks] = make(
            "trying noise",
            self._noise_wanted,
            self._trials_of([attack for attack in attacks if attack.is_quick]),
            follows=(self.exact.changed, self.measure.changed),
            tell=0.1,
        )
        self.slow: Study[TrialsQuestion, TriedAttacks] = make(
            "trying attacks",
            self._slow_wanted,
            self._trials_of([attack for attack in attacks if not attack.is_quick]),
            follows=(self.noise.changed, view.run_state_changed),
            tell=0.1,
        )
        self.medians: Study[MediansQuestion, dict[int, RobustnessOverEpochs]] = make(
            "medians over epochs",
            self._medians_wanted,
            lambda q: MedianSearch(
                q.images,
                dict(q.models),
                self._known_medians,
                norm=q.norm,
                boxed=q.boxed,
                most=q.most,
            ),
            browse=frozenset({"most"}),
            follows=(*runs, self.measure.changed),
            refresh=_REFRESH_SECONDS,
            tell=0.5,
        )
        self._trials = (self.noise, self.slow)
        self.studies = (self.exact, *self._trials, self.medians)

    def _forget(self) -> None:
        """Let go of images that are gone."""
        self.label = None
        self._known = KnownCurves()
        self._known_medians: ModelCache[Median] = ModelCache()
        self._some: dict[tuple[int, float], SomeImages] = {}

    @staticmethod
    def _trials_of(attacks: list[SizedAttack]) -> Any:
        return lambda q: AttackTrials(q.weights, q.images.split, q.norm, q.exact, attacks=attacks)

    def leave_attacks(self) -> None:
        """Try no more attacks on the model shown; what was found stays."""
        for study in self._trials:
            study.call_off()

    def try_attacks(self) -> None:
        """Go on with attacks that were left."""
        for study in self._trials:
            if study.is_held:
                study.go_on()

    @property
    def attacks_left(self) -> bool:
        """Whether a person left the attacks on what is shown."""
        return any(study.is_held for study in self._trials)

    @property
    def others(self) -> list[RunEntry]:
        """The runs that the one shown can be compared with."""
        return other_runs(self._view)

    @property
    def other(self) -> RunEntry | None:
        """The run it is compared with: the chosen one, else the newest of those drawn."""
        drawn = [entry for entry in self.others if entry.is_visible]
        if self._is_alone:
            return None
        chosen = [entry for entry in drawn if entry.key == self._other_key]
        return max(chosen or drawn, key=lambda entry: entry.key, default=None)

    def compare_with(self, key: int | None) -> None:
        """Choose the other run, or none; one that was hidden is drawn from now on."""
        self._other_key, self._is_alone = key, key is None
        if key is not None:
            self._session.runs.set_visible(key, True)
        self._ask()
        self.chosen.emit()

    def choose_part(self, part: str) -> None:
        """Measure the images of another part."""
        self.part = part
        self._ask()

    def choose_class(self, label: int | None) -> None:
        """Count the images of one class, or of all."""
        self.label = label
        self.chosen.emit()

    @property
    def class_name(self) -> str:
        """The class whose images are counted; empty for all."""
        dataset = self._view.dataset
        return "" if dataset is None or self.label is None else dataset.class_names[self.label]

    def _ask(self) -> None:
        for study in (self.exact, self.medians):
            study.ask()

    def budget_of_half(self) -> float | None:
        """Return what half of the images read rightly withstand, as a budget; None without it."""
        curves = self.curves
        if curves is None:
            return None
        median = curves.shown.median(self.norm)
        if not np.isfinite(median):
            return None
        most = parameters_of(TrainingConfig)["adversary_size"].high or median
        return min(rounded(median, 2, DOWN), float(most)) or None

    def train_the_same(self, *, adversary: bool) -> None:
        """Begin the run shown anew, with an adversary of :meth:`budget_of_half` or without any."""
        session, budget = self._session, self.budget_of_half()
        run = session.runs.shown
        if run is None or (adversary and budget is None):
            return
        config = replace(session.view.shown_config, adversary=self.norm if adversary else "off")
        if adversary and budget is not None:
            config = replace(config, adversary_size=budget)
        session.training.begin(config, run.data_config)

    @property
    def norm(self) -> SetNorm:
        """How large a change is."""
        return self.measure.set_norm

    @property
    def curves(self) -> RobustnessCurves | None:
        """The curves, if some are known of the run shown measured in the present way."""
        answer, norm = self.exact.answer, self.norm
        if answer is None or answer.found is None:
            return None
        question, found = answer.question, answer.found
        if question.models[0].key != self._session.runs.shown_key or question.norm != norm:
            return None
        tried: dict[str, Counts] = {}
        trying = ""
        for study in self._trials:
            of = study.answer
            if of is None or of.found is None:
                continue
            if of.question.exact is found.shown and of.question.norm == norm:
                tried |= of.found.curves
                if study.is_computing and not study.is_held:
                    trying = of.found.trying
        known = [tried.get(attack.label) for attack in self.attacks]
        return RobustnessCurves(
            models=question.models,
            part=question.part,
            images=found.images,
            norm=norm,
            exact=found.models,
            sizes=found.sizes,
            sound=found.sound,
            furthest=found.furthest,
            attack_sizes=found.attack_sizes,
            attacks=tried,
            trying=trying,
            is_complete=all(
                curve is not None and len(curve) == len(found.attack_sizes) for curve in known
            ),
        )

    def entries(self) -> list[RunEntry]:
        """Return the runs that are drawn: the one shown, then the one it is compared with."""
        shown, other = self._session.runs.entry(self._session.runs.shown_key), self.other
        return [] if shown is None else [shown] if other is None else [shown, other]

    def behind(self, entry: RunEntry, curve: tuple[str, NDArray[Any], NDArray[Any]]) -> RunCurves:
        """Return the curve of another run as it is drawn behind that of the one shown."""
        runs = self._session.runs
        strong = entry.key == runs.reference_key
        return RunCurves(entry.key, entry.name, runs.colour_of(entry), (curve,), strong=strong)

    def _images(self, split: Split, most_pixels: float = np.inf) -> SomeImages:
        """Return so many images of a part, the same ones every time."""
        key = id(split), most_pixels
        if key not in self._some:
            self._some[key] = some_images(split, most_pixels)
        return self._some[key]

    def _curves_wanted(self) -> CurvesQuestion | None:
        split, models = self._view.split(self.part), models_of(self._view, self.entries()[1:])
        if split is None or not models:
            return None
        boxed = self.measure.images_boxed
        few = self._images(split, FEW_PIXELS[boxed] / len(models))
        whole = few if few.is_whole or self._view.goes_on else self._images(split)
        images = (few,) if whole is few else (few, whole)
        question = CurvesQuestion(models, self.part, split, self.norm, boxed, images)
        answer = self.exact.answer
        # Else noise would never be tried to its end on a model that learns on.
        if answer is not None and self._view.goes_on and self.noise.is_computing:
            return answer.question if same(about(answer.question), about(question)) else question
        return question

    def _noise_wanted(self) -> TrialsQuestion | None:
        answer = self.exact.answer
        if answer is None or answer.found is None:
            return None
        found, model = answer.found, answer.question.models[0]
        return TrialsQuestion(model.weights, found.images, answer.question.norm, found.shown)

    def _slow_wanted(self) -> TrialsQuestion | None:
        question, answer = self._noise_wanted(), self.noise.answer
        if self._view.is_running or answer is None or not answer.is_whole:
            return None
        if question is None or not (question.images.is_whole and is_as(question, answer.question)):
            return None
        return question

    def _medians_wanted(self) -> MediansQuestion | None:
        split, runs = self._view.split(self.part), []
        for entry in self.entries():
            history = entry.run.history
            if history.records:
                spread = spread_snapshots(history.records, MOST_EPOCHS, [history.best.epoch])
                runs.append((entry.key, tuple(spread)))
        if split is None or not runs:
            return None
        boxed = self.measure.images_boxed
        images = self._images(split, MEDIAN_PIXELS[boxed])
        # A run that goes on has a newer epoch by then, which comes first.
        most = _FOLLOWING_EPOCHS if self._view.goes_on else 0
        return MediansQuestion(tuple(runs), images, self.norm, boxed, most)
