"""The images of the Attack page, opened: the one chosen, and what became of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.learning.records import epoch_words
from gui.shared.opened_image import OpenedImage
from gui.widgets.images.image_card import CardContent, ImageCard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gui.session.session import Session
    from gui.widgets.images.image_view import ImageView


class AttackImages(QObject):
    """Opens the chosen image or the result in a card, and keeps the card at the step shown."""

    def __init__(self, session: Session, chosen: ImageView, result: ImageView) -> None:
        super().__init__(result)
        self._session = session
        self.card = ImageCard(result)
        self.opened = OpenedImage(self.card, session)
        for view in (chosen, result):
            view.set_clickable("Click to open it: probabilities, logits, history, why.")
        chosen.clicked.connect(partial(self.opened.open, self._chosen_content))
        result.clicked.connect(partial(self.opened.open, self._result_content))
        session.attack.film.position_changed.connect(self.opened.refresh)
        session.attack.film.changed.connect(self.opened.refresh)
        session.view.dataset_changed.connect(self.card.close)

    def _chosen_content(self) -> CardContent | None:
        image = self._session.attack.chosen_image
        return None if image is None else self._content("chosen image", image)

    def _result_content(self) -> CardContent | None:
        attack = self._session.attack
        if attack.film.step is None:
            return None
        return self._content(f"result of step {attack.film.step.number}", attack.film.step.image)

    def _content(self, what: str, image: NDArray[np.floating]) -> CardContent | None:
        session = self._session
        dataset, shown = session.view.dataset, session.view.shown
        if dataset is None or shown is None or image.size != dataset.n_features:
            return None
        values = image.reshape(dataset.image_shape)
        probabilities = shown.probabilities_of(image.reshape(-1))
        names = dataset.class_names
        return CardContent(
            title=f"{what}: read as {names[int(probabilities.argmax())]}",
            words=f"As the model of {epoch_words(shown.epoch)} reads it. "
            f"{self._class_words(names[session.attack.label])}",
            values=values,
            class_names=names,
            probabilities=probabilities,
            true_class=session.attack.true_label,
            weights=shown.weights,
            snapshots=session.epochs.snapshots,
            marked_epoch=None if shown.live else shown.epoch,
        )

    def _class_words(self, name: str) -> str:
        attack = self._session.attack
        if attack.chosen.begins_as_noise:
            return "Noise is of no class."
        if not attack.on_own:
            return f"True class {name}."
        if attack.true_label is not None:
            return f"Drawn, and meant as {name}."
        return f"Drawn, and taken as {name}: as that it was read when it was sent here."
