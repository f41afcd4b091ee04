"""Files that hold images alone or labels alone: which belong together.

What is in them and how many there are tells first, their names second. A format says by
:class:`HalfSet` that a file is half a set; what it is half of is the same question for all formats.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.progress import Progress
from core.sources.arrays.array_parts import LazyArray, read_parts
from core.sources.arrays.by_class import one_per_class, read_classes
from core.sources.arrays.roles import (
    HOW_TO_SAY,
    ArraysUnclear,
    HalfSet,
    arrays_text,
    choose,
    meaning,
    part_of,
)
from core.sources.names import first_names, is_archive_name, is_handed_in
from core.sources.opening import folder_names, looking, recognising

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from core.sources.arrays.roles import ArrayInfo
    from core.sources.parts import FileFormat, Head, Parts
    from core.sources.places import Place
    from core.sources.reading import ReadingConfig

_ARRAYS = "npy|npz|pkl|pickle|p|joblib|mat|h5|hdf5|parquet"
_OF_ARRAYS = re.compile(rf"\.({_ARRAYS})(\.gz)?$", re.IGNORECASE)
_ENDS = re.compile(rf"\.({_ARRAYS}|csv|tsv|txt|dat|data)$", re.IGNORECASE)
_MAX_LOOKED = 128
"""Files beside one that are looked into."""


def stem(name: str) -> str:
    """Return what an array is called after its file: the name without its usual ends."""
    plain = re.sub(r"(\.gz)+$", "", name, flags=re.IGNORECASE)
    return _ENDS.sub("", plain) or name


def named(halves: Mapping[str, Sequence[LazyArray]]) -> list[list[LazyArray]]:
    """Return the arrays of each file under names that tell the files apart.

    What may be a header above labels is left out where there is just one more than images.
    """
    stems = [stem(file) for file in halves]
    found = []
    for file, arrays in halves.items():
        way = file if stems.count(stem(file)) > 1 else stem(file)
        names = [way] if len(arrays) == 1 else [f"{way}/{array.info.name}" for array in arrays]
        found.append(
            [
                replace(array, info=replace(array.info, name=name))
                for array, name in zip(arrays, names, strict=True)
            ]
        )
    images = [array.info for arrays in found for array in arrays if array.info.may_be_images]
    return [[_without_header(array, images) for array in arrays] for arrays in found]


def _without_header(array: LazyArray, images: Sequence[ArrayInfo]) -> LazyArray:
    if array.without_first is None:
        return array
    me, part = array.info, part_of(array.info.name)
    theirs = [info for info in images if part_of(info.name) == part] or images
    numbers = {info.shape[0] for info in theirs}
    if me.shape[0] in numbers or me.shape[0] - 1 not in numbers:
        return array
    shape = array.without_first.info.shape
    return replace(array.without_first, info=replace(me, shape=shape))


def with_partner(
    head: Head, half: HalfSet, formats: Sequence[FileFormat], reading: ReadingConfig
) -> Generator[Progress, None, Parts]:
    """Read half a set with the other half from the files beside it.

    Raises
    ------
    ArraysUnclear, DatasetError
        If there are several other halves, or none.
    """
    where = str(head.path)
    if not half.arrays:
        raise half
    halves, damages = yield from _beside(head.path, formats, reading)
    mine, *found = named({head.path.name: list(half.arrays), **halves})
    others = [array for arrays in found for array in arrays]
    try:
        roles = _partners(half, where, mine, others, reading)
    except ArraysUnclear:
        raise
    except DatasetError as error:
        arrays = [*mine, *others]
        if not reading.arrays and one_per_class([array.info for array in arrays]):
            parts = yield from read_classes(head.path.parent.resolve().name, where, arrays)
            names = first_names([array.info.name for array in others])
            read = (f"Read together with {names} beside it.",) if others else ()
            left = (f"A damaged file was left out: {damage}." for damage in damages)
            return replace(parts, notes=(*read, *parts.notes, *left))
        if damages:  # they may be why
            raise DatasetError(f"{error}. Left out beside it: {damages[0]}") from None
        raise
    known = {array.info.name for array in mine}
    notes = [f"A damaged file was left out: {damage}." for damage in damages]
    said = replace(reading, arrays=arrays_text(roles))
    chosen = [array for array in (*mine, *others) if array.info.name in roles.values()]
    parts = yield from read_parts(head.path.name, where, chosen, said)
    beside = [array.info.name for array in chosen if array.info.name not in known]
    told = all(meaning(name)[1] == role.split("_")[1] for role, name in roles.items())
    why = "" if told or reading.arrays else ", which alone has as many entries"
    read_with = [f"Read together with {' and '.join(beside)} beside it{why}."] if beside else []
    return replace(parts, notes=(*read_with, *parts.notes, *notes))


def _beside(
    path: Place, formats: Sequence[FileFormat], reading: ReadingConfig
) -> Generator[Progress, None, tuple[dict[str, list[LazyArray]], list[DatasetError]]]:
    """Return the halves in the files beside one, and which of its kind are damaged."""
    end = re.sub(r".*(?=\.)", "", path.name)
    names = [name for name in folder_names(path.parent) if name != path.name]
    names.sort(key=lambda name: not name.endswith(end))
    found: dict[str, list[LazyArray]] = {}
    damages: list[DatasetError] = []
    for n, name in enumerate(names[:_MAX_LOOKED]):
        yield Progress(n, len(names), "files")
        if is_archive_name(name) or is_handed_in(name) or not (path.parent / name).is_file():
            continue
        try:
            head = yield from looking(path.parent / name)
            arrays = yield from _halves(recognising(head, formats), head, reading)
        except DatasetError as damage:
            if any(meaning(stem(name))) and name.endswith(end):
                raise
            damages += [damage] * (_OF_ARRAYS.search(name) is not None)
        except OSError:  # locked: nobody asked for it
            continue
        else:
            if arrays:
                found[name] = arrays
    return found, damages


def _halves(
    file_format: FileFormat | None, head: Head, reading: ReadingConfig
) -> Generator[Progress, None, list[LazyArray]]:
    """Return the arrays of a file that is half a set; none of any other."""
    if halves := getattr(file_format, "halves", None):
        return list((yield from halves(head, reading)))
    if arrays := getattr(file_format, "arrays", None):
        found = list((yield from arrays(head, reading)))
        try:
            choose(str(head.path), [array.info for array in found])
        except HalfSet:
            return found
        except DatasetError:
            pass
    return []


def _partners(
    half: HalfSet,
    where: str,
    mine: Sequence[LazyArray],
    others: Sequence[LazyArray],
    reading: ReadingConfig,
) -> dict[str, str]:
    """Return which array is what, among them one of ``mine``."""
    infos = [array.info for array in (*mine, *others)]
    if reading.arrays.strip():
        return choose(where, infos, reading.arrays)
    names = {array.info.name for array in mine}
    if any(any(meaning(name)) for name in names) or len(mine) > 1:
        try:
            roles = choose(where, infos)
        except DatasetError:
            if len(mine) > 1:
                raise
        else:
            if names & set(roles.values()):
                return roles
    me = mine[0].info
    fit = [array.info for array in others if _fits(me, array.info)]
    fit = [info for info in fit if meaning(info.name)[1]] or fit
    fit = [info for info in fit if part_of(info.name) == part_of(me.name)] or fit
    kinds = ("images", "labels") if me.is_labels else ("labels", "images")
    if not fit:
        missing = f"{me.shape[0]:,} {kinds[0]}" if me.shape else kinds[0]
        raise DatasetError(f"{half}. No file beside it holds {missing}, either")
    pair = {f"train_{kinds[1]}": me.name, f"train_{kinds[0]}": fit[0].name}
    pair = {role: pair[role] for role in ("train_images", "train_labels")}
    if len(fit) > 1:
        raise ArraysUnclear(
            f"{where}: several files beside it hold as many {kinds[0]} as it holds {kinds[1]}: "
            f"{', '.join(map(str, fit))}; {HOW_TO_SAY}",
            [me, *fit],
            pair,
        )
    return pair


def _fits(me: ArrayInfo, other: ArrayInfo) -> bool:
    """Whether one can be the images of the other's labels, or the other way round."""
    if not me.shape or not other.shape or me.shape[0] != other.shape[0]:
        return False
    if me.is_labels:
        return other.may_be_images and not other.is_labels
    return other.is_labels
