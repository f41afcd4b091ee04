"""What was found of single models, each looked at once, over searches that follow one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from core.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from typing import Any

    from numpy.typing import NDArray

    Weights = NDArray[Any]

Row = TypeVar("Row")


class ModelCache(Generic[Row]):
    """Rows of models; one is given to each search of a kind, so that the next need not look again.

    A model is known again by its array of weights, which nobody changes, and so is what it was
    looked at in: equal numbers in another array are another model.
    """

    def __init__(self) -> None:
        # Both are kept with what was found: an object that is gone could share its id.
        self._rows: dict[tuple[int, ...], tuple[tuple[object, ...], Row]] = {}

    def fill(
        self,
        weights: Sequence[Weights],
        about: tuple[object, ...],
        look: Callable[[Weights], Generator[Progress, None, Row]],
        unit: str = "epochs",
        most: int = 0,
    ) -> Generator[Progress, None, None]:
        """Look at those not looked at yet, telling after each; forget all others.

        Parameters
        ----------
        weights : of each model
        about : what they are looked at in, and how: the row is another for another of these
        look : finds the row of one model
        unit : what the models are, in words
        most : so many are looked at; 0 for all
        """
        wanted = {_key(each, about) for each in weights}
        self._rows = {key: row for key, row in self._rows.items() if key in wanted}
        n_looked = 0
        for each in weights:
            key = _key(each, about)
            if key not in self._rows:
                if most and n_looked >= most:
                    return
                n_looked += 1
                row = yield from look(each)
                self._rows[key] = ((each, *about), row)
                yield Progress(len(self._rows), len(wanted), unit)

    def row(self, weights: Weights, about: tuple[object, ...]) -> Row | None:
        """Return what is known of a model; None where it has not been looked at."""
        known = self._rows.get(_key(weights, about))
        return None if known is None else known[1]


def _key(weights: Weights, about: tuple[object, ...]) -> tuple[int, ...]:
    return (id(weights), *map(id, about))
