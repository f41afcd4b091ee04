"""Which mistake is repaired and which right one is broken, and the sizes of a whole part."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Slot

from core.exact.repair import PairSearch, RepairSearch, neighbour
from gui.jobs.study import Study
from gui.shared.measure import SizesQuestion, sizes_wanted

if TYPE_CHECKING:
    from core.exact.repair import Changed, RepairPair, RepairSizes
    from gui.session.session import Session

Kind = Literal["mistake", "right"]


@dataclass(frozen=True, slots=True, eq=False)
class PairQuestion(SizesQuestion):
    """Also the two images wanted, None for the first.

    Where one is not of that kind any more, the next that is.
    """

    mistake: int | None
    right: int | None


class Repair(QObject):
    """A mistake and a right image of the part of the image chosen, and what is known of them.

    The chosen image is one of them; the other is the next of its kind, or where one stood.

    Attributes
    ----------
    measure : norm and box
    pair : one mistake and one right one
    sizes : of all images of the part
    """

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.measure = session.attack.measure
        self._wanted: dict[Kind, int] = {}
        self._chosen: tuple[str, int] | None = None
        session.view.forgotten.connect(self._look_at_first)
        # Before the studies hear of it, which ask for what is wanted.
        session.attack.config_changed.connect(self._look_at_chosen)
        self._last: weakref.ref[PairSearch] | None = None
        self.pair: Study[PairQuestion, RepairPair] = Study(
            session.view,
            session.pool,
            "repairing a mistake",
            self._pair_wanted,
            self._begin_pair,
            follows=(self.measure.changed, session.attack.config_changed),
            browse=frozenset({"mistake", "right"}),
            parent=self,
        )
        self._look_at_chosen()
        self.sizes: Study[SizesQuestion, RepairSizes] = Study(
            session.view,
            session.pool,
            "repairing all mistakes",
            self._sizes_wanted,
            lambda q: RepairSearch(q.weights, q.split, q.norm, boxed=q.boxed),
            follows=(self.measure.changed, session.attack.config_changed),
            parent=self,
        )

    def _sizes_wanted(self) -> SizesQuestion | None:
        return sizes_wanted(self._session.view, self.part, self.measure)

    def _pair_wanted(self) -> PairQuestion | None:
        q, wanted = self._sizes_wanted(), self._wanted
        if q is None:
            return None
        of = (q.weights, q.epoch, q.part, q.split, q.norm, q.boxed)
        return PairQuestion(*of, mistake=wanted.get("mistake"), right=wanted.get("right"))

    def _begin_pair(self, q: PairQuestion) -> PairSearch:
        """Begin a search; what the same model has read in the same part is not read again."""
        # Only a weak hold: the study lets go of what is of images that are gone.
        last = None if self._last is None else self._last()
        search = PairSearch(
            weights=q.weights,
            split=q.split,
            norm=q.norm,
            boxed=q.boxed,
            mistake=q.mistake,
            right=q.right,
            predicted=None if last is None else last.predicted_by(q.weights, q.split),
        )
        self._last = weakref.ref(search)
        return search

    @property
    def part(self) -> str:
        """Whose mistakes are repaired: the part of the image chosen."""
        return self._session.attack.config.part

    @Slot()
    def _look_at_chosen(self) -> None:
        """Look at the image chosen elsewhere; whether it is a mistake is for the search to say."""
        attack = self._session.attack
        chosen = attack.config.part, attack.index
        if not attack.on_own and chosen != self._chosen:
            self._chosen, answer = chosen, self.pair.answer
            if answer is not None and answer.question.part == attack.config.part:
                shown = (self.shown("mistake"), self.shown("right"))
                if any(one is not None and one.index == attack.index for one in shown):
                    return  # it is seen already: the other stays beside it
            self._wanted = {"mistake": attack.index, "right": attack.index}

    @Slot()
    def _look_at_first(self) -> None:
        self._wanted, self._chosen = {}, None

    def shown(self, kind: Kind) -> Changed | None:
        """Return the image of a kind that is shown, if one is."""
        found = self.pair.found
        return None if found is None else getattr(found, kind)

    def step(self, kind: Kind, step: int) -> None:
        """Show the next of a kind (1), or the one before (-1)."""
        found, one = self.pair.found, self.shown(kind)
        if found is not None and one is not None:
            images = found.mistakes if kind == "mistake" else found.right_ones
            self._show(kind, neighbour(images, one.index, step))

    def known(self, kind: Kind) -> list[int]:
        """Return the images of a kind whose sizes are known, the smallest first."""
        sizes = self.sizes.found
        if sizes is None:
            return []
        return sizes.known(sizes.mistakes if kind == "mistake" else sizes.right_ones).tolist()

    def show_ranked(self, kind: Kind, rank: int) -> None:
        """Show the one of a kind that takes the smallest change (0), or the largest (-1)."""
        known = self.known(kind)
        if known:
            self._show(kind, known[rank])

    def _show(self, kind: Kind, index: int | None) -> None:
        if index is not None:
            self._wanted[kind] = index
            self._chosen = self.part, index
            self._session.attack.choose(self.part, index)
            self.pair.ask()

    def film(self, kind: Kind) -> bool:
        """Choose an image for the film, toward the class that its change leads to.

        Returns
        -------
        Whether there is one.
        """
        attack, answer, one = self._session.attack, self.pair.answer, self.shown(kind)
        if answer is None or one is None:
            return False
        q, target = answer.question, one.crossing.smallest.target
        attack.choose_exact(q.norm, boxed=q.boxed)
        attack.choose(q.part, one.index, play=True)
        if target >= 0:
            attack.set_setting("target", target)
        return True
