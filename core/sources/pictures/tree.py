"""Which files of a folder may be pictures of which class; contents are looked at elsewhere.

Links to folders are never followed, and nothing deeper than ``train/class/file`` is looked at, but
for folders alone in a folder, as programs that unpack leave them: no loop of links can hold anybody
up, and no link leads out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import DatasetError
from core.sources import limits
from core.sources.limits import check_at_most
from core.sources.names import first_names, is_litter, natural_key
from core.sources.parts import NotOneSet
from core.sources.picture_magic import MAGIC_BYTES, picture_format
from core.sources.places import listed

if TYPE_CHECKING:
    from core.sources.places import Place

_NAME = re.compile(
    r".*\.(png|jpe?g|jpe|jfif|bmp|dib|gif|webp|tiff?|p[bgpn]m)", re.IGNORECASE | re.DOTALL
)
_ROLES = {
    "train": 0, "training": 0,
    "val": 1, "valid": 1, "validation": 1,
    "test": 2, "testing": 2,
}  # fmt: skip
"""What folders of the parts of a set are called, in the order of learning and measuring."""

_WORD = re.compile(r"[^\W\d_]+|[0-9]+")

_MAX_WRAPPINGS = 3
_LOOKED = 8
"""Files of a folder whose content is looked at where no name is a picture's."""

_FLAT_SHARE = 0.6
"""Of files named as pictures, from which on a folder is meant as one of pictures."""

