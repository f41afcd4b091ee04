"""What a file keeps, as the rest of the program knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.data.dataset import Dataset
    from core.learning.runs import Run
    from core.sources.reading import ReadingConfig


@dataclass(frozen=True, slots=True)
class KeptData:
    """Which data runs learnt: enough to find them again, and to know them when found.

    Attributes
    ----------
    source : a name of the program's own or of its catalogue, or the path it was opened from
    reading : how it was read
    name, image_shape, class_names : as of :class:`~core.data.dataset.Dataset`
    hash : of all its images and labels, before any part was taken
    """

    source: str
    reading: ReadingConfig
    name: str
    image_shape: tuple[int, int]
    class_names: tuple[str, ...]
    hash: str

    @classmethod
    def of(cls, dataset: Dataset, source: str, reading: ReadingConfig) -> KeptData:
        """Return the identity of a data set as it was opened, in whole."""
        shape, names = dataset.image_shape, dataset.class_names
        return cls(source, reading, dataset.name, shape, names, dataset.content_hash)


@dataclass(frozen=True, slots=True, eq=False)
class KeptRun:
    """A run as it stands in the list.

    Attributes
    ----------
    run : what it is, with its curves and the weights kept of it
    data : what it learnt
    name, notes : what people call it, and wrote about it
    colour : its place among the colours of runs
    is_visible, is_touched : whether its curves are drawn; whether a person did anything to it
    """

    run: Run
    data: KeptData
    name: str
    notes: str = ""
    colour: int = 0
    is_visible: bool = True
    is_touched: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Workspace:
    """All that one file keeps.

    Attributes
    ----------
    runs : in the order of the list
    missing : sentences on what was damaged and could not be read
    """

    runs: tuple[KeptRun, ...]
    missing: tuple[str, ...] = ()
