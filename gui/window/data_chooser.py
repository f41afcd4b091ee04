"""Which data are learnt: chosen by name, opened, or had from the catalogue."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPainter
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox

from core.data.config import DataConfig
from core.errors import printable
from core.parameters import parameters_of
from core.sources import NAMED_SOURCES
from core.sources.catalogue.entries import CATALOGUE
from gui.session.run_state import RunState
from gui.theme import grow, pixels
from gui.widgets.basics.controls import offer
from gui.widgets.basics.drop_down import Unfolded
from gui.widgets.basics.fitting_words import fitting
from gui.widgets.basics.layouts import scrolled
from gui.widgets.basics.parameter_form import tooltip
from gui.widgets.basics.tooltips import wrapped
from gui.window.catalogue_panel import Catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session

# Not paths: no file name holds a NUL.
_OPEN_FOLDER, _OPEN_FILE, _MORE = "\0folder", "\0file", "\0more"


class HeadChooser(QComboBox):
    """A list in the head, as wide as what it says; ``brief``, it is an icon alone.

    Parameters
    ----------
    icon_name : of its icon
    longest : pixels of what it says; more is cut
    """

    icon_name = "data"
    longest = 190

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("head")
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.currentTextChanged.connect(self.updateGeometry)
        self._icon, self._is_brief = QIcon(), False
        grow(self, icon_size=18)

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Use these icons."""
        self._icon = icons[self.icon_name]
        self.update()

    @property
    def is_brief(self) -> bool:
        """Whether it is an icon alone."""
        return self._is_brief

    def be_brief(self, is_brief: bool) -> None:
        """Say nothing, or what is chosen."""
        if is_brief != self._is_brief:
            self._is_brief = is_brief
            self.updateGeometry()

    @property
    def _words_width(self) -> int:
        words = self.fontMetrics().horizontalAdvance(self.currentText())
        return min(words, pixels(self.longest))

    def sizeHint(self) -> QSize:
        """Return the room for what it says now."""
        hint = super().sizeHint()
        words = self.iconSize().width() if self._is_brief else self._words_width
        return QSize(words + hint.height() + 8, hint.height())

    def minimumSizeHint(self) -> QSize:
        """Return the room for a few letters."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), 3 * hint.height()), hint.height())

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """Give the style an icon in place of words, or as many of them as there is room for."""
        super().initStyleOption(option)
        if self._is_brief:
            option.currentText, option.currentIcon = "", self._icon
        else:
            room = self._words_width + self.width() - self.sizeHint().width()
            option.currentText = fitting(self.fontMetrics(), (option.currentText,), room)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it as the style does, of :meth:`initStyleOption`."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        with QPainter(self) as painter:
            list_, words = QStyle.ComplexControl.CC_ComboBox, QStyle.ControlElement.CE_ComboBoxLabel
            self.style().drawComplexControl(list_, option, painter, self)
            self.style().drawControl(words, option, painter, self)

    def showPopup(self) -> None:
        """Open the list, wide enough for its longest choice."""
        # A list that was never seen has not its font yet: what it says of itself may be too little.
        metrics = self.fontMetrics()
        words = (self.itemText(place) for place in range(self.count()))
        widest = max(map(metrics.horizontalAdvance, words), default=0)
        own = self.view().sizeHintForColumn(0)
        self.view().setMinimumWidth(max(own + 24, widest + 2 * metrics.height()))
        super().showPopup()


class DataChooser(HeadChooser):
    """Built-in data, those on this machine, opened paths, and the ways to others."""

    open_folder_requested = Signal()
    open_file_requested = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Data", parent)
        self._session = session
        self._help = tooltip(parameters_of(DataConfig)["dataset"], None)
        self.activated.connect(self._chosen)
        session.downloads.changed.connect(self._catalogue_changed)
        session.wanted.changed.connect(self.refresh)
        session.data.changed.connect(self.refresh)
        session.view.dataset_changed.connect(self.refresh)
        session.view.run_state_changed.connect(self.refresh)
        self.refresh()

    @cached_property
    def catalogue(self) -> Catalogue:
        """Sets people know by name, made when they are first looked at."""
        return Catalogue(self._session, self)

    @cached_property
    def unfolded(self) -> Unfolded:
        """What the catalogue stands in."""
        area = scrolled(self.catalogue, sideways=False)
        return Unfolded(self.window(), area, (12, 8, 4, 8))

    @Slot()
    def show_catalogue(self) -> None:
        """Unfold the catalogue."""
        frame, room = self.unfolded, self.window().height() - 140
        wanted = self.catalogue.sizeHint()
        frame.setFixedSize(max(wanted.width(), 330) + 40, min(wanted.height() + 24, room))
        frame.show_at(self)

    @Slot(str)
    def _catalogue_changed(self, key: str) -> None:
        # A download tells of itself many times a second; the list only changes with its end.
        if key not in self._session.downloads.progress:
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Offer what there is; say what is learnt."""
        session = self._session
        wanted = session.data.coming or session.wanted.data.dataset
        choices = {name: words for name, (words, _) in NAMED_SOURCES.items()}
        for key, entry in CATALOGUE.items():
            if session.downloads.is_here(key) or key == wanted:
                choices[key] = entry.label
        paths = [*session.data.opened_paths]
        if wanted not in (*choices, *paths):
            paths.append(wanted)  # on its way
        choices |= {path: printable(path.rstrip("/").rsplit("/", 1)[-1]) for path in paths}
        n_data = len(choices)
        choices |= {
            _OPEN_FILE: "Open file...",
            _OPEN_FOLDER: "Open folder...",
            _MORE: "More data...",
        }
        there = {self.itemData(i): self.itemText(i) for i in range(self.count())}
        if {key: words for key, words in there.items() if key is not None} != choices:
            offer(self, choices)
            self.insertSeparator(n_data)
            for path in paths:
                tip = wrapped(path)
                self.setItemData(self.findData(path), tip, Qt.ItemDataRole.ToolTipRole)
        self.setCurrentIndex(self.findData(wanted))
        self.setToolTip(f"{self._help}{wrapped(*self._words())}")

    def _words(self) -> tuple[str, ...]:
        """Say what the data are."""
        session, dataset = self._session, self._session.view.dataset
        if dataset is None:
            failed = session.view.run_state is RunState.FAILED
            return ("no data yet" if failed and not session.data.opening else "opening ...",)
        height, width = dataset.image_shape
        is_short = session.view.data_config.test_size > dataset.test.n_samples
        held = f" + {dataset.validation.n_samples:,}" if dataset.validation else ""
        return (
            f"{height} x {width} pixels, {dataset.n_classes} classes",
            f"{dataset.train.n_samples:,}{held} train, {dataset.test.n_samples:,} test"
            f"{' (all)' if is_short else ''}",
            noise_words(session.view.data_config),
            f"{dataset.name}: {dataset.source}",
        )

    @Slot(int)
    def _chosen(self, index: int) -> None:
        chosen = self.itemData(index)
        ways = {
            _OPEN_FOLDER: self.open_folder_requested.emit,
            _OPEN_FILE: self.open_file_requested.emit,
            _MORE: self.show_catalogue,
        }
        if chosen in ways:
            self.refresh()
            ways[chosen]()
        else:
            self._session.open(chosen, self._session.data.opened_paths.get(chosen))


def noise_words(config: DataConfig) -> str:
    """Return how the data are spoilt on purpose, or nothing."""
    words = []
    if config.label_noise:
        words.append(f"{config.label_noise:g} % of the training labels are wrong")
    if config.pixel_noise:
        words.append(f"pixel noise {config.pixel_noise:g}")
    return ", ".join(words)
