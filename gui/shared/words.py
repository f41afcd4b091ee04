"""What is known of the images of one part, in words: for captions, tooltips and the card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import normalize

from core.words import percent
from gui.widgets.basics.fitting_words import short, shortened
from gui.widgets.images.image_card import CardContent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from core.data.dataset import Dataset, Split
    from core.learning.records import EpochRecord
    from gui.session.readings import ShownReadings
    from gui.session.run_state import Shown

PARTS = {"train": "training", "validation": "validation", "test": "test"}
"""Part -> what people call it."""

ATTACKABLE = ("train", "test")

_LENGTHS = (24, 16, 12, 8, 6, 5, 4, 3)
"""To how many characters class names are cut where a caption has no room for more."""


def read_words(name: str, p: float) -> tuple[str, ...]:
    """Return what an image is read as and how surely, the longest first: ``read as 3 (0.98)``."""
    forms = f"read as {{}} ({p:.2f})", f"{{}} ({p:.2f})", "{}"
    return tuple(words for form in forms for words in shortened(form, name))


@dataclass(frozen=True, slots=True, eq=False)
class PartView:
    """The images of one part, and what a model reads in them if that is known."""

    dataset: Dataset
    part: str
    seen: ShownReadings | None = None

    @property
    def split(self) -> Split:
        """The images."""
        return self.dataset.split(self.part)

    @property
    def wrong(self) -> NDArray[np.bool_] | None:
        """Which images are read as something else than their label, (n,)."""
        return None if self.seen is None else self.seen.readings.predicted != self.split.labels

    @property
    def changed(self) -> NDArray[np.bool_] | None:
        """Which labels the label noise has changed, (n,)."""
        clean = self.split.clean_labels
        return None if clean is None else clean != self.split.labels

    def _true_label(self, index: int) -> int:
        return int(self.split.true_labels[index])

    def captions(self, index: int) -> tuple[str, ...]:
        """Return what can stand below an image, the longest first: ``3→8 97%``.

        The number goes before a name does: what was taken for what is what one looks for.
        """
        names, label = self.dataset.class_names, int(self.split.labels[index])
        if self.seen is None:
            return (names[label],)
        read = self.seen.readings
        predicted, sure = int(read.predicted[index]), sure_words(read.confidence[index])
        if predicted == label:
            return *shortened(f"{{}} {sure}", names[label]), names[label]
        pair = f"{names[label]}→{names[predicted]}"
        pairs = [f"{short(names[label], n)}→{short(names[predicted], n)}" for n in _LENGTHS]
        return f"{pair} {sure}", pair, *pairs, f"→{names[predicted]}"

    def describe(self, index: int) -> str:
        """Return a sentence about an image."""
        names, label = self.dataset.class_names, int(self.split.labels[index])
        words = f"{PARTS[self.part]} image {index:,}: labelled {names[label]}"
        true = self._true_label(index)
        if true != label:
            words += f" by the label noise, truly {names[true]}"
        if self.seen is not None:
            read = self.seen.readings
            taken = names[int(read.predicted[index])]
            words += f", read as {taken}, {percent(read.confidence[index], 1, '')} sure"
        return words

    def card(
        self, index: int, shown: Shown | None, snapshots: Callable[[], Sequence[EpochRecord]]
    ) -> CardContent:
        """Return what the card of an image shows, as the model now shown reads it.

        ``snapshots`` gives the kept epochs of the run, for the image's history.
        """
        names, label = self.dataset.class_names, int(self.split.labels[index])
        true = self._true_label(index)
        values = self.split.images[index].reshape(self.dataset.image_shape)
        title = f"{PARTS[self.part].capitalize()} {index:,}: {an(names[label])}"
        probabilities = None
        words = []
        if shown is not None:
            probabilities = shown.probabilities_of(values.reshape(-1))
            read = int(probabilities.argmax())
            title += ", read rightly" if read == label else f" read as {names[read]}"
        if true != label:
            words.append(noise_sentence(names[label], names[true]))
        if self.part not in ATTACKABLE:
            words.append("Validation images choose the best epoch; they are not attacked.")
        return CardContent(
            title=title,
            words=" ".join(words),
            values=values,
            class_names=names,
            probabilities=probabilities,
            true_class=true,
            part=self.part,
            index=index if self.part in ATTACKABLE else None,
            weights=None if shown is None else shown.weights,
            snapshots=None if shown is None else snapshots,
            learnt_class=label,
            marked_epoch=None if shown is None or shown.live else shown.epoch,
        )


def an(name: str) -> str:
    """Return a name with its article: ``a 7``, ``an 8``, ``an élève``."""
    first = normalize("NFD", name[:1].lower())[:1]  # without its accent
    is_vowel = first in "aeio" or name.split(" ")[0] in ("8", "11", "18")
    return f"{'an' if name and is_vowel else 'a'} {name}"


def noise_sentence(label: str, true: str) -> str:
    """Return what the label noise has done to an image."""
    return f"The label noise made {label} of its true label {true} (○); what is learnt is {label}."


def sure_words(confidence: float | np.floating) -> str:
    """Return a probability as ``97%``: beside a digit, .97 would look like one number with it."""
    return percent(float(confidence), gap="")
