"""The panel on the left: what is trained, on what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from core.data.config import DataConfig
from core.errors import printable
from core.learning.config import TrainingConfig
from core.learning.presets import PRESETS
from core.parameters import parameters_of
from core.sources import NAMED_SOURCES
from core.sources.catalogue.entries import CATALOGUE
from gui.session.run_state import RunState
from gui.shared.columns import heading, sentences
from gui.widgets.basics.controls import button, chooser
from gui.widgets.basics.layouts import below
from gui.widgets.basics.parameter_form import ParameterForm, tooltip
from gui.widgets.basics.tooltips import wrapped
from gui.window.catalogue_panel import CataloguePanel

if TYPE_CHECKING:
    from gui.session.session import Session

_SCROLL_BAR = 14
_SIZES = ("train_size", "test_size", "validation_size")
# Not paths: no file name holds a NUL.
_OPEN_FOLDER, _OPEN_FILE = "\0folder", "\0file"


class ExperimentPanel(QFrame):
    """Data, presets and the declared settings, grouped by when a change acts."""

    open_folder_requested = Signal()
    open_file_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("card")
        data, training = parameters_of(DataConfig), parameters_of(TrainingConfig)

        self.data_combo = chooser("Data", self, shortest=12)
        self.data_combo.setToolTip(tooltip(data["dataset"], None))
        self.data_combo.activated.connect(self._data_chosen)
        self.data_words = sentences(self, "caption")
        self.data_words.setAlignment(Qt.AlignmentFlag.AlignTop)
        # What is below it stays where it is when the data come.
        self.data_words.setMinimumHeight(2 * self.data_words.fontMetrics().lineSpacing())
        self.catalogue = CataloguePanel(session, self)
        session.downloads.changed.connect(self._catalogue_changed)
        self.preset_combo = chooser(
            "Preset",
            self,
            "Begin a run with a whole set of settings; the run so far stays, for comparison.",
            {key: preset.label for key, preset in PRESETS.items()} | {"": "Own settings"},
        )
        for place, preset in enumerate(PRESETS.values()):
            self.preset_combo.setItemData(place, wrapped(preset.help), Qt.ItemDataRole.ToolTipRole)
        self.preset_combo.activated.connect(self._preset_chosen)

        live = [(name, item) for name, item in training.items() if item.live]
        later = [(name, item) for name, item in training.items() if not item.live]
        sizes = [(name, data[name]) for name in _SIZES]  # the Data page has the others
        self.live_form = ParameterForm(live, self)
        self.later_form = ParameterForm([*sizes, *later], self)
        for form in (self.live_form, self.later_form):
            form.changed.connect(session.wanted.set_setting)
            form.refused.connect(session.messages.warn)
        tip = "Some settings wait for a new start. The run so far stays, faint, for comparison. (R)"
        again = session.training.start_again
        self.rewind_button = button("Start again", self, tip, "call", lambda: again())

        inside = QWidget(self)
        of_data = (self.data_combo, self.data_words, self.catalogue, self.preset_combo)
        at_once = (heading("ACTS AT ONCE", self), self.live_form)
        on_rewind = (heading("WAITS FOR A NEW START", self), self.later_form)
        parts = (heading("EXPERIMENT", self), *of_data, 6, *at_once, 6, *on_rewind, None)
        inside.setLayout(below(*parts, margins=(12, 12, 10, 8)))
        scroll = QScrollArea(self)
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(inside.minimumSizeHint().width() + _SCROLL_BAR)
        call = (self.rewind_button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(below((scroll, 1), call, spacing=0, margins=(1, 1, 1, 10)))

        session.wanted.changed.connect(self.refresh)
        session.view.dataset_changed.connect(self.refresh)
        session.view.run_state_changed.connect(self.refresh)
        self.refresh()

    @Slot(str)
    def _catalogue_changed(self, key: str) -> None:
        # A download tells of itself many times a second; the list only changes with its end.
        if key not in self._session.downloads.progress:
            self._refresh_data()

    @Slot()
    def refresh(self) -> None:
        """Show what the session wants and what waits."""
        session = self._session
        training, data = session.wanted.training, session.wanted.data
        self.live_form.show_values(training)
        for name, row in self.later_form.rows.items():
            row.show_value(getattr(data if name in _SIZES else training, name))
        self._refresh_data()
        preset = next((key for key, one in PRESETS.items() if one.fits(training, data)), "")
        self.preset_combo.setCurrentIndex(self.preset_combo.findData(preset))
        self.rewind_button.setVisible(session.wanted.needs_rewind)

    def _refresh_data(self) -> None:
        session, combo = self._session, self.data_combo
        wanted = session.data.coming or session.wanted.data.dataset
        combo.clear()
        for name, (words, _) in NAMED_SOURCES.items():
            combo.addItem(words, name)
        for key, entry in CATALOGUE.items():
            if session.downloads.is_here(key) or key == wanted:
                combo.addItem(entry.label, key)
        paths = [*session.data.opened_paths]
        if wanted not in (*NAMED_SOURCES, *CATALOGUE, *paths):
            paths.append(wanted)  # on its way
        for path in paths:
            combo.addItem(printable(path.rstrip("/").rsplit("/", 1)[-1]), path)
            combo.setItemData(combo.count() - 1, wrapped(path), Qt.ItemDataRole.ToolTipRole)
        combo.insertSeparator(combo.count())
        combo.addItem("Open file...", _OPEN_FILE)
        combo.addItem("Open folder...", _OPEN_FOLDER)
        combo.setCurrentIndex(combo.findData(wanted))
        dataset = session.view.dataset
        if dataset is None:
            failed = session.view.run_state is RunState.FAILED
            words = "no data yet" if failed and not session.data.opening else "opening ..."
        else:
            height, width = dataset.image_shape
            short = session.view.data_config.test_size > dataset.test.n_samples
            all_words = " (all)" if short else ""
            held = f" + {dataset.validation.n_samples}" if dataset.validation else ""
            words = (
                f"{height} x {width} pixels, {dataset.n_classes} classes\n"
                f"{dataset.train.n_samples}{held} train, {dataset.test.n_samples} test{all_words}"
            )
            noise = noise_words(session.view.data_config)
            words += f"\n{noise}" if noise else ""
        self.data_words.setText(words)
        if dataset is not None:
            self.data_words.setToolTip(wrapped(f"{dataset.name}: {dataset.source}"))

    @Slot(int)
    def _data_chosen(self, index: int) -> None:
        chosen = self.data_combo.itemData(index)
        if chosen not in (_OPEN_FOLDER, _OPEN_FILE):
            self._session.open(chosen, self._session.data.opened_paths.get(chosen))
            return
        self._refresh_data()
        if chosen == _OPEN_FOLDER:
            self.open_folder_requested.emit()
        else:
            self.open_file_requested.emit()

    @Slot(int)
    def _preset_chosen(self, index: int) -> None:
        key = self.preset_combo.itemData(index)
        if key:
            self._session.training.begin_preset(PRESETS[key])
        self.refresh()


def noise_words(config: DataConfig) -> str:
    """Return how the data are spoilt on purpose, or nothing."""
    words = []
    if config.label_noise:
        words.append(f"{config.label_noise:g} % of the training labels are wrong")
    if config.pixel_noise:
        words.append(f"pixel noise {config.pixel_noise:g}")
    return ", ".join(words)
