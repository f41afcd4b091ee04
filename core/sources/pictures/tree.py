"""Which files of a folder may be pictures of which class; contents are looked at elsewhere.

Links to folders are never followed, and nothing deeper than ``train/class/file`` is looked at: no
loop of links can hold anybody up, and no link leads out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.sources import limits
from core.sources.limits import check_at_most
from core.sources.names import is_litter, natural_key
from core.sources.pictures.magic import MAGIC_BYTES, picture_format
from core.sources.places import listed

if TYPE_CHECKING:
    from core.sources.places import Place

_NAME = re.compile(r".*\.(png|jpe?g|jpe|jfif|bmp|dib|gif)", re.IGNORECASE | re.DOTALL)
_ROLES = {
    "train": 0, "training": 0,
    "val": 1, "valid": 1, "validation": 1,
    "test": 2, "testing": 2,
}  # fmt: skip
"""What folders of the parts of a set are called, in the order of learning and measuring."""

_NO_CLASSES = "."
"""How folders begin that programs leave beside the real ones: .ipynb_checkpoints, .git."""

_LOOKED = 8
"""Files of a folder whose content is looked at where no name is a picture's."""

_FLAT_SHARE = 0.9
"""Of files named as pictures, from which on a folder is meant as one of pictures."""

_RIGHT = (
    "expected one sub-folder per class, named as the class (3/first.png), or train and test with "
    "such folders in each"
)


@dataclass(frozen=True, slots=True)
class Tree:
    """The files that may be pictures.

    Attributes
    ----------
    parts : the training part, and the test part where there is one: class name -> its files
    class_names : of all parts, as people sort them
    notes : what was left out or joined
    n_flat : files named as pictures that lie in no sub-folder
    deeper : a sub-folder without files, but with folders; "" if there is none
    """

    parts: tuple[dict[str, list[Place]], ...]
    class_names: tuple[str, ...]
    notes: tuple[str, ...]
    n_flat: int
    deeper: str

    def why_none(self) -> str:
        """Return why there is no picture in the sub-folders, and what would be right."""
        if self.n_flat:
            return f"{self.n_flat:,} pictures lie in it without a class; {_RIGHT}"
        if self.deeper:
            return f"no pictures in its sub-folders; {_RIGHT}. Try to open {self.deeper} instead"
        return f"no pictures in its sub-folders; {_RIGHT}"


@dataclass(slots=True)
class _Folder:
    files: list[str]
    folders: list[str]
    n_links: int


class _Looker:
    """Lists folders, until there have been too many names in all."""

    def __init__(self, top: Place) -> None:
        self._top = top
        self._n_names = 0

    def look(self, folder: Place) -> _Folder:
        found = _Folder([], [], 0)
        try:
            for entry in listed(folder):
                self._n_names += 1
                most, what = limits.MAX_FOLDER_ENTRIES, "files in it and its sub-folders"
                check_at_most(self._top, self._n_names, most, what, limits.ALONE)
                if is_litter(entry.name):
                    continue
                found.n_links += entry.is_link
                if entry.is_folder and not entry.name.startswith(_NO_CLASSES):
                    found.folders.append(entry.name)
                elif entry.is_file:  # a pipe would be read for ever
                    found.files.append(entry.name)
        except OSError as error:
            raise DatasetError(f"{folder}: cannot be read: {error.strerror}") from error
        found.files.sort()  # in people's order only once they are pictures: that takes far longer
        found.folders.sort(key=natural_key)
        return found


