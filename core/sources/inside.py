"""Opening whatever is at a path: the content says what it is.

A folder that is no data set itself is searched: what people download comes with a text beside it,
packed and unpacked, in folders of folders. If one thing in it opens, that is meant.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.data.dataset import Dataset
from core.errors import DatasetError
from core.progress import Progress
from core.sources.arrays.array_parts import LazyArray, read_parts
from core.sources.arrays.roles import ArraysUnclear, HalfSet, meaning
from core.sources.assembly import assemble
from core.sources.names import first_names, packed_stem
from core.sources.opening import looking, named_foreign, recognising, what_it_is
from core.sources.pairing import named, stem, with_partner
from core.sources.parts import FileFormat, Head, NotOneSet

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from core.sources.places import Place
    from core.sources.reading import ReadingConfig

_MAX_DEPTH = 4
"""Folders in folders that are looked through, as torchvision's data/MNIST/raw."""

_MAX_LOOKED = 128
"""Names of one folder that are looked at, ..."""

_MAX_LOOKED_IN_ALL = 512
"""... and of all of them together: whoever opens a home folder gets an answer."""

_REASONS = 3
"""Told where nothing opens."""


def open_path(
    path: Place, formats: Sequence[FileFormat], reading: ReadingConfig
) -> Generator[Progress, None, Dataset]:
    """Open a file or folder with the first of ``formats`` that recognises it.

    Of a folder that none of them can open as a whole, the only thing in it that opens is opened.

    Raises
    ------
    DatasetError
        Saying what is wrong with the content, or what would be accepted.
    OSError, ValueError
        If it cannot be read at all.
    """
    head = yield from looking(path)
    if what := named_foreign(head):
        raise DatasetError(f"{path}: {what}")
    reason: DatasetError | None = None
    file_format = recognising(head, formats)
    if file_format is not None:
        try:
            return (yield from _opened(file_format, head, head, reading))
        except NotOneSet as error:
            reason = error
        except HalfSet as half:
            if not head.is_folder:
                parts = yield from with_partner(head, half, formats, reading)
                return (yield from assemble(parts, str(path), reading))
            reason = half
    if head.is_folder:
        search = _Search(head, formats, reading)
        yield from search.look_through(head, _MAX_DEPTH)
        if reason is not None:  # it says more of the whole than the same of a folder in it does
            less = (NotOneSet, type(reason))
            search.failures = [each for each in search.failures if not isinstance(each[1], less)]
        if search.found or search.failures:
            return search.only_one()
    if reason is not None:
        raise reason
    expected = "; ".join(file_format.EXPECTED for file_format in formats)
    raise DatasetError(f"{path}: {what_it_is(head)}; expected one of: {expected}")


def _opened(
    file_format: FileFormat, head: Head, top: Head, reading: ReadingConfig
) -> Generator[Progress, None, Dataset]:
    parts = yield from file_format.read(head, reading)
    if head is not top:
        parts = replace(parts, name=top.path.resolve().name)
    return (yield from assemble(parts, str(head.path), reading))


def _matters(place: Place) -> bool:
    """Whether the name of a file says that it is images or labels."""
    return any(meaning(stem(place.name)))


def _says_what(place: Place) -> bool:
    """Whether the name of a file says that it is an archive, arrays or a table."""
    return bool(packed_stem(place.name)) or stem(place.name) != place.name or _matters(place)


