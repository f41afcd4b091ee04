"""One change for all images: what fools the model whatever it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.attack.base import SMALLER
from core.attack.methods.iterative import BasicIterative
from core.attack.norms import gradient_sizes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.attack.step import BatchResult


class Universal(BasicIterative):
    """Find one change ``v`` within the budget that fools as many images as possible.

    Each step moves v by ``a`` along the steepest direction of the mean gradient over the images
    that are not fooled yet, and projects it onto the ball; those that are fooled have no say, so
    none is pushed ever further. All others have an equal one: each gradient in the logits is scaled
    to a largest component of 1 first, or the unsure images alone would decide. With the box image i
    shows ``clip(x_i + v, 0, 1)``, and a pixel that is clipped there gives no gradient. Kept is the
    v of the step that fooled most images (the smaller one where equal). With a target one change
    leads all images to it. Without one the ways of the images nearly cancel each other:
    :class:`~core.attack.whole_parts.universal_search.UniversalSearch` tries each target as well.
    Source: Moosavi-Dezfooli, Fawzi, Fawzi & Frossard 2017, "Universal adversarial perturbations";
    the steps are those of Shafahi, Najibi, Xu, Dickerson, Davis & Goldstein 2020, "Universal
    adversarial training", algorithm 2, their clipped loss being the say that ends with success.

    Attributes
    ----------
    shared, best_shared : (1, n_features), v as it is now, and the one that is kept
    """

    name = "universal"
    label = "Universal change"
    help = "One change for all images together."
    formula = "v <- P(v + a mean of g over images not fooled);   x_i' = x_i + v for all i"
    source = "Moosavi-Dezfooli et al. 2017; Shafahi et al. 2020"
    ends_when_fooled = True

    def _reset(self) -> None:
        super()._reset()
        self.shared = np.zeros((1, self.model.n_features), dtype=self.originals.dtype)
        self.best_shared = self.shared.copy()
        self._best_count, self._best_size = -1, np.inf

    def advance(self) -> None:
        """Move the shared change one step."""
        say = self.pull * ~self.success[:, None]
        if self.box:
            gradients = say @ self.rows
            moved = self.originals + self.shared
            gradients *= (moved >= 0.0) & (moved <= 1.0)
            mean = gradients.mean(axis=0, keepdims=True)
            self.shared += self.norm.steepest(mean) * mean.dtype.type(self.length)
        else:
            mean_say = say.mean(axis=0, keepdims=True)
            sizes = gradient_sizes(mean_say, self.gram)
            if sizes[0] > 0:
                scaled = self.norm.scaled_pull(mean_say, self.rows, sizes, self.length)
                step = scaled @ self.rows
                self.norm.shape(step, self.length)
                self.shared += step
        self.norm.project(self.shared, self.budget)
        self.changes[:] = self.shared

    def _keep_best(self, predicted: NDArray[np.int64]) -> None:
        """Keep the change that fools most."""
        super()._keep_best(predicted)
        count, size = int(self.success.sum()), float(self.norm.sizes(self.shared)[0])
        smaller = count == self._best_count and size < self._best_size * SMALLER
        if count > self._best_count or smaller:
            self._best_count, self._best_size = count, size
            self.best_shared[:] = self.shared

    def result(self) -> BatchResult:
        """Return what the one best change does to every image."""
        images = self.originals + self.best_shared
        if self.box:
            np.clip(images, 0.0, 1.0, out=images)
        return self._result(images, self.model.predict(images))
