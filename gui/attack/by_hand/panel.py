"""Beat the gradient: a person paints the change, under the same rules as the optimiser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from core.attack.by_hand.score import number, over_budget, percent, score, sized
from core.words import DOWN, fixed
from gui.attack.by_hand.rival import RivalPanel, name_of, pace_words
from gui.attack.by_hand.rules import RulesLine
from gui.attack.by_hand.study import Game
from gui.attack.view import AttackView
from gui.shared.columns import sentences
from gui.shared.player_transport import PlayerTransport
from gui.widgets.bars.probability_bars import ProbabilityBars
from gui.widgets.bars.share_bar import ShareBar
from gui.widgets.basics.card import Card
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.layouts import below, beside
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.canvas.change_canvas import ChangeCanvas
from gui.widgets.canvas.tools import ChangeTools

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from core.attack.by_hand.optimiser import Answer
    from core.attack.by_hand.score import Standing
    from gui.session.session import Session

_BUDGET_HELP = (
    "How much of the budget your change takes. The tick is the smallest size that is enough; a "
    "stroke that would go over the budget stops at it."
)
_WAY_HELP = (
    "The gap of the logits, from where it was at the start (0 %) to a tie (100 %). Beyond the tie "
    "the image is read as wanted."
)
_REFUSED = {
    "outside": "The stroke lay beside the image: paint on it.",
    "box add": "These pixels are white already: no ink can be added while pixels stay in 0..1.",
    "box take": "These pixels are black already: no ink can be taken away while pixels stay in "
    "0..1.",
    "budget": "The budget is spent: soften or undo something, or allow a larger one.",
    "bare": "There is nothing to soften here: soften fades what you have painted.",
}
"""Why a stroke has changed nothing; the box says at which end."""

_HINT_HELP = (
    "Lay the gradient over the image: red where ink closes the gap, blue where taking it away "
    "does, as strongly as the two classes' weights differ. Paint along it."
)


class ByHandPanel(AttackView):
    """Left a person's painting, right how it is read and what the optimiser does."""

    uses = ("target",)
    transport: PlayerTransport

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.game = Game(session, self)
        self.rules = RulesLine(self.game, self)
        self.sentence = sentences(self, "sentence")
        self.sentence.setMinimumHeight(2 * self.sentence.fontMetrics().lineSpacing())
        self.canvas = ChangeCanvas(self)
        self.tools = ChangeTools(self.canvas, self)
        self.tools.hint.setToolTip(wrapped(_HINT_HELP))
        self.used = ShareBar("budget used", _BUDGET_HELP, self)
        self.task = FittingLabel("", self)
        self.bars = ProbabilityBars(self)
        self.bars.setToolTip(
            "<qt>Probability of each class for what you have painted; ○ true class, ● target.</qt>"
        )
        self.way = ShareBar("gap closed", _WAY_HELP, self)
        self.rival = RivalPanel(session, self.game, self)
        self.pace = self.rival.yours
        self.transport = PlayerTransport(self.rival.player, self, status=self.rival.growing_words)
        self._lay_out()
        self.canvas.refused.connect(self._tell_refusal)
        self.canvas.changed.connect(self.game.look)
        self.tools.hint.toggled.connect(self._refresh_standing)
        self.game.changed.connect(self.refresh)
        self.game.painted.connect(self._refresh_standing)
        self.game.restarted.connect(self.rival.hide_again)
        self.refresh()

    def _lay_out(self) -> None:
        painted = below((self.canvas, 1), self.used, spacing=4)
        inside = below((beside(self.tools, (painted, 1), spacing=8), 1), self.sentence, spacing=4)
        mine = Card("your turn", inside, self.rules)
        stands = Card("how it is read", below((self.bars, 1), self.way, spacing=4), self.task)
        its = Card("the optimiser", self.rival, self.rival.kind, (self.rival.reveal,))
        side = below((stands, 11), (its, 10), spacing=8)
        self.setLayout(beside((mine, 1), (side, 1), spacing=8))

    def figure_words(self) -> str:
        """Return how the person stands, of which epoch's model."""
        return f"{self.task.text()}. {self.sentence.text()} {super().figure_words()}"

    def watch(self, is_watched: bool) -> None:
        """Follow image and model while somebody looks; what is painted stays."""
        super().watch(is_watched)
        self.game.watch(is_watched)

    @Slot()
    def refresh(self) -> None:
        """Show the game."""
        game = self.game
        self.rules.refresh()
        self.canvas.set_painting(
            game.painting if game.is_ready else None, game.problem or "Computing ..."
        )
        self.tools.setEnabled(game.is_ready)
        self.tools.refresh()
        self.rival.refresh()
        self.transport.changed.emit()
        self._refresh_standing()

    @Slot(str)
    def _tell_refusal(self, why: str) -> None:
        """Say why a stroke has changed nothing."""
        if why == "box":
            why = f"box {self.canvas.stroke_tool}"
        self._session.messages.note(_REFUSED[why])

    @Slot()
    def _refresh_standing(self) -> None:
        """Show how far the person is; follows every move of the brush."""
        game, dataset = self.game, self._session.view.dataset
        standing, answer, budget = game.standing, game.answer, game.budget
        self.canvas.update()
        ready = game.is_ready and standing is not None
        for widget in (self.bars, self.way, self.pace, self.used):
            widget.setVisible(ready)
        if not ready or dataset is None or answer is None or budget is None:
            words = game.problem or "The optimiser looks for the smallest change ..."
            self.sentence.setText(words)
            self.task.set_wordings("")
            self.canvas.set_hint(None)
            return
        assert standing is not None
        self._show_standing(standing, budget, answer, dataset.class_names)
        self._show_hint(standing)

    def _show_standing(
        self, standing: Standing, budget: float, answer: Answer, names: tuple[str, ...]
    ) -> None:
        game, needed = self.game, answer.needed
        assert game.goal is not None
        assert game.painting is not None
        size, norm, target = game.painting.size, game.norm, game.goal.target
        reads, least = name_of(names, standing.predicted), answer.at_least
        self.sentence.setText(score(standing, size, game.rules, needed, reads, least))
        wanted = "anything else" if target is None else name_of(names, target)
        self.task.set_wordings(f"{name_of(names, game.goal.read)}, to be read as {wanted}")
        self.bars.set_probabilities(
            names, standing.probabilities, true=self._session.attack.label, target=target
        )
        is_over = over_budget(size, game.rules)
        left = f"{number(max(budget - size, 0.0), norm, DOWN)} left"
        if is_over:
            left = f"over by {number(size - budget, norm)}"
        what = "largest pixel" if norm == "linf" else "used"
        used = f"{what} {number(size, norm)} of {sized(budget, norm, DOWN)}"
        self.used.show_share(
            size / budget, f"{used}, {left}", used, mark=needed / budget, is_bad=is_over
        )
        leader, chaser = (name_of(names, k) for k in (standing.leader, standing.chaser))
        gap, first = standing.gap, game.goal.first_gap
        gone = f"{percent(standing.way)} %".replace("-", "\u2212")
        behind = f"{leader} leads {chaser} by {fixed(gap)}"
        if gap < 0:
            behind = f"{chaser} leads {leader} by {fixed(-gap)}"
        self.way.show_share(
            standing.way,
            f"{gone} of the gap closed: {behind}, {fixed(first)} at first",
            f"{gone}: {behind}, first {fixed(first)}",
            f"{gone}: {behind}",
            f"{gone}, {fixed(abs(gap))} {'left' if gap >= 0 else 'beyond'}",
            gone,
        )
        pace = pace_words(standing, first, size, norm)
        self.pace.setText(f"You close {pace}." if size else "")

    def _show_hint(self, standing: Standing) -> None:
        """Lay over the image what ink gains, where there is room for it."""
        game = self.game
        if not self.tools.hint.isChecked() or game.goal is None or game.painting is None:
            self.canvas.set_hint(None)
            return
        self.canvas.set_hint(game.painting.open_to(game.goal.uphill(standing)))