class _Search:
    """Tries what is in a folder.

    Attributes
    ----------
    found
        Names and data sets of the first two different ones that open. In place of a set stands
        the error where somebody must say which array is what: then it opens.
    failures : what else looks like a set, and why it does not open
    """

    def __init__(self, top: Head, formats: Sequence[FileFormat], reading: ReadingConfig) -> None:
        self.found: list[tuple[str, Dataset | ArraysUnclear]] = []
        self.failures: list[tuple[Place, DatasetError]] = []
        self._top = top
        self._formats = formats
        self._reading = reading
        self._n_looked = self._n_beside = 0
        self._same: list[str] = []
        self._untried: list[str] = []

    def look_through(self, head: Head, depth: int) -> Generator[Progress, None, bool]:
        """Try what is in a folder, its folders first; return whether anything in it opens.

        An archive is left alone where a folder of its name opens: that is what it was unpacked to.
        Links to folders are not followed.
        """
        places = [head.path / name for name in head.names[:_MAX_LOOKED]]
        folders = {place: place.is_dir() for place in places}
        self._n_beside += max(len(places) - 1, 0)
        unpacked = set()
        halves: dict[str, list[LazyArray]] = {}
        n_failures = len(self.failures)
        for place in sorted(places, key=lambda place: not folders[place]):
            self._n_looked += 1
            if self._n_looked > _MAX_LOOKED_IN_ALL:
                break
            if packed_stem(place.name) in unpacked:
                self._same.append(f"{self._name(place)} (named as the folder that opens)")
            elif not (folders[place] and place.is_symlink()):
                yield Progress(self._n_looked, 0, "files")
                if (yield from self._try(place, depth, halves)):
                    unpacked.add(place.name.casefold())
        if halves and (yield from self._pair(head, halves, self.failures[n_failures:])):
            unpacked.update(halves)
        return bool(unpacked)

    def _try(
        self, place: Place, depth: int, halves: dict[str, list[LazyArray]]
    ) -> Generator[Progress, None, bool]:
        """Return whether what is at ``place`` opens, or something in it; half a set is kept."""
        reason: DatasetError | None = None
        try:
            head = yield from looking(place)
            file_format = recognising(head, self._formats)
        except (DatasetError, OSError) as error:
            # Empty, a pipe, locked, endless: nobody asked for it, unless its name says what it was.
            if isinstance(error, DatasetError) and _says_what(place):
                self.failures.append((place, error))
            return False
        if file_format is not None and len(self.found) > 1:
            self._untried.append(self._name(place))
            return False
        if file_format is not None:
            try:
                dataset = yield from _opened(file_format, head, self._top, self._reading)
                self._keep(self._name(place), dataset)
            except ArraysUnclear as error:
                self.found.append((self._name(place), error))
            except HalfSet as half:
                if half.arrays or not head.is_folder:
                    halves[place.name] = list(half.arrays)
                    return False
                reason = half
            except NotOneSet as error:
                reason = error
            except DatasetError as error:
                self.failures.append((place, error))
                return False
            except OSError as error:
                damage = DatasetError(f"{place}: cannot be read: {error.strerror}")
                self.failures.append((place, damage))
                return False
            if reason is None:
                return True
        if not (head.is_folder and depth):
            return False
        n_failures = len(self.failures)
        opens = yield from self.look_through(head, depth - 1)
        if isinstance(reason, HalfSet) and not opens:
            del self.failures[n_failures:]
        if reason is not None and not opens and len(self.failures) == n_failures:
            self.failures.append((place, reason))
        return opens

    def _pair(
        self,
        head: Head,
        halves: dict[str, list[LazyArray]],
        failures: Sequence[tuple[Place, DatasetError]],
    ) -> Generator[Progress, None, bool]:
        """Return whether files that are half a set each make one: not where one is damaged."""
        if any(_matters(place) for place, _ in failures):
            return False
        top, where = self._top.path.resolve().name, str(head.path)
        name = " with ".join(self._name(head.path / file) for file in halves)
        arrays = [array for inside in named(halves) for array in inside]
        try:
            parts = yield from read_parts(top, where, arrays, self._reading)
            dataset = yield from assemble(parts, where, self._reading)
        except ArraysUnclear as error:
            self.found.append((name, error))
        except DatasetError as error:
            if not failures:  # they may be why
                self.failures.append((head.path, error))
            return False
        else:
            left = (f"A damaged file was left out: {damage}." for _, damage in failures)
            self._n_beside -= len(halves) - 1 + len(failures)
            self._keep(name, replace(dataset, notes=(*dataset.notes, *left)))
        return True

    def _keep(self, name: str, dataset: Dataset) -> None:
        others = [other for _, other in self.found if isinstance(other, Dataset)]
        if any(other.content_hash == dataset.content_hash for other in others):
            self._same.append(f"{name} (the same images and labels)")
        else:
            self.found.append((name, dataset))

    def _name(self, place: Place) -> str:
        return str(place)[len(str(self._top.path)) + 1 :]

    def only_one(self) -> Dataset:
        """Return the only data set that was found.

        Raises
        ------
        ArraysUnclear
            If somebody must say of the only one which array is what.
        DatasetError
            Naming those that open, or why none does.
        """
        top = self._top.path
        if len(self.found) > 1:
            names = " and ".join(name for name, _ in self.found)
            beside = f" ({first_names(self._untried)} not tried)" if self._untried else ""
            raise DatasetError(
                f"{top}: several data sets are in it: {names} open{beside}; open one of them "
                "instead"
            )
        if not self.found:
            if len(self.failures) == 1:
                raise self.failures[0][1]
            reasons = "; ".join(str(why) for _, why in self.failures[:_REASONS])
            raise DatasetError(
                f"{top}: {len(self.failures)} things in it look like data sets, and none opens: "
                f"{reasons}"
            )
        ((name, dataset),) = self.found
        if isinstance(dataset, ArraysUnclear):
            raise dataset
        notes = []
        if self._n_beside > len(self._same):
            notes.append(f"Of what is in it {name} was opened: nothing else opens.")
        if self._same:
            notes.append(f"Left out beside it: {first_names(self._same)}.")
        return replace(dataset, notes=(*notes, *dataset.notes))
