"""Opens the sets of the catalogue: from the cache, or from a folder that serves as the mirror.

Nothing here goes to the network; :func:`core.sources.catalogue.downloads.download` does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.progress import Progress
from core.sources.arrays import idx
from core.sources.catalogue.dataset_cache import entry_folder, verify
from core.sources.catalogue.downloads import OTHER_WAYS, Download
from core.sources.catalogue.entries import CatalogueEntry, NotDownloaded
from core.sources.catalogue.mirrors import given_mirrors
from core.sources.inside import open_path
from core.words import sized

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from core.data.dataset import Dataset
    from core.sources.catalogue.mirrors import Mirror
    from core.sources.reading import ReadingConfig


def opening_entry(
    entry: CatalogueEntry, reading: ReadingConfig, mirror: str = ""
) -> Generator[Progress, None, Dataset]:
    """Open a set of the catalogue without any network.

    What is not in the cache is taken from a folder that was given as the mirror: copied into the
    cache where the files are the published ones, else opened where it lies, with a note.

    Raises
    ------
    NotDownloaded
        If it is neither in the cache nor in such a folder.
    DatasetError
        If what is there cannot be opened.
    """
    missing = verify(entry)
    words = [text for text in missing.values() if text]
    folders = [found for found in given_mirrors(mirror) if found.folder is not None]
    if missing and folders:
        try:
            for state in Download(entry, folders).run():
                yield Progress(state.done, state.total, "bytes")
            missing = verify(entry)
        except DatasetError as error:
            copy = copy_in_folders(entry, folders)
            if copy is not None:
                return (yield from _opening_copy(entry, copy, reading))
            words.append(str(error).removesuffix(f" {OTHER_WAYS}").rstrip("."))
    if missing:
        raise NotDownloaded(entry.key, _how_to_get(entry, words))
    dataset = yield from open_path(entry_folder(entry), (idx,), reading)
    return _named(dataset, entry, entry.source)


def copy_in_folders(entry: CatalogueEntry, mirrors: Sequence[Mirror]) -> Path | None:
    """Return a folder that, by its name, holds a copy of ``entry``, its files unpacked or not.

    The folder is the mirror's sub-folder ``<key>``, or the mirror itself if that is its name: the
    same file names belong to several sets, and nothing else tells unpublished copies apart.
    """
    for top in (mirror.folder for mirror in mirrors if mirror.folder is not None):
        try:
            for folder in (top / entry.key, top):
                if entry.key in (folder.name, folder.resolve().name) and all(
                    (folder / name).is_file() or (folder / name.removesuffix(".gz")).is_file()
                    for name in entry.cached_names
                ):
                    return folder
        except (OSError, ValueError, RuntimeError):
            continue  # too long, locked, with a NUL byte or a loop of links: no such folder
    return None


def _opening_copy(
    entry: CatalogueEntry, folder: Path, reading: ReadingConfig
) -> Generator[Progress, None, Dataset]:
    dataset = yield from open_path(folder, (idx,), reading)
    named = _named(dataset, entry, f"{entry.source}; a copy in {folder}")
    note = (
        f"Opened in {folder} as it is: its files were not checked against the published ones. It "
        f"has {named.train.n_samples:,} + {named.test.n_samples:,} images; the published set has "
        f"{entry.n_train:,} + {entry.n_test:,}."
    )
    return replace(named, notes=(*named.notes, note))


def _named(dataset: Dataset, entry: CatalogueEntry, source: str) -> Dataset:
    """Return ``dataset`` with the entry's name, source and names of the classes."""
    found = dataset.class_names
    if set(found) <= set(entry.class_names) or not all(map(str.isdecimal, found)):
        # EMNIST's classes were named as it was read, by a table beside the files or without one.
        return replace(dataset, name=entry.label, source=source)
    # Without names in the file, every label that occurs is a class and names itself.
    names = []
    for label in found:
        place = int(label) - entry.first_label
        if not 0 <= place < len(entry.class_names):
            last = entry.first_label + len(entry.class_names) - 1
            raise DatasetError(
                f"{dataset.source}: label {label} is none of {entry.label}, whose labels are "
                f"{entry.first_label} to {last}; open the folder itself instead"
            )
        names.append(entry.class_names[place])
    return replace(dataset, name=entry.label, source=source, class_names=tuple(names))


def _how_to_get(entry: CatalogueEntry, words: list[str]) -> str:
    found = "".join(f" ({text})" for text in words)
    return (
        f"{entry.label} is not on this machine yet{found}. Download its "
        f"{sized(entry.n_bytes)} under More data, in the list of data above; a report (--report "
        f"DIR --dataset {entry.key}) downloads it by itself. {OTHER_WAYS}"
    )
