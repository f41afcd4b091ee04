"""Every way in which a person opens data in the window: dialogs, dropping, the recent list."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QLabel, QMainWindow, QMenu

from core.words import counted
from gui.window.data_chooser import noise_words

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData

    from core.data.config import DataConfig
    from core.sources.arrays.roles import ArraysUnclear
    from core.sources.reading import ReadingConfig
    from gui.session.data import Loaded
    from gui.session.session import Session
    from gui.settings import Settings
    from gui.shared.file_dialogs import FileDialogs

_LONGEST_NAME = 60


class OpenData(QObject):
    """Asks for files and folders, takes dropped ones, and remembers what was opened."""

    def __init__(
        self, window: QMainWindow, session: Session, settings: Settings, dialogs: FileDialogs
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._settings = window, session, settings
        self._dialogs = dialogs
        self.recent_menu = QMenu("Open recent", window)
        self.recent_menu.aboutToShow.connect(self._fill_recent)
        self._fill_recent()
        self.drop_words = QLabel(window)
        self.drop_words.setObjectName("dropWords")
        self.drop_words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.drop_words.setWordWrap(True)
        self.drop_words.hide()
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        session.data.accepted.connect(self._accepted)
        session.data.unclear.connect(self._ask_arrays)

    @Slot()
    def ask_folder(self) -> None:
        """Ask for a folder: IDX files, pictures by class, tables."""
        folder = self._dialogs.open_folder("Open a folder of data")
        if folder:
            self._session.open(folder)

    @Slot()
    def ask_file(self) -> None:
        """Ask for one file of any kind; its content says what it is."""
        file = self._dialogs.open_data("Open data")
        if file:
            self._session.open(file)

    @Slot(str, object, object)
    def _ask_arrays(self, path: str, question: ArraysUnclear, reading: ReadingConfig) -> None:
        """Ask which array of a file is what."""
        from gui.window.array_chooser import ArrayChooser

        chooser = ArrayChooser(path, question, reading, self._window)
        chooser.chosen.connect(self._session.open)
        chooser.open()

    @Slot()
    def _fill_recent(self) -> None:
        self.recent_menu.clear()
        recent = self._settings.recent
        for number, (path, reading) in enumerate(recent, start=1):
            shown = path if len(path) <= _LONGEST_NAME else "..." + path[-_LONGEST_NAME:]
            action = self.recent_menu.addAction(f"&{number % 10}  {shown.replace('&', '&&')}")
            action.setData(path)
            action.triggered.connect(partial(self._open_recent, path, reading))
        if recent:
            self.recent_menu.addSeparator()
            self.recent_menu.addAction("Forget these", self._forget)
        else:
            self.recent_menu.addAction("nothing opened yet").setEnabled(False)

    def _open_recent(self, path: str, reading: ReadingConfig, _: bool = False) -> None:
        self._session.open(path, reading)

    @Slot()
    def _forget(self) -> None:
        self._settings.forget_opened()
        self._fill_recent()

    @Slot(object, object)
    def _accepted(self, loaded: Loaded, config: DataConfig) -> None:
        if loaded.name not in self._session.data.opened_paths:
            return  # by name: the panel lists those
        path = Path(loaded.name).expanduser().absolute()  # it is opened again from anywhere
        self._settings.remember_opened(str(path), loaded.reading)
        self._fill_recent()
        data = loaded.dataset
        height, width = data.image_shape
        words = (
            f"{data.name}: {data.train.n_samples:,} training and "
            f"{counted(data.test.n_samples, 'test image')} of {height} x {width} pixels, "
            f"{data.n_classes} classes."
        )
        noise = noise_words(config)
        noted = (f"Still in force: {noise}.",) if noise else ()
        self._session.messages.note(" ".join((words, *data.notes, *noted)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take files and folders that are dropped anywhere on the window."""
        if isinstance(event, QDropEvent):  # moving over the window is one too
            if isinstance(event, QDragEnterEvent):
                self._drag_entered(event)
                return True
            if event.type() == QEvent.Type.Drop:
                self._dropped(event)
                return True
        if event.type() == QEvent.Type.DragLeave:
            self.drop_words.hide()
        return False

    def _drag_entered(self, event: QDragEnterEvent) -> None:
        path = _local_path(event.mimeData())
        if path is None:
            return
        event.acceptProposedAction()
        name = path.rstrip("/").rsplit("/", 1)[-1]
        self.drop_words.setText(f"Drop to open\n{name}")
        self.drop_words.setGeometry(self._window.rect().adjusted(24, 24, -24, -24))
        self.drop_words.show()
        self.drop_words.raise_()

    def _dropped(self, event: QDropEvent) -> None:
        self.drop_words.hide()
        path = _local_path(event.mimeData())
        if path is None:
            return
        event.acceptProposedAction()
        if len(event.mimeData().urls()) > 1:
            message = "Drop one file or folder at a time; a folder may hold images and labels."
            self._session.messages.warn(message)
        else:
            self._session.open(path)


def _local_path(mime: QMimeData) -> str | None:
    """Return the first dropped file or folder, or None where it is something else."""
    paths = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
    return paths[0] if paths else None
