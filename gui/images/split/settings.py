"""Controls of the Data page: split and noise, how data are read."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from core.data.config import DataConfig
from core.errors import SettingError
from core.parameters import parameters_of
from core.sources import NAMED_SOURCES
from core.sources.catalogue.entries import CATALOGUE
from core.sources.reading import ReadingConfig
from gui.shared.columns import heading, sentences
from gui.widgets.basics.layouts import below
from gui.widgets.basics.parameter_form import ParameterForm

if TYPE_CHECKING:
    from gui.session.session import Session

_SPLIT_AND_NOISE = (
    "validation_size",
    "test_share",
    "split_seed",
    "label_noise",
    "pixel_noise",
    "noise_seed",
)
_ONLY_WITHOUT_TEST = ("test_share", "split_seed")
_READING = (
    "ink",
    "full_ink",
    "orientation",
    "label_column",
    "ignored_columns",
    "picture_side",
    "image_height",
)
_LOOKED_AT = 200
"""Entries of a folder; the window must not wait for more."""

_TABLES = (".csv", ".tsv", ".txt")
_ARCHIVES = (".zip", ".tar", ".tgz")
_ROWS_OF_PIXELS = (*_TABLES, ".npy", ".npz", ".pkl", ".pickle", ".mat")


class SplitAndNoise(QWidget):
    """How the data are divided and spoilt; it acts at the next start."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        declared = parameters_of(DataConfig)
        self.form = ParameterForm([(name, declared[name]) for name in _SPLIT_AND_NOISE], self)
        self.form.changed.connect(session.wanted.set_setting)
        self.form.refused.connect(session.messages.warn)
        self.form.refused.connect(self.refresh)
        self.setLayout(below(heading("SPLIT AND NOISE", self), self.form))
        session.wanted.changed.connect(self.refresh)
        session.view.dataset_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what the session wants, and only what acts on these data."""
        self.form.show_values(self._session.wanted.data)
        full = self._session.wanted.full_dataset
        for name in _ONLY_WITHOUT_TEST:
            show_row(self.form, name, visible=full is not None and not full.has_own_test)


class HowItIsRead(QWidget):
    """Where the data come from, what was done to them, and what their file leaves open.

    A change opens the file again.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._looked_at: tuple[str, ReadingConfig] | None = None
        self.source = sentences(self, "muted", selectable=True)
        self.notes = sentences(self, selectable=True)
        declared = parameters_of(ReadingConfig)
        self.form = ParameterForm([(name, declared[name]) for name in _READING], self)
        self.form.changed.connect(self._changed)
        self.form.refused.connect(self._refused)
        title = heading("HOW IT IS READ", self)
        self.setLayout(below(title, self.source, self.notes, self.form))
        session.wanted.changed.connect(self.refresh)
        session.view.dataset_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show how the present data were read, and only what matters to them."""
        session, dataset = self._session, self._session.view.dataset
        self.setVisible(dataset is not None)
        if dataset is None:
            return
        self.source.setText(_breakable(dataset.source))
        self.notes.setText("\n".join(_breakable(note) for note in dataset.notes))
        self.notes.setVisible(bool(dataset.notes))
        source = session.view.data_config.dataset
        from_file = source not in NAMED_SOURCES and source not in CATALOGUE
        self.form.setVisible(from_file)
        self.form.show_values(session.view.reading)
        # What was opened may lie deeper than what was asked for.
        if from_file and self._looked_at != (dataset.source, session.view.reading):
            self._looked_at = dataset.source, session.view.reading
            matters = what_matters(*self._looked_at)
            for name in _READING:
                show_row(self.form, name, visible=name in matters)

    @Slot(str, object)
    def _changed(self, name: str, value: Any) -> None:
        session, source = self._session, self._session.view.data_config.dataset
        # A change that is on its way is not lost to the next one.
        before = session.data.reading_of(source)
        try:
            reading = replace(before, **{name: value})
        except SettingError as error:
            self._refused(str(error))
            return
        if reading != before:
            session.open(source, reading)

    @Slot(str)
    def _refused(self, message: str) -> None:
        self._session.messages.warn(message)
        self.refresh()


def what_matters(path: str, reading: ReadingConfig) -> set[str]:
    """Return the names of the reading options that can change what is read from a path.

    One that was set is always among them: else it could not be taken back.
    """
    usual = ReadingConfig()
    matters = {"ink", "full_ink", "orientation"}
    matters |= {name for name in _READING if getattr(reading, name) != getattr(usual, name)}
    place = Path(path).expanduser()
    try:
        inside = list(islice(place.iterdir(), _LOOKED_AT)) if place.is_dir() else [place]
        if any(entry.is_dir() for entry in inside):
            matters.add("picture_side")
    except OSError:  # gone or locked since it was read: nothing more can be known
        inside = [place]
    names = [entry.name.lower().removesuffix(".gz") for entry in inside]
    ways = [part.lower().removesuffix(".gz") for part in place.parts]
    if any(name.endswith(_ARCHIVES) for name in (*names, *ways)):
        matters |= set(_READING)  # it may hold anything
    if any(name.endswith(_TABLES) for name in names):
        matters |= {"label_column", "ignored_columns"}
    if any(name.endswith(_ROWS_OF_PIXELS) for name in names):
        matters.add("image_height")
    return matters


def show_row(form: ParameterForm, name: str, *, visible: bool) -> None:
    """Show or hide one row of a form."""
    row = form.rows[name]
    for widget in (row.label, row.editor):
        widget.setVisible(visible)


def _breakable(words: str) -> str:
    """Return words that may be broken after a slash: a long path must not widen the column."""
    return words.replace("/", "/\N{ZERO WIDTH SPACE}").replace("\\", "\\\N{ZERO WIDTH SPACE}")
