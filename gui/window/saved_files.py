"""What a person keeps: the curves, the model; and opening a model again."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from core.errors import ModelError
from core.learning.model_file import SUFFIX, SavedModel, load_model, save_model
from core.learning.records import epoch_words
from core.words import counted

if TYPE_CHECKING:
    from gui.session.session import Session
    from gui.shared.file_dialogs import FileDialogs
    from gui.shared.writing import Writing

_MODELS = f"Models (*{SUFFIX})"


class SavedFiles(QObject):
    """Asks where to, writes, and says what came of it."""

    def __init__(
        self, session: Session, dialogs: FileDialogs, writing: Writing, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._dialogs, self._writing = session, dialogs, writing

    @Slot()
    def save_curves(self) -> None:
        """Save the curves of the run shown, and of all that are drawn behind it."""
        from core.report.run_curves import curves_of_run, curves_of_seeds, curves_table

        view = self._session.view
        runs, present = view.runs, (view.data_config, view.reading)
        curves = [
            curves_of_run(entry.name, entry.run)
            for entry in runs.on(*present)
            if (entry.is_visible or entry.key == runs.shown_key) and entry.run.history.records
        ]
        bands = (entry for entry in runs.bands_on(*present) if entry.is_visible)
        curves += [one for e in bands for one in curves_of_seeds(e.name, e.run, e.band)]
        if not curves:
            self._session.messages.warn("There are no curves yet: let the run begin first")
            return
        path = self._dialogs.save("Save curves", "curves.csv", "CSV (*.csv)")
        if path is not None:
            self._writing.save(path, lambda: curves_table(curves).to_csv().encode("utf-8"))

    @Slot()
    def save_model(self) -> None:
        """Save the model shown: its weights, and what they belong to."""
        session = self._session
        shown, dataset = session.view.shown, session.view.dataset
        if shown is None or dataset is None:
            session.messages.warn("There is no model yet: let the run begin first")
            return
        path = self._dialogs.save("Save model", "model" + SUFFIX, _MODELS)
        if path is None:
            return
        model = SavedModel(
            weights=shown.weights,
            image_shape=dataset.image_shape,
            class_names=dataset.class_names,
            dataset=dataset.name,
            epoch=shown.epoch,
            settings=asdict(session.view.shown_config),
        )
        try:
            save_model(path, model)
        except ModelError as error:
            session.messages.warn(str(error))
        else:
            session.messages.note(f"Saved the model of {epoch_words(shown.epoch)} in {path}")

    @Slot()
    def save_script(self) -> None:
        """Save the run shown as a script that needs NumPy alone, and its images beside it."""
        from core.report.script import IMAGES_SUFFIX, SUFFIX, data_words, images_of, script_of

        view, messages = self._session.view, self._session.messages
        run, dataset = view.runs.shown, view.dataset
        if run is None or dataset is None or not run.history.records:
            messages.warn("There is no run yet: let one begin first")
            return
        if not view.has_data_of(run):
            messages.warn(
                "This run learnt other images than there are now: start again with its data "
                "settings, then save its script."
            )
            return
        path = self._dialogs.save("Save as NumPy script", f"run{SUFFIX}", f"Python (*{SUFFIX})")
        if path is None:
            return
        course = run.recorded_course
        entry, last = view.runs.entry(run.key), run.history.records[-1].epoch
        title = f"{'' if entry is None else entry.name}, {data_words(dataset)}"
        images = path.with_suffix(IMAGES_SUFFIX)
        self._writing.hand(lambda: images_of(dataset, course), lambda _: None, images)
        self._writing.save(path, lambda: script_of(dataset, course, last, title))

    @Slot()
    def open_model(self) -> None:
        """Go on from a saved model; the run so far stays for comparison."""
        messages = self._session.messages
        path = self._dialogs.open_saved("Open model", _MODELS)
        if path is None:
            return
        pending = self._session.data.pending
        dataset = self._session.wanted.full_dataset if pending is None else pending.full
        if dataset is None:
            messages.warn("Open the data first that the model is to read")
            return
        try:
            model = load_model(path)
            model.check_fits(dataset)
        except ModelError as error:
            messages.warn(str(error))
            return
        self._session.training.start_from(model.weights)
        messages.note(
            f"{path.name}: trained on {model.dataset} for "
            f"{counted(model.epoch, 'epoch')}. A new run begins with it and is held; "
            "play to train it on, start again to leave it."
        )
