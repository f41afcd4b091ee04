"""The Learn page: curves above, the class atlas below."""

from __future__ import annotations

from functools import cached_property, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.learning.records import epoch_words
from gui.jobs.loading import load_beside
from gui.learn.atlas_rows import (
    WORST,
    content_of,
    diagnosis_rows,
    rows_to_come,
    weights_row,
)
from gui.learn.curves_to_come import CurvesToCome
from gui.learn.heights import curves_height, give_way
from gui.learn.settings.panel import SettingsPanel
from gui.learn.weights_choice import WeightsChoice
from gui.shared.page import Page
from gui.shared.tabs import PanelTabs
from gui.theme import LIGHT, Theme, give_theme, grow, pixels
from gui.widgets.basics.card import Card, FillRequest
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.layouts import below, beside, holding, scrolled
from gui.widgets.basics.lazy_tabs import TabRow
from gui.widgets.images.beside import BesideOpened
from gui.widgets.images.colour_bar import ColourBar
from gui.widgets.images.image_mosaic import ImageMosaic, MosaicRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QIcon, QResizeEvent, QShowEvent

    from core.insight.diagnostics import Diagnosis
    from gui.jobs.question import Answer
    from gui.session.readings import DiagnosisQuestion
    from gui.session.session import Session
    from gui.settings import Settings
    from gui.shared.learning_curves import LearningCurves
    from gui.shared.opened_image import OpenedImage
    from gui.shared.tabs import Tab
    from gui.widgets.curves.plot import CurvePlot
    from gui.widgets.images.image_card import CardContent, ImageCard

    DiagnosisAnswer = Answer[DiagnosisQuestion, Diagnosis]


ATLAS = "Classes"
_ATLAS_HELP = "Weights, means and worst mistakes, one column per class"


_GAP = 8
_HEAD, _BOTH = 28, 560
"""Pixels of the row of tabs at 100 %: its height, and its width with the choice."""
_SHORT, _NARROW = 720, 660
"""In a narrower row of tabs, in pixels at 100 %, the choice of weights says less, and the colour
bar stands over the weights."""
_WALK = "arrow keys: the next worst"


