"""The loss microscope: three descents on the image under attack, played together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.attack.microscope import Descents, Microscope, MicroscopeConfig
from core.errors import SettingError
from core.insight.diagnostics import surest_right
from core.search import AtOnce
from core.words import significant
from gui.jobs.study import Study
from gui.session.attack import PART_WORDS
from gui.session.own_image import OfImage
from gui.session.player import Player

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from gui.jobs.question import Answer
    from gui.session.session import Session

_PLAY_SECONDS = 4.0
"""How long the whole film lasts, however many steps it has."""

_TELL_SECONDS = 0.3
"""What takes no longer is not worth a word."""

SHARED = ("rate", "steps")
"""Settings of the attack that the three losses go by, too."""

_REST = 0.5
"""Beside a running training; a step is a tenth of a millisecond, and most of what it seems to take
there is waiting for the training: longer rests would add to that."""


@dataclass(frozen=True, slots=True, eq=False)
class LossesQuestion(OfImage):
    """Also a model, and how to go; target None for any."""

    weights: NDArray[Any]
    target: int | None
    box: bool
    config: MicroscopeConfig


@dataclass(frozen=True, slots=True, eq=False)
class SurestQuestion:
    """A model, and the part in which an image is looked for."""

    weights: NDArray[Any]
    part: str
    split: Split


class Losses(QObject):
    """Follows image, target and box of the attack, and the model shown.

    Attributes
    ----------
    descents : the steps that are shown: all of them, or those that were made when called off
    study : finds them
    player : where one stands in them
    """

    changed = Signal()
    """There are other descents, or none any more."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.descents: Descents | None = None
        self._taken: Answer[LossesQuestion, Descents] | None = None
        self._surest: Answer[SurestQuestion, int] | None = None
        self._jumps = False
        self.player = Player(session.pool.frame, parent=self)
        self.study: Study[LossesQuestion, Descents] = Study(
            session.view,
            session.pool,
            "following three losses",
            self._wanted,
            lambda q: Microscope(q.weights, q.config, q.image, q.target, box=q.box),
            follows=(session.attack.config_changed, session.attack.measure.changed),
            refresh=0.0,
            tell=_TELL_SECONDS,
            rest=_REST,
            holds=False,
            parent=self,
        )
        self._finder: Study[SurestQuestion, int] = Study(
            session.view,
            session.pool,
            "finding a sure image",
            self._surest_wanted,
            lambda q: AtOnce(lambda: surest_right(q.weights, q.split)),
            on_demand=True,
            parent=self,
        )
        session.view.forgotten.connect(self._forget)
        self.study.changed.connect(self._take)
        self._finder.changed.connect(self._jump)

    @property
    def config(self) -> MicroscopeConfig:
        """Step size and steps of the attack chosen; what it does not know is as usual."""
        chosen, usual = self._session.attack.chosen, MicroscopeConfig()
        wanted = {name: chosen.value(name) for name in SHARED if name in chosen.parameters}
        try:
            return replace(usual, **wanted)
        except SettingError:  # another attack's step size may mean something else
            return usual

    @property
    def without(self) -> tuple[str, ...]:
        """What of the attack chosen the three losses leave out, in words."""
        chosen = self._session.attack.chosen
        pull = chosen.value("pull") if "pull" in chosen.parameters else 0.0
        goes = "" if self._session.attack.target is not None else "to the likeliest other class"
        pulled = f"without the pull of {pull:g}" if pull else ""
        left_out = " and ".join(filter(None, (pulled, goes)))
        return (f"all three {left_out}", left_out) if left_out else ("",)

    def leave(self) -> None:
        """Hold what is played, where nobody looks any more."""
        self._jumps = False
        self.player.pause()

    @Slot()
    def find_saturated(self) -> None:
        """Choose the surest rightly read image of the part, and play what becomes of it."""
        if self._surest_wanted() is None:
            self._session.messages.warn("There is no model yet: let it learn first.")
        else:
            self._finder.start()

    def _wanted(self) -> LossesQuestion | None:
        attack = self._session.attack
        shown, source, image = self._session.view.shown, attack.source, attack.chosen_image
        if shown is None or source is None or image is None:
            return None
        if image.size != shown.weights.shape[1] - 1:
            return None  # the model of data that have just gone
        return LossesQuestion(
            source=source,
            index=attack.index,
            weights=shown.weights,
            target=attack.target,
            box=attack.measure.boxed,
            config=self.config,
        )

    def _surest_wanted(self) -> SurestQuestion | None:
        shown, dataset = self._session.view.shown, self._session.view.dataset
        if shown is None or dataset is None:
            return None
        part = self._session.attack.config.part
        return SurestQuestion(shown.weights, part, dataset.split(part))

    @Slot()
    def _forget(self) -> None:
        """Forget what is of images that are gone."""
        self.descents = self._taken = self._surest = None
        self.player.clear()
        self.changed.emit()

    @Slot()
    def _take(self) -> None:
        """Show what was found, once no more of it is to come; what was there stays until then."""
        answer = self.study.answer
        if answer is None or (self.study.is_computing and not answer.is_whole):
            return
        if answer is not self._taken:
            self._taken, self.descents = answer, answer.found
            if answer.found is None:
                self.player.clear()
            else:
                self.player.replace(answer.found.n_steps + 1)
                self.player.set_usual(answer.found.n_steps / _PLAY_SECONDS)
            self.changed.emit()
        if self._jumps and answer.found is not None:
            self._jumps = False
            self._tell_of_jump(answer.found)
            self.player.play(from_start=True)

    @Slot()
    def _jump(self) -> None:
        """Choose the image in the part it was looked for in, whichever is chosen by now."""
        answer = self._finder.answer
        if answer is None or not answer.is_whole or answer is self._surest:
            return
        self._surest, part = answer, answer.question.part
        if answer.found is None:
            words = f"This model reads no {PART_WORDS[part]} image rightly yet: let it learn first."
            self._session.messages.warn(words)
            return
        self._jumps = True
        self._session.attack.choose(part, answer.found)
        self._take()  # it may be the one that is chosen already

    def _tell_of_jump(self, descents: Descents) -> None:
        """Say so if even the surest image leaves the squared loss something to follow."""
        footing = descents.footing(0)
        if footing.saturated or footing.reached or footing.is_blank:
            return
        self._session.messages.note(
            "This is the surest image the model reads rightly, with p = "
            f"{significant(1 - footing.doubt)}: not sure enough to saturate the squared loss. "
            "Let it learn on, and try again."
        )
