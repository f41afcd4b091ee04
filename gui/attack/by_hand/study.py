"""The state of the game: a person paints a change, under the same rules as the optimiser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from core.attack.by_hand.optimiser import Answer, Optimiser, Question, budget_of
from core.attack.by_hand.painting import Painting, Rules
from core.attack.by_hand.score import Goal
from core.data.dataset import read_only
from core.errors import SettingError
from core.search import AtOnce
from gui.jobs.study import Study

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

    from core.attack.by_hand.score import Standing
    from core.exact.pairs import Norm
    from gui.session.session import Session

DEFAULT_FACTOR = 2.0
LEAST_FACTOR, MOST_FACTOR = 0.5, 10.0
"""The budget, as a multiple of the smallest size that is enough."""

MOST_KEPT = 30
"""Images whose paintings are kept; with all that can be taken back 8 MB for 28 x 28 pixels."""


class Game(QObject):
    """One image, what is painted on it, and what the optimiser does with the same."""

    changed = Signal()
    """The image, the rules, the model, or what the optimiser says."""
    painted = Signal()
    """What is painted, and what it has come to."""
    restarted = Signal()
    """Another image, another target or another norm: what was revealed is to be hidden."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._attack = session, session.attack
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
        self._paintings: dict[Hashable, Painting] = {}
        self._key: Hashable = None
        self._image: NDArray[np.float32] | None = None
        self._weights: NDArray[Any] | None = None
        self._played: tuple[Any, ...] = ()
        view, attack = session.view, session.attack
        view.forgotten.connect(self._forget)
        for signal in (
            view.shown_changed,
            view.dataset_changed,
            attack.config_changed,
            attack.measure.changed,
        ):
            signal.connect(self.refresh)
        optimise = Optimiser()
        # After what begins another game: its question is that of the game there is.
        self.optimiser: Study[Question, Answer] = Study(
            view,
            session.pool,
            "the optimiser",
            self._question,
            lambda q: AtOnce(lambda: optimise(q)),
            refresh=0.0,
            parent=self,
        )
        self.optimiser.changed.connect(self._take)
        self._taken: object = None

    @property
    def norm(self) -> Norm:
        """How large a change is."""
        return self._attack.measure.norm

    @property
    def boxed(self) -> bool:
        """Whether pixels stay in 0..1: always where they are counted, or one would be enough."""
        return self._attack.measure.boxed or self.norm == "l0"

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

    def set_factor(self, factor: float) -> None:
        """Allow so many times the smallest size that is enough."""
        self._factor = min(max(factor, LEAST_FACTOR), MOST_FACTOR)
        if self.answer is not None and self.painting is not None:
            self.budget = budget_of(self._factor, self.answer.needed, self.norm)
            self._use_rules()
            self.optimiser.ask()
        self._tell()

    @property
    def is_ready(self) -> bool:
        """Whether there is something to paint on, and a budget."""
        return self.goal is not None and self.budget is not None and not self.problem

    def watch(self, is_watched: bool) -> None:
        """Follow image, target and model, or let nothing be computed for what nobody sees."""
        self._is_watched = is_watched
        self.refresh()
        self.optimiser.watch(is_watched)

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

    @Slot()
    def refresh(self) -> None:
        """Look at what is attacked now; begin another game where that is another."""
        dataset, shown = self._session.view.dataset, self._session.view.shown
        if not self._is_watched:
            return
        image = self._attack.chosen_image
        if dataset is None or image is None:
            self._stop("Waiting for data ...")
        elif shown is not None and shown.weights.shape[1] == image.size + 1:
            self._take_image(image, dataset.image_shape)
            self._play(shown.weights)
        elif self.goal is None:  # else a run begins: what was there stays until its model is
            self._stop("There is no model yet")

    @Slot()
    def _forget(self) -> None:
        """Let go of what was painted on other images."""
        painted = any(not painting.is_empty for painting in self._paintings.values())
        self._paintings, self._key = {}, None
        self.painting = self.goal = self.standing = self.answer = self.budget = None
        self._weights, self._played = None, ()
        if painted:
            words = "These are other images: what was painted by hand is cleared."
            self._session.messages.note(words)

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
            self._taken = None
            self._use_rules()
            self.restarted.emit()
            self.optimiser.ask()
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

    def _question(self) -> Question | None:
        """Return what the optimiser is asked: a budget with something painted by it stays."""
        if self.goal is None or self.painting is None:
            return None
        assert self._image is not None
        assert self._weights is not None
        return Question(
            weights=self._weights,
            image=self._image,
            target=self._attack.target,
            norm=self.norm,
            boxed=self.boxed,
            factor=self._factor,
            budget=None if self.painting.is_empty else self.budget,
        )

    def _tell(self) -> None:
        self.look()
        self.changed.emit()

    @Slot()
    def _take(self) -> None:
        """Take in what the optimiser found, unless it is of another game."""
        answer = self.optimiser.answer
        if answer is None or answer is self._taken or self.goal is None or self.painting is None:
            return
        question = answer.question
        mine = self._attack.target, self.norm, self.boxed
        if question.image is not self._image or question.terms != mine:
            return
        self._taken = answer
        if answer.error is not None:
            self.problem = f"The optimiser finds no answer: {answer.error}."
            self.changed.emit()
            return
        found = answer.found
        assert found is not None
        self.answer = found
        if not np.isfinite(found.needed):
            self.budget, self.problem = None, self._impossible()
        else:
            self.problem = ""
            if self.budget is None or self.painting.is_empty:
                self.budget = budget_of(self._factor, found.needed, self.norm)
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
