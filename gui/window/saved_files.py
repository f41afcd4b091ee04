"""What a person keeps: the picture of a page, the curves, the model; and opening a model again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QMainWindow

from core.errors import ModelError
from core.learning.model_file import SUFFIX, SavedModel, load_model, save_model, settings_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStackedWidget

    from gui.session.session import Session

_MODELS = f"Models (*{SUFFIX})"


class SavedFiles(QObject):
    """Asks where to, writes, and says what came of it."""

    def __init__(self, window: QMainWindow, session: Session, pages: QStackedWidget) -> None:
        super().__init__(window)
        self._window, self._session, self._pages = window, session, pages

    def _tell(self, message: str, *, is_error: bool = False) -> None:
        self._session.messages.notified.emit(message, is_error)

    @Slot()
    def save_picture(self) -> None:
        """Save the page as it is shown."""
        picture = self._pages.grab()
        file, _ = QFileDialog.getSaveFileName(
            self._window, "Save picture", "page.png", "PNG (*.png)"
        )
        if file and not picture.save(file, "PNG"):
            self._tell(f"{file} cannot be written; choose another folder", is_error=True)
        elif file:
            self._tell(f"Saved {file}")

    @Slot()
    def save_curves(self) -> None:
        """Save the curves of this run."""
        history = self._session.view.history
        if history is None or not history.records:
            self._tell("There are no curves yet: let the run begin first", is_error=True)
            return
        file, _ = QFileDialog.getSaveFileName(
            self._window, "Save curves", "curves.csv", "CSV (*.csv)"
        )
        if not file:
            return
        try:
            Path(file).write_text(history.to_csv(), encoding="utf-8")
        except OSError as error:
            message = f"{file} cannot be written: {error.strerror}; choose another folder"
            self._tell(message, is_error=True)
        else:
            self._tell(f"Saved {file}")

    @Slot()
    def save_model(self) -> None:
        """Save the model shown: its weights, and what they belong to."""
        session = self._session
        shown, dataset = session.view.shown, session.view.dataset
        if shown is None or dataset is None:
            self._tell("There is no model yet: let the run begin first", is_error=True)
            return
        file, _ = QFileDialog.getSaveFileName(self._window, "Save model", "model" + SUFFIX, _MODELS)
        if not file:
            return
        path = Path(file)
        if not path.suffix:
            path = path.with_suffix(SUFFIX)
            if path.exists():  # the dialog has asked about another name
                self._tell(f"{path} exists already; choose another name", is_error=True)
                return
        model = SavedModel(
            weights=shown.weights,
            image_shape=dataset.image_shape,
            class_names=dataset.class_names,
            dataset=dataset.name,
            epoch=shown.epoch,
            settings=settings_of(session.view.shown_config),
        )
        try:
            save_model(path, model)
        except ModelError as error:
            self._tell(str(error), is_error=True)
        else:
            self._tell(f"Saved the model of epoch {shown.epoch:.4g} in {path}")

    @Slot()
    def open_model(self) -> None:
        """Go on from a saved model; the run so far stays for comparison."""
        file, _ = QFileDialog.getOpenFileName(self._window, "Open model", "", _MODELS)
        if not file:
            return
        pending = self._session.data.pending
        dataset = self._session.wanted.full_dataset if pending is None else pending.full
        if dataset is None:
            self._tell("Open the data first that the model is to read", is_error=True)
            return
        try:
            model = load_model(Path(file))
            model.check_fits(dataset)
        except ModelError as error:
            self._tell(str(error), is_error=True)
            return
        self._session.training.start_from(model.weights)
        self._tell(
            f"{Path(file).name}: trained on {model.dataset} for {model.epoch:.4g} epochs. A new "
            "run begins with it and is held; play to train it on, rewind to leave it."
        )
