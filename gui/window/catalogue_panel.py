"""The catalogue: data sets people know by name, to be had with one click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QProgressBar, QWidget

from core.errors import DatasetError
from core.sources.catalogue.entries import CATALOGUE
from core.sources.catalogue.mirrors import MIRROR_VARIABLE
from core.words import sized
from gui.shared.columns import label, sentences
from gui.widgets.basics.controls import button
from gui.widgets.basics.layouts import below, beside
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from core.sources.catalogue.entries import CatalogueEntry
    from gui.session.session import Session

_PARTS = 1000
_FAILED = "It could not be downloaded. Point here for the reasons and for other ways."


class CatalogueRow(QWidget):
    """One set: what it is, and the one thing that can be done with it now."""

    def __init__(self, entry: CatalogueEntry, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.entry = entry
        self._session, self._downloads = session, session.downloads
        self.name = label(entry.label, self, "sentence")
        self.button = button("", self, look="small", pressed=self._clicked)
        self.words = sentences(self, "caption")
        self.bar = QProgressBar(self)
        self.bar.setRange(0, _PARTS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(f"download of {entry.label}")
        head = beside((self.name, 1), self.button)
        self.setLayout(below(head, self.bar, self.words, spacing=3, margins=(0, 4, 0, 4)))
        about = (
            f"{entry.n_train:,} training and {entry.n_test:,} test images, {entry.licence}. "
            f"{entry.source}."
        )
        self.setToolTip(wrapped(entry.label, entry.summary, about, entry.home))
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what can be done, or how far it is."""
        key, downloads = self.entry.key, self._downloads
        on_its_way = key in downloads.progress
        self.bar.setVisible(on_its_way)
        self.words.setToolTip("")
        if on_its_way:
            self._show_progress()
            self._offer("Cancel", f"Stop downloading {self.entry.label}")
        elif downloads.is_here(key):
            self.words.setText(f"{self.entry.summary} On this machine.")
            self._offer("Open", f"Learn {self.entry.label} from now on")
        else:
            size = sized(self.entry.n_bytes)
            failure = downloads.failures.get(key, "")
            summary = f"{self.entry.summary} {size}, {self.entry.licence}."
            self.words.setText(_FAILED if failure else summary)
            if failure:
                self.words.setToolTip(wrapped(failure))
            words = "Try again" if failure else "Download"
            self._offer(words, f"Download {self.entry.label}, {size}; the run goes on meanwhile")

    def _offer(self, words: str, help: str) -> None:
        self.button.setText(words)
        self.button.setToolTip(help)
        self.button.setAccessibleName(help)

    def _show_progress(self) -> None:
        progress = self._downloads.progress[self.entry.key]
        if progress is None:
            self.bar.setValue(0)
            self.words.setText("starting ...")
            return
        self.bar.setValue(_PARTS * progress.done // max(progress.total, 1))
        how_far = f"{sized(progress.done)} of {sized(progress.total)}"
        self.words.setText(f"{how_far}, {sized(progress.speed)}/s: {progress.words}")

    @Slot()
    def _clicked(self) -> None:
        key = self.entry.key
        if key in self._downloads.progress:
            self._downloads.call_off(key)
        elif self._downloads.is_here(key):
            self._session.open(key)
        else:
            self._downloads.start(key)


class Catalogue(QWidget):
    """All sets, and the mirror to ask first."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, downloads = session, session.downloads
        self.rows = {key: CatalogueRow(entry, session, self) for key, entry in CATALOGUE.items()}
        self.mirror = QLineEdit(downloads.mirror, self)
        self.mirror.setObjectName("mirror")
        self.mirror.setAccessibleName("Mirror")
        self.mirror.setPlaceholderText("mirror: folder or address")
        self.mirror.setClearButtonEnabled(True)
        self.mirror.setToolTip(
            wrapped(
                "Mirror",
                "A folder, a USB stick or an address in your network that is asked first for the "
                "files, as /media/stick or http://192.168.1.5:8000/.",
                f"The variable {MIRROR_VARIABLE} does the same from outside.",
            )
        )
        self.mirror.editingFinished.connect(self._mirror_given)
        self.setLayout(below(*self.rows.values(), self.mirror, spacing=2))
        downloads.changed.connect(self._refresh)

    @Slot(str)
    def _refresh(self, key: str) -> None:
        self.rows[key].refresh()

    @Slot()
    def _mirror_given(self) -> None:
        mirror, downloads = self.mirror.text().strip(), self._session.downloads
        if mirror == downloads.mirror:
            return
        try:
            downloads.set_mirror(mirror)
        except DatasetError as error:
            self._session.messages.warn(str(error))
