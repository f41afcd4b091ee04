"""An image of a person's own, beside those of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.dataset import Dataset


@dataclass(frozen=True, slots=True, eq=False)
class OwnImage:
    """An image that is in no part of the data: a person has drawn it.

    Attributes
    ----------
    image : (n_features,) in [0, 1]
    image_shape : (height, width)
    label : what it is meant as
    class_names : those of the data it was drawn for
    """

    image: NDArray[np.float32]
    image_shape: tuple[int, int]
    label: int
    class_names: tuple[str, ...]

    def fits(self, dataset: Dataset) -> bool:
        """Whether it could be an image of these data."""
        return (self.image_shape, self.class_names) == (dataset.image_shape, dataset.class_names)