_RIGHT = (
    "expected one sub-folder per class, named as the class (3/first.png), or train and test with "
    "such folders in each; or a table (CSV) beside them of file and class, or names as cat.1.png"
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
    """

    parts: tuple[dict[str, list[Place]], ...]
    class_names: tuple[str, ...]
    notes: tuple[str, ...]
    n_flat: int

    def why_none(self) -> str:
        """Return why there is no picture in the sub-folders, and what would be right."""
        if self.n_flat:
            return f"{self.n_flat:,} pictures lie in it without a class; {_RIGHT}"
        return f"no pictures in its sub-folders; {_RIGHT}"


@dataclass(slots=True)
class _Folder:
    files: list[str]
    folders: list[str]
    n_links: int


def is_picture_name(name: str) -> bool:
    """Whether a file is named as a picture."""
    return _NAME.fullmatch(name) is not None


def role_of(name: str) -> int | None:
    """Return which part of a set a name says, the test part as 2; None if it says none, or two."""
    said = {_ROLES[word] for word in _WORD.findall(name.casefold()) if word in _ROLES}
    return said.pop() if len(said) == 1 else None


class Looker:
    """Lists folders, until there have been too many names in all."""

    def __init__(self, top: Place) -> None:
        self._top = top
        self._n_names = 0

    def look(self, folder: Place) -> _Folder:
        """Return what is in a folder.

        Raises
        ------
        DatasetError
            If it cannot be read, or there have been too many names.
        """
        found = _Folder([], [], 0)
        try:
            for entry in listed(folder):
                self._n_names += 1
                most, what = limits.MAX_FOLDER_ENTRIES, "files in it and its sub-folders"
                check_at_most(self._top, self._n_names, most, what, limits.ALONE)
                if is_litter(entry.name):
                    continue
                found.n_links += entry.is_link
                if entry.is_folder:
                    found.folders.append(entry.name)
                elif entry.is_file:  # a pipe would be read for ever
                    found.files.append(entry.name)
        except OSError as error:
            raise DatasetError(f"{folder}: cannot be read: {error.strerror}") from error
        found.files.sort()  # in people's order only once they are pictures: that takes far longer
        found.folders.sort(key=natural_key)
        return found

    def unwrapped(self, folder: Place, found: _Folder) -> tuple[Place, _Folder]:
        """Return the folder of folders that is alone in one, as in ``train/train/class``."""
        for _ in range(_MAX_WRAPPINGS):
            if len(found.folders) != 1 or not _holds_folders_alone(found):
                break
            inner = self.look(folder / found.folders[0])
            if not _holds_folders_alone(inner):
                break
            folder, found = folder / found.folders[0], inner
        return folder, found

    def of_class(self, folder: Place, found: _Folder | None = None) -> tuple[Place, _Folder]:
        """Return where the files of a class are: they may be in a folder alone in its folder."""
        found = found or self.look(folder)
        if len(found.folders) == 1 and _holds_folders_alone(found):
            folder /= found.folders[0]
            found = self.look(folder)
        return folder, found


def _roles(inner: dict[str, _Folder]) -> dict[str, int]:
    """Return which folders are parts of a set, by their names: ``train`` or ``digits_train``.

    What the names say besides the part must be the same of all, or they are parts of several sets.
    """
    by_rest: dict[tuple[str, ...], dict[str, int]] = {}
    for name, folder in inner.items():
        words = _WORD.findall(name.casefold())
        said = [word for word in words if word in _ROLES]
        if len(said) == 1 and _holds_folders_alone(folder):
            rest = tuple(word for word in words if word != said[0])
            by_rest.setdefault(rest, {})[name] = _ROLES[said[0]]
    if () in by_rest:
        return by_rest[()]
    found = by_rest.popitem()[1] if len(by_rest) == 1 else {}
    return found if len(found) > 1 and _ROLES["train"] in found.values() else {}


def holds_pictures(top: Place) -> bool:
    """Whether there are pictures in the sub-folders of a folder, or hardly anything else in it.

    Names tell, or else the content of some files in each folder.

    Raises
    ------
    DatasetError
        If there are too many files to look at.
    """
    looker = Looker(top)
    here = looker.look(top)
    n_flat = sum(map(is_picture_name, here.files))
    if n_flat and n_flat >= _FLAT_SHARE * len(here.files):
        return True
    if here.files and not n_flat and not here.folders and _some_are_pictures(top, here.files):
        return True
    inner = {name: looker.look(top / name) for name in here.folders}
    roles = _roles(inner)
    for name, found in inner.items():
        folder = top / name
        if name in roles:
            folder, found = looker.unwrapped(folder, found)
        elif len(inner) == 1 and not n_flat and _holds_folders_alone(found):
            return False  # a wrapping: what is inside is opened instead
        if _some_are_pictures(folder, found.files):
            return True
        for inner_name in found.folders:
            deeper, found = looker.of_class(folder / inner_name)
            if _some_are_pictures(deeper, found.files):
                return True
    return False


def _some_are_pictures(folder: Place, files: list[str]) -> bool:
    if any(map(is_picture_name, files)):
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
    looker = Looker(top)
    here = looker.look(top)
    inner = {name: looker.look(top / name) for name in here.folders}
    notes: list[str] = []
    n_links = here.n_links + sum(folder.n_links for folder in inner.values())
    roles = _roles(inner)
    if roles:
        found = []
        for name in sorted(roles, key=lambda name: roles[name]):
            place, part = looker.unwrapped(top / name, inner[name])
            classes = {each: looker.of_class(place / each) for each in part.folders}
            n_links += sum(folder.n_links for _, folder in classes.values())
            found.append((name, _files(classes)))
        parts = _joined(found, roles, notes)
        beside = [name for name in here.folders if name not in roles]
        if beside:
            notes.append(f"Left out beside {' and '.join(roles)}: {first_names(beside)}.")
    else:
        parts = (_files({name: looker.of_class(top / name, inner[name]) for name in inner}),)
    if n_links:
        notes.append(f"{n_links:,} link{'s' * (n_links != 1)} to folders were not followed.")
    n_flat = sum(map(is_picture_name, here.files))
    names = {name for part in parts for name in part}
    filled = {name for part in parts for name, files in part.items() if files}
    if len(filled) == 1 and not n_flat:
        raise NotOneSet(
            f"{top}: pictures of only one class, in the sub-folder {filled.pop()}; {_RIGHT}"
        )
    return Tree(
        parts,
        tuple(sorted(names, key=natural_key)),
        tuple(notes),
        n_flat,
    )


def _holds_folders_alone(folder: _Folder) -> bool:
    """Whether there are folders in it, and no pictures: file managers leave notes everywhere."""
    return bool(folder.folders) and not any(map(is_picture_name, folder.files))


def _files(classes: dict[str, tuple[Place, _Folder]]) -> dict[str, list[Place]]:
    return {
        name: [folder / file for file in sorted(found.files, key=natural_key)]
        for name, (folder, found) in classes.items()
    }


def _joined(
    found: list[tuple[str, dict[str, list[Place]]]], roles: dict[str, int], notes: list[str]
) -> tuple[dict[str, list[Place]], ...]:
    """Return the first part and the last; what is between them belongs to the first.

    A part without any class of the first is left out: its folders are named otherwise.
    """
    (first_name, first), *others = found
    filled = {class_name for class_name, files in first.items() if files}
    strange = [name for name, part in others if filled and not any(map(part.get, filled))]
    notes += [f"{name} was left out: no folder in it is one of {first_name}." for name in strange]
    others = [(name, part) for name, part in others if name not in strange]
    if not others:
        notes.append(f"All pictures are those of {first_name}; there is no other part.")
        return (first,)
    for name, part in others[:-1]:
        notes.append(f"The pictures of {name} were put with those of {first_name}.")
        for class_name, files in part.items():
            first.setdefault(class_name, []).extend(files)
    last_name, last = others[-1]
    if roles[last_name] != _ROLES["test"]:
        notes.append(f"The pictures of {last_name} are the test part.")
    return first, last
