"""An image of a person's own, beside those of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from core.data.dataset import Dataset, Split


@dataclass(frozen=True, slots=True, eq=False)
class OwnImage:
    """An image that is in no part of the data: a person has drawn it.

    Attributes
    ----------
    image : (n_features,) in [0, 1]
    image_shape : (height, width)
    label : what it is meant as
    class_names : those of the data it was drawn for
    is_said : whether a person said so; else it is what it was read as
    """

    image: NDArray[np.float32]
    image_shape: tuple[int, int]
    label: int
    class_names: tuple[str, ...]
    is_said: bool = True

    def misfit(self, dataset: Dataset) -> str:
        """Return why it could be no image of these data; empty where it could."""
        if self.image_shape != dataset.image_shape:
            (height, width), (to_height, to_width) = self.image_shape, dataset.image_shape
            return f"it has {height} x {width} pixels, these images {to_height} x {to_width}"
        return "" if self.class_names == dataset.class_names else "these data have other classes"


@dataclass(frozen=True, slots=True, eq=False)
class OfImage:
    """A question about one image, named by where it is: two views of it are two objects.

    Attributes
    ----------
    source, index : a part of the data and a number in it, or an image of a person's own
    """

    source: Split | OwnImage
    index: int

    @property
    def image(self) -> NDArray[Any]:
        """The image, (n_features,)."""
        source = self.source
        return source.image if isinstance(source, OwnImage) else source.images[self.index]
