"""The state of the game: a person paints a change, under the same rules as the optimiser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from core.attack.by_hand.optimiser import Answer, Optimiser, Question, budget_of
from core.attack.by_hand.painting import Painting, Rules
from core.attack.by_hand.score import Goal
from core.data.dataset import read_only
from core.errors import ExplorerError, SettingError
from core.exact.pairs import NORMS
from gui.jobs.legacy import LatestJob

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

    from core.attack.by_hand.score import Standing
    from core.data.dataset import Dataset
    from core.exact.pairs import Norm
    from gui.jobs.job_pool import JobPool
    from gui.jobs.legacy import LegacyMailbox as Mailbox
    from gui.jobs.mailbox import Letter
    from gui.session.session import Session

BY_HAND_SLOT = "by hand"
_REST = 3.0
"""After each answer three times as long a rest: at most a quarter of a core."""

DEFAULT_FACTOR = 2.0
LEAST_FACTOR, MOST_FACTOR = 0.5, 10.0
"""The budget, as a multiple of the smallest size that is enough."""

MOST_KEPT = 30
"""Images whose paintings are kept; with all that can be taken back 8 MB for 28 x 28 pixels."""

_TRIES = 60


class ByHandSession(QObject):
    """One image, what is painted on it, and what the optimiser does with the same."""

    changed = Signal()
    """The image, the rules, the model, or what the optimiser says."""
    painted = Signal()
    """What is painted, and what it has come to."""
    restarted = Signal()
    """Another image, another target or another norm: what was revealed is to be hidden."""

    def __init__(self, session: Session, pool: JobPool, mailbox: Mailbox) -> None:
        super().__init__(session)
        self._session, self._attack = session, session.attack
        self.norm: Norm = "l2"
        self._boxed = True
        self._followed: tuple[str, bool] = (self._attack.norm, self._attack.boxed)
        """Norm and box of the attack, as they were when last looked at."""
        self._factor = DEFAULT_FACTOR
        self.budget: float | None = None
        """What is allowed; None before the smallest size is known."""
        self.goal: Goal | None = None
        self.painting: Painting | None = None
        self.standing: Standing | None = None
        self.answer: Answer | None = None
        self.problem = "Waiting for data ..."
        """Why nothing can be painted, in words."""
        self._is_watched = False
        self._dataset: Dataset | None = None
        self._paintings: dict[Hashable, Painting] = {}
        self._key: Hashable = None
        self._image: NDArray[np.float32] | None = None
        self._weights: NDArray[Any] | None = None
        self._played: tuple[Any, ...] = ()
        self._rng = np.random.default_rng()
        self._job = LatestJob("the optimiser", mailbox, BY_HAND_SLOT, _Answerer(), rest=_REST)
        pool.start(self._job)
        for signal in (
            session.view.shown_changed,
            session.view.dataset_changed,
            session.attack.config_changed,
        ):
            signal.connect(self.refresh)

    @property
    def boxed(self) -> bool:
        """Whether pixels stay in 0..1: always where they are counted, or one would be enough."""
        return self._boxed or self.norm == "l0"

    @property
    def factor(self) -> float:
        """The budget, as a multiple of the smallest size that is enough."""
        if self.budget is None or self.answer is None or self.answer.needed <= 0:
            return self._factor
        return self.budget / self.answer.needed

    @property
    def rules(self) -> Rules:
        """What a change may be; nothing before the budget is known."""
        return Rules(self.norm, self.budget or 0.0, self.boxed)

    def set_norm(self, norm: Norm) -> None:
        """Measure changes in another way."""
        self.norm = norm
        self.refresh()

    def set_boxed(self, boxed: bool) -> None:
        """Keep pixels in 0..1, or let them go anywhere."""
        self._boxed = boxed
        self.refresh()

    def set_factor(self, factor: float) -> None:
        """Allow so many times the smallest size that is enough."""
        self._factor = min(max(factor, LEAST_FACTOR), MOST_FACTOR)
        if self.answer is not None and self.painting is not None:
            self.budget = budget_of(self._factor, self.answer.needed, self.norm)
            self._use_rules()
            self._ask()
        self._tell()

    @property
    def is_ready(self) -> bool:
        """Whether there is something to paint on, and a budget."""
        return self.goal is not None and self.budget is not None and not self.problem

    def watch(self, is_watched: bool) -> None:
        """Follow image, target and model, or let nothing be computed for what nobody sees."""
        self._is_watched = is_watched
        self.refresh()

    def look(self) -> None:
        """Have the model read what is painted now."""
        if self.goal is not None and self.painting is not None:
            self.standing = self.goal.standing(self.painting.change)
            self.painted.emit()

    def again(self) -> None:
        """Begin anew with the same image; it can be taken back."""
        if self.painting is not None:
            self._factor = self.factor
            self.painting.clear()
            self.restarted.emit()
            self.look()

    def another(self) -> None:
        """Choose an image by chance, one that the model reads rightly if there is one."""
        dataset, shown = self._session.view.dataset, self._session.view.shown
        if dataset is None or shown is None:
            return
        part = self._attack.config.part
        split = dataset.split(part)
        for index in self._rng.integers(split.n_samples, size=_TRIES).tolist():
            read = int(shown.probabilities_of(split.images[index]).argmax())
            is_new = (part, index) != self._key
            if is_new and read == split.true_labels[index] != self._attack.target:
                break
        self._attack.choose(part, index)

    @Slot()
    def refresh(self) -> None:
        """Look at what is attacked now; begin another game where that is another."""
        dataset, shown = self._session.view.dataset, self._session.view.shown
        if dataset is not self._dataset:
            self._forget(dataset)
        if not self._is_watched:
            return
        self._follow_attack()
        image = self._attack.chosen_image
        if dataset is None or image is None:
            self._stop("Waiting for data ...")
        elif shown is not None and shown.weights.shape[1] == image.size + 1:
            self._take_image(image, dataset.image_shape)
            self._play(shown.weights)
        elif self.goal is None:  # else a run begins: what was there stays until its model is
            self._stop("There is no model yet")

    def _forget(self, dataset: Dataset | None) -> None:
        """Let go of what was painted on other images."""
        painted = any(not painting.is_empty for painting in self._paintings.values())
        self._dataset, self._paintings, self._key = dataset, {}, None
        self.painting = self.goal = self.standing = self.answer = self.budget = None
        self._weights, self._played = None, ()
        if painted:
            words = "These are other images: what was painted by hand is cleared."
            self._session.messages.notified.emit(words, False)

    def _follow_attack(self) -> None:
        """Take over norm and box where they are changed for the attack."""
        now = self._attack.norm, self._attack.boxed
        if now[0] != self._followed[0] and now[0] in NORMS:
            self.norm = now[0]
        if now[1] != self._followed[1]:
            self._boxed = now[1]
        self._followed = now

    def _take_image(self, image: NDArray[np.float32], shape: tuple[int, int]) -> None:
        """Go on with what was painted on this image, if anything was."""
        attack = self._attack
        key: Hashable = id(attack.own) if attack.on_own else (attack.config.part, attack.index)
        if key == self._key and self._image is not None and np.array_equal(image, self._image):
            return
        self._key, self._image = key, read_only(image.copy())
        kept = self._paintings.pop(key, None)
        if kept is None or not np.array_equal(kept.original.ravel(), image):
            kept = Painting(image.reshape(shape), self.rules)
        self._paintings[key] = kept  # the one looked at last is the last to go
        while len(self._paintings) > MOST_KEPT:
            del self._paintings[next(iter(self._paintings))]
        self.painting = kept

    def _play(self, weights: NDArray[Any]) -> None:
        """Play on with this model; by other rules or toward another target it is another game."""
        assert self._image is not None
        assert self.painting is not None
        played = (self._key, self._attack.target, self.norm, self.boxed)
        is_other = played != self._played
        if not is_other and weights is self._weights:
            return
        self._weights, self._played = weights, played
        try:
            goal = Goal(weights, self._image, self._attack.target)
        except SettingError as error:
            self._stop(f"{error}.")
            return
        if goal.is_reached:
            self._stop(
                f"This image is read as {self._name(goal.read)} as it is. Choose another target, "
                "or another image."
            )
            return
        self.goal, self.problem = goal, ""
        if is_other:
            self.answer = self.budget = None
            self._use_rules()
            self.restarted.emit()
        self._ask()
        self._tell()

    def _name(self, label: int) -> str:
        dataset = self._session.view.dataset
        assert dataset is not None
        return dataset.class_names[label]

    def _stop(self, problem: str) -> None:
        """Say why there is no game."""
        self.goal = self.standing = self.answer = self.budget = None
        self._played = ()
        self.problem = problem
        self.changed.emit()

    def _ask(self) -> None:
        """Ask the optimiser; a budget with something painted by it stays as the model learns."""
        assert self._image is not None
        assert self._weights is not None
        assert self.painting is not None
        fixed = None if self.painting.is_empty else self.budget
        target = self._attack.target
        question = Question(
            self._weights, self._image, target, self.norm, self.boxed, self._factor, fixed
        )
        self._job.request(self._session.training.generation, question)

    def _tell(self) -> None:
        self.look()
        self.changed.emit()

    def take_latest(self, latest: dict[str, Letter]) -> None:
        """Take in what the optimiser found, unless it is of another game."""
        letter = latest.get(BY_HAND_SLOT)
        if letter is None or self.goal is None or self.painting is None:
            return
        question: Question = letter.payload.question
        mine = self._attack.target, self.norm, self.boxed
        if question.image is not self._image or question.terms != mine:
            return
        if isinstance(letter.payload, Unanswered):
            self.problem = f"The optimiser finds no answer: {letter.payload.why}."
            self.changed.emit()
            return
        self.answer = letter.payload
        if not np.isfinite(letter.payload.needed):
            self.budget, self.problem = None, self._impossible()
        else:
            self.problem = ""
            if self.budget is None or self.painting.is_empty:
                self.budget = budget_of(self._factor, letter.payload.needed, self.norm)
            self._use_rules()
        self._tell()

    def _use_rules(self) -> None:
        """Paint by the present rules; only others end a stroke under way."""
        assert self.painting is not None
        if self.painting.rules != self.rules:
            self.painting.set_rules(self.rules)

    def _impossible(self) -> str:
        target = self._attack.target
        what = "something else" if target is None else self._name(target)
        way = "Let pixels leave 0..1, or choose" if self.boxed and self.norm != "l0" else "Choose"
        return f"No change makes the model read this image as {what}. {way} another target."


class Unanswered:
    """A question that the optimiser could not answer, and why."""

    def __init__(self, question: Question, why: str) -> None:
        self.question, self.why = question, why


class _Answerer:
    """Answers, and says of a question what it is that cannot be answered."""

    def __init__(self) -> None:
        self._optimiser = Optimiser()

    def __call__(self, question: Question) -> Answer | Unanswered:
        try:
            return self._optimiser(question)
        except ExplorerError as error:
            return Unanswered(question, str(error))