def holds_pictures(top: Place) -> bool:
    """Whether there are pictures in the sub-folders of a folder, or hardly anything else in it.

    Names tell, or else the content of some files in each folder.

    Raises
    ------
    DatasetError
        If there are too many files to look at.
    """
    looker = _Looker(top)
    here = looker.look(top)
    n_flat = sum(_NAME.fullmatch(name) is not None for name in here.files)
    if n_flat and n_flat >= _FLAT_SHARE * len(here.files):
        return True
    if here.files and not n_flat and not here.folders and _some_are_pictures(top, here.files):
        return True
    for name in here.folders:
        inner = looker.look(top / name)
        is_alone = len(here.folders) == 1 and not n_flat and name.casefold() not in _ROLES
        if is_alone and _holds_folders_alone(inner):
            return False  # a wrapping: what is inside is opened instead
        if _some_are_pictures(top / name, inner.files):
            return True
        for inner_name in inner.folders:
            folder = top / name / inner_name
            if _some_are_pictures(folder, looker.look(folder).files):
                return True
    return False


def _some_are_pictures(folder: Place, files: list[str]) -> bool:
    if any(_NAME.fullmatch(name) for name in files):
        return True
    for name in files[:_LOOKED]:
        with (folder / name).open("rb") as stream:
            if picture_format(stream.read(MAGIC_BYTES)):
                return True
    return False


def look_through(top: Place) -> Tree:
    """Return the files in the sub-folders of a folder.

    Raises
    ------
    DatasetError
        If there are too many, or only one class.
    """
    looker = _Looker(top)
    here = looker.look(top)
    inner = {name: looker.look(top / name) for name in here.folders}
    notes: list[str] = []
    n_links = here.n_links + sum(folder.n_links for folder in inner.values())
    roles = {
        name: _ROLES[name.casefold()]
        for name, folder in inner.items()
        if name.casefold() in _ROLES and _holds_folders_alone(folder)
    }
    if roles:
        found = []
        for name in sorted(roles, key=lambda name: roles[name]):
            folders = {each: looker.look(top / name / each) for each in inner[name].folders}
            n_links += sum(folder.n_links for folder in folders.values())
            found.append((name, _files(top / name, folders)))
        parts = _joined(found, notes)
        beside = [name for name in here.folders if name not in roles]
        if beside:
            notes.append(f"Folders beside {' and '.join(roles)} were left out.")
    else:
        parts = (_files(top, inner),)
    if n_links:
        notes.append(f"{n_links:,} link{'s' * (n_links != 1)} to folders were not followed.")
    n_flat = sum(_NAME.fullmatch(name) is not None for name in here.files)
    names = {name for part in parts for name in part}
    deeper = [name for name, folder in inner.items() if _holds_folders_alone(folder)]
    filled = {name for part in parts for name, files in part.items() if files}
    if len(filled) == 1 and not (deeper or n_flat):
        raise DatasetError(
            f"{top}: pictures of only one class, in the sub-folder {filled.pop()}; {_RIGHT}"
        )
    return Tree(
        parts,
        tuple(sorted(names, key=natural_key)),
        tuple(notes),
        n_flat,
        str(top / deeper[0]) if deeper else "",
    )


def _holds_folders_alone(folder: _Folder) -> bool:
    """Whether there are folders in it, and no pictures: file managers leave notes everywhere."""
    return bool(folder.folders) and not any(_NAME.fullmatch(name) for name in folder.files)


def _files(folder: Place, inner: dict[str, _Folder]) -> dict[str, list[Place]]:
    return {
        name: [folder / name / file for file in sorted(found.files, key=natural_key)]
        for name, found in inner.items()
    }


def _joined(
    found: list[tuple[str, dict[str, list[Place]]]], notes: list[str]
) -> tuple[dict[str, list[Place]], ...]:
    """Return the first part and the last; what is between them belongs to the first."""
    (first_name, first), *others = found
    if not others:
        notes.append(f"All pictures are those of {first_name}; there is no other part.")
        return (first,)
    for name, part in others[:-1]:
        notes.append(f"The pictures of {name} were put with those of {first_name}.")
        for class_name, files in part.items():
            first.setdefault(class_name, []).extend(files)
    last_name, last = others[-1]
    if _ROLES[last_name.casefold()] != _ROLES["test"]:
        notes.append(f"The pictures of {last_name} are the test part.")
    return first, last
