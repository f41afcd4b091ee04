"""ONE STEP: the update as a formula with its numbers, and the images it was last made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from core.parameters import parameters_of
from core.words import counted
from gui.learn.settings.batch_picture import BatchPicture
from gui.learn.settings.study import BatchStudy
from gui.shared.columns import heading, label
from gui.shared.panel import Panel
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.layouts import below
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from core.learning.config import TrainingConfig
    from core.learning.last_batch import Batch
    from gui.session.session import Session

_GAP = 4
_MOST_WORDS = 60
_WRONG = "Wrong, in red, is what the model shown reads as something else, after that update."


class OneStep(Panel):
    """What the last update was made from."""

    reshaped = Signal()
    """There are more or fewer images, or others: it may need another height."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.study = BatchStudy(session, self)
        self.formula = label("w += (η / BS) Σ x (t − y)", self)
        self.formula.setToolTip(
            wrapped(
                "One update of the weights w: for each image x of the batch, t is 1 for its class "
                "and 0 for the others, y what the model gives to each class. η is the learning "
                "rate, BS how many images the batch holds."
            )
        )
        self.numbers = label("", self, "muted", wraps=True)
        self.picture = BatchPicture(self)
        self.caption = FittingLabel("", self)
        self.caption.setObjectName("caption")
        self.caption.setToolTip(wrapped(_WRONG))
        self._shown: Batch | None = None
        self.title = heading("ONE STEP", self)
        parts = (self.title, self.formula, self.numbers, self.picture, self.caption)
        self.setLayout(below(*parts, spacing=_GAP))
        self.picture.clicked.connect(self._open)
        self.follow(self.study)
        session.wanted.changed.connect(self.refresh)

    def use_height(self, room: int) -> bool:
        """Take of some room what the batch needs; return whether it is enough to show some."""
        words = (self.title, self.formula, self.numbers, self.caption)
        fixed = sum(part.sizeHint().height() + _GAP for part in words)
        self.picture.use_height(room - fixed)
        if self._shown is not None:
            self._say_place(self._shown)
        return self.picture.n_shown > 0 or (room > 2 * fixed and self._shown is None)

    def show_known(self) -> None:
        """Show the batch, and the numbers it was learnt with."""
        batch, dataset = self.study.found, self._session.view.dataset
        config = self._session.view.learnt_config
        if batch is None or dataset is None or len(batch.images) == 0:
            self._shown = None
            self.numbers.setText(numbers_words(config, None))
            self.picture.show_images((), (), ())
            self.caption.set_wordings("")
            return
        self.numbers.setText(numbers_words(config, len(batch.images)))
        if batch is not self._shown:
            self._shown, shape = batch, self.picture.shape
            train, names = dataset.train, dataset.class_names
            some = batch.images[:_MOST_WORDS]
            self.picture.show_images(
                [train.images[i].reshape(dataset.image_shape) for i in some],
                [not right for right in batch.right[:_MOST_WORDS]],
                [
                    f"training image {i:,}: {names[train.labels[i]]}, read "
                    f"{'rightly' if right else 'wrongly'}"
                    for i, right in zip(some, batch.right, strict=False)
                ],
            )
            if self.picture.shape != shape:
                self.reshaped.emit()
        self._say_place(batch)

    def _say_place(self, batch: Batch) -> None:
        n_shown, n = self.picture.n_shown, len(batch.images)
        if batch.is_to_come:
            words = ["the first batch, still to come", "the first, to come"]
        elif self._session.view.shown is not None and self._session.view.shown.record is not None:
            words = [f"last batch of epoch {batch.epoch + 1}, wrong in red"]
            words.append(f"last of epoch {batch.epoch + 1}, wrong in red")
        else:
            words = [f"batch {batch.number:,} of {batch.n_batches:,}, wrong in red"]
        if n > n_shown:
            words = [f"{one}: first {n_shown} of {n:,}" for one in words] + [
                f"first {n_shown} of {n:,}, wrong in red"
            ]
        self.caption.set_wordings(*words)
        n_wrong = int((~batch.right).sum())
        self.picture.setAccessibleDescription(f"{words[0]}; {n_wrong} of {n} read wrongly")
        self.caption.setToolTip(wrapped(words[0], f"{n_wrong:,} of {n:,} read wrongly.", _WRONG))

    @Slot(int)
    def _open(self, place: int) -> None:
        if self._shown is not None:
            self.sample_requested.emit("train", int(self._shown.images[place]))


def numbers_words(config: TrainingConfig, n_images: int | None) -> str:
    """Return the numbers of an update: ``η = 0.1, BS = 20 images``, and what else acts in it."""
    size = config.batch_size if n_images is None else n_images
    words = f"η = {config.learning_rate:g}, BS = {counted(size, 'image')}"
    for name, what in (("momentum", "of the last move"), ("l2", "w off")):
        value = getattr(config, name)
        if value:
            # With spaces at which no line ends.
            words += f", {parameters_of(config)[name].symbol}\u00a0=\u00a0{value:g} {what}"
    if config.adversary != "off":
        words += f", each x first moved by the adversary, at most {config.adversary_size:g}"
    return words