class LearnPage(Page):
    """Shows the run and the shown model of the session.

    It is the first that is seen. What takes longest to load, the curves, comes after that.

    Parameters
    ----------
    tabs : what the lower card can show beside the class atlas
    """

    painted = Signal()
    """It was seen for the first time; what takes long may begin."""
    completed = Signal()
    """The curves are there."""

    def __init__(
        self, session: Session, tabs: Sequence[Tab], parent: QWidget | None = None
    ) -> None:
        super().__init__(session, parent)
        self.follow(session.readings.diagnosis)
        self._rows: tuple[DiagnosisAnswer | None, list[MosaicRow]] = (None, [])
        self._drawn: tuple[NDArray[Any], DiagnosisAnswer | None] | None = None
        """The weights and the mistakes that the atlas shows."""
        self._is_narrow = self._is_tight = self._is_on_stage = False
        self._theme = LIGHT
        self._to_come = CurvesToCome(self)
        self._plots: list[CurvePlot] = []
        self._making: Iterator[CurvePlot] | None = None
        self.atlas = ImageMosaic(self)
        self.colour_bar = ColourBar(self)
        self.atlas_words = FittingLabel("", self)
        self.atlas_words.setObjectName("muted")
        self.weights = WeightsChoice(session, self)
        self.settings_panel = SettingsPanel(session, self)
        self.switch = TabRow({ATLAS: _ATLAS_HELP} | {tab.words: tab.help for tab in tabs}, self)
        self._offered = tabs
        self._lay_out()
        self.atlas.clicked.connect(self._cell_clicked)
        self.switch.chosen.connect(self._switched)
        self.weights.changed.connect(self._weights_chosen)
        self.sample_requested.connect(self._open_sample)
        self.settings_panel.sample_requested.connect(self._open_sample)
        self.content_requested.connect(self._open_content)
        self.tab_requested.connect(self.show_tab)
        session.view.run_started.connect(self._run_started)
        session.view.shown_changed.connect(self.refresh)
        session.view.forgotten.connect(self._forget)
        # Once all that is being painted now is on the screen.
        self._to_come.painted.connect(self.painted, Qt.ConnectionType.QueuedConnection)
        self.painted.connect(self._load_curves)
        self._run_started()

    def _lay_out(self) -> None:
        scroll = scrolled(self.atlas, self)
        self._tools = {ATLAS: [self.atlas_words, self.weights, self.colour_bar]}
        self._head = beside(self.atlas_words, None, self.weights, self.colour_bar, spacing=8)
        tools = holding(self._head, self)
        # They say less where an image is open beside: what they say now is not what they need.
        tools.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        # As high with every tab: the row of tabs never jumps.
        head = holding(beside(self.switch, 12, (tools, 1), spacing=8), self)
        grow(head, fixed_height=_HEAD)
        self.tabs = PanelTabs(self._session, (ATLAS, scroll), self._offered, self)
        inside = holding(below(head, (self.tabs, 1), spacing=4), self)
        self.lower_card = Card("", inside, parent=self)
        """What the tabs show; it can fill the window."""
        self.lower_card.setAccessibleName("classes, confusion, when to stop")
        for part in (self.atlas, head, self.lower_card):
            part.installEventFilter(self)
        self._lower = BesideOpened(self.lower_card)
        self._column = below(self._to_come, (self._lower, 1), spacing=8)
        self.setLayout(beside(self.settings_panel, (self._column, 1), spacing=8))

    def minimumSizeHint(self) -> QSize:
        """Return what it needs with the lowest curves, however high they are now."""
        least, now = super().minimumSizeHint(), self._above.height()
        return least - QSize(0, now - min(now, curves_height(0)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the curves what the atlas can do without."""
        super().resizeEvent(event)
        self.settings_panel.fit(self.window().width())
        self._share_height()

    def set_on_stage(self, is_on: bool) -> None:
        """Let the curves give way to larger digits there: its text takes room."""
        self._is_on_stage = is_on
        self._share_height()

    @property
    def _above(self) -> QWidget:
        """The curves, or what keeps their place."""
        above: QWidget = vars(self).get("curves", self._to_come)
        return above

    @Slot()
    def _share_height(self) -> None:
        above = self._above
        if self._is_on_stage and self.atlas.isVisible():
            give_way(self.height(), above, self.atlas)
        else:
            # No more than what is below can do without: large text takes room there.
            rest = self.height() - self.lower_card.minimumSizeHint().height() - _GAP
            above.setFixedHeight(min(curves_height(self.height()), max(rest, curves_height(0))))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Say less beside the tabs where there is little room; fill by a double click."""
        if watched is self.lower_card:
            if event.type() == QEvent.Type.LayoutRequest:
                self._share_height()
        elif watched is self.atlas:
            if event.type() == QEvent.Type.Resize and self._is_on_stage:
                QTimer.singleShot(0, self, self._share_height)
        elif event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.weights.shorten(watched.width() < pixels(_SHORT))
            self._is_narrow = watched.width() < pixels(_NARROW)
            self._is_tight = watched.width() < pixels(_BOTH)
            self._show_tools()
        elif event.type() == QEvent.Type.MouseButtonDblClick:
            QCoreApplication.sendEvent(self.window(), FillRequest(self.lower_card))
        return False

    def set_theme(self, theme: Theme) -> None:
        """Use these colours for what is made from now on; what there is gets them by itself."""
        self._theme = theme

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Use these icons on the buttons."""
        self.settings_panel.set_icons(icons)

    @cached_property
    def card(self) -> ImageCard:
        """The card of an opened image, made with the first one; it stands beside the atlas."""
        from gui.widgets.images.image_card import ImageCard

        made = ImageCard(self)
        self._lower.addWidget(made)
        give_theme(made, self._theme)
        made.attack_requested.connect(self.attack_requested)
        made.walked.connect(self._walk)
        made.finished.connect(self._card_closed)
        return made

    @cached_property
    def opened(self) -> OpenedImage:
        """What keeps the card true: after the atlas, whose images it shows."""
        from gui.shared.opened_image import OpenedImage

        return OpenedImage(self.card, self._session)

    @cached_property
    def curves(self) -> LearningCurves:
        """Both plots, in the place that was kept for them."""
        from gui.shared.learning_curves import LearningCurves, making_plots

        self._making = self._making or making_plots()
        made = LearningCurves(self._session, [*self._plots, *self._making], self)
        give_theme(made, self._theme)
        made.setGeometry(self._to_come.geometry())
        self._column.replaceWidget(self._to_come, made)
        made.setFixedHeight(self._to_come.height())
        made.setVisible(not self._to_come.isHidden())  # at once, or all would move for a moment
        self._to_come.hide()
        self._to_come.deleteLater()
        return made

    @Slot()
    def _load_curves(self) -> None:
        """Load what draws curves beside the window, now that something is seen."""
        load = partial(import_module, "gui.shared.learning_curves")
        load_beside(self._session.pool, [load], self._make_curves)

    @Slot()
    def _make_curves(self) -> None:
        """Make the curves in pieces, between which the window is alive."""
        from gui.shared.learning_curves import making_plots

        self._making = self._making or making_plots()
        plot = next(self._making, None)
        if plot is not None:
            self._plots.append(plot)
            QTimer.singleShot(0, self, self._make_curves)
        else:
            _ = self.curves
            self.completed.emit()

    @Slot(str)
    def show_tab(self, words: str) -> None:
        """Show what the tab of that name holds."""
        self.switch.choose(words)

    @Slot(str)
    def _switched(self, words: str) -> None:
        """Show what the button pressed names."""
        self.tabs.show_panel(words)
        if words not in self._tools:
            tools = getattr(self.tabs.panel(words), "tools", None)
            self._tools[words] = [] if tools is None else [tools]
            if tools is not None:
                self._head.addWidget(tools)
        self._show_tools()

    def _show_tools(self) -> None:
        """Show those of the tab that is seen, as far as there is room for them."""
        chosen = self.switch.chosen_words
        has_room = {self.colour_bar: not self._is_narrow, self.weights: not self._is_tight}
        self.atlas.set_names_above(self._is_narrow)
        # Each once: showing one lays the row out, which leads here again, and Qt paints a widget
        # that is hidden while it is being shown.
        for tab, tools in self._tools.items():
            for tool in tools:
                tool.setVisible(tab == chosen and has_room.get(tool, True))

    def showEvent(self, event: QShowEvent) -> None:
        """Show what is true now, in an opened image of the atlas too."""
        super().showEvent(event)
        if self.cards:
            self.opened.refresh()

    @Slot()
    def _run_started(self) -> None:
        if self._session.view.dataset is not None:
            self.atlas.set_columns(self._session.view.dataset.class_names)
        self._drawn = None
        for shown in self.cards:
            shown.close()

    def figure_words(self) -> str:
        """Return what the atlas is of."""
        shown = self._session.view.shown
        return "" if shown is None else f"training images, {epoch_words(shown.epoch)}"

    def show_known(self) -> None:
        """Show weights, means and mistakes of the model shown."""
        session = self._session
        shown, dataset = session.view.shown, session.view.dataset
        if shown is None or dataset is None:
            return
        answer = session.readings.diagnosis.answer
        drawn = self._drawn
        problem = "" if answer is None else answer.problem
        # A new question to the diagnosis, which is none of what is seen, comes with every frame.
        if drawn is None or drawn[0] is not shown.weights or drawn[1] is not answer:
            self._drawn = shown.weights, answer
            self.weights.refresh()  # with the first record the start is known
            how, start = self.weights.how, self.weights.start
            weights = weights_row(shown.weights, how, start, dataset.image_shape)
            if answer is not None and answer is not self._rows[0] and answer.found is not None:
                split, found = answer.question.split, answer.found
                self._rows = (answer, diagnosis_rows(split, found, dataset))
            n_worst = session.readings.n_worst
            rows = self._rows[1] or ([] if problem else rows_to_come(dataset, n_worst))
            self.colour_bar.set_limit(weights.limit or 1.0)
            self.atlas.set_rows([weights, *rows])
        self.atlas_words.set_wordings(problem)

    @Slot()
    def _weights_chosen(self) -> None:
        """Show the weights in another way."""
        self._drawn = None
        self.refresh()
        if self.cards:
            self.opened.refresh()

    def remember(self, settings: Settings) -> None:
        """Remember how weights are shown, and what of the settings."""
        self.weights.remember(settings)
        self.settings_panel.remember(settings)

    @Slot()
    def _forget(self) -> None:
        """Let go of mistakes that are of other data."""
        self._rows, self._drawn = (None, []), None

    @Slot(int, int)
    def _cell_clicked(self, row: int, column: int) -> None:
        session, answer = self._session, self._rows[0]  # of what is seen: there may be a later one
        found = None if answer is None else answer.found
        if session.view.shown is None or session.view.dataset is None:
            return
        picture = self.atlas.rows[row]
        if picture.missing and picture.missing[column]:
            return
        index = None
        if row >= WORST and found is not None:
            mistake = found.nth_worst(row - WORST)[column]
            assert mistake is not None
            index = mistake.index

        def make() -> CardContent | None:
            return content_of(self._session, self.atlas, row, column, index)

        if not self.isAncestorOf(self.lower_card):  # it fills the window: beside it is no room
            QCoreApplication.sendEvent(self.window(), FillRequest(self.lower_card))
        self.opened.open(make, _WALK if row >= WORST else "")
        self.atlas.set_opened((row, column))

    @Slot(int, int)
    def _walk(self, down: int, right: int) -> None:
        """Open the next worst of this class, or the worst of the next class."""
        row, column = self.atlas.walk(down, right)
        if row >= WORST:
            self._cell_clicked(row, column)

    @Slot()
    def _card_closed(self) -> None:
        """Go on where the image was opened."""
        self.atlas.set_opened(None)
        if self.atlas.isVisible():
            self.atlas.setFocus()

    @Slot(object)
    def _open_content(self, make: Callable[[], CardContent | None]) -> None:
        self.atlas.set_opened(None)
        self.opened.open(make)

    @Slot(str, int)
    def _open_sample(self, part: str, index: int) -> None:
        self.atlas.set_opened(None)
        self.opened.open_sample(part, index)
