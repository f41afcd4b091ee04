"""Which array of a file is what: images or labels, for training or for testing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from core.errors import DatasetError
from core.sources.limits import MAX_CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROLES = ("train_images", "train_labels", "test_images", "test_labels")
"""What an array can be, in the order in which people are asked."""

ALL_ROLES = (*ROLES, "validation_images", "validation_labels")
"""The last two are understood where a file names them; they join the training part."""

HOW_TO_SAY = (
    "say which is which by --arrays train_images=NAME,train_labels=NAME (and test_images, "
    "test_labels where there are some), or choose in the window"
)

_IMAGES = frozenset(
    "x image images img imgs data feature features pixel pixels input inputs sample samples "
    "digit digits picture pictures".split()
)
_LABELS = frozenset("y label labels lbl lbls target targets class classes".split())
_WEAK = frozenset({"data"})
"""Says something only where no other word does: ``y_data`` are labels."""

_PARTS = {
    "train": frozenset("train training trn".split()),
    "test": frozenset("test testing tst t10k".split()),
    "validation": frozenset("val valid validation dev".split()),
}
_NEITHER = frozenset("name names id ids index indices mean std shape weight weights file".split())
"""A name with one of these is about images or labels, but is neither: ``target_names``."""

_WORDS = _IMAGES | _LABELS | frozenset().union(*_PARTS.values())
_LONGEST_WORD = max(map(len, _WORDS))
_TOKEN = re.compile(r"(?i:t10k)|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_NUMBERS = re.compile(r"bool|u?int(8|16|32|64)|float(16|32|64)|[<>=]?[iuf][248]")
_STRINGS = re.compile(r"[<>|=]?[US][0-9]+")
_LISTED = 12
"""Arrays named in an error; a person reads no more."""

_SHOWN = 60
"""Characters of such a name."""


@dataclass(frozen=True, slots=True)
class ArrayInfo:
    """One array of a file: its name, shape and type.

    ``dtype`` is as NumPy writes it, or a word like ``object`` for what is never read.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str

    def __str__(self) -> str:
        """Return it in words."""
        shape = " x ".join(map(str, self.shape)) or "one value"
        return f"{self.name[:_SHOWN]} ({shape}, {self.dtype})"

    @property
    def may_be_images(self) -> bool:
        """Whether it has one row, or one picture, of numbers per entry."""
        return 2 <= len(self.shape) <= 4 and _NUMBERS.fullmatch(self.dtype) is not None

    @property
    def may_be_labels(self) -> bool:
        """Whether it has one number, one word or one row of numbers per entry."""
        numbers = _NUMBERS.fullmatch(self.dtype) is not None and len(self.shape) in (1, 2)
        return numbers or (_STRINGS.fullmatch(self.dtype) is not None and len(self.shape) == 1)

    @property
    def is_labels(self) -> bool:
        """Whether it is labels: one value per entry, or rows that its name says are labels."""
        return self.is_column or (self.may_be_labels and meaning(self.name)[1] == "labels")

    @property
    def is_column(self) -> bool:
        """Whether it can hardly be anything but labels: one value per entry."""
        return self.may_be_labels and (len(self.shape) == 1 or self.shape[1] == 1)


class HalfSet(DatasetError):
    """There are images without labels, or labels without images: a file beside may hold them.

    Attributes
    ----------
    arrays : what there is, read when it is wanted
    """

    arrays: Sequence[Any] = ()


class ArraysUnclear(DatasetError):
    """The arrays of a file could be images or labels: somebody must say which is which.

    Attributes
    ----------
    candidates : the arrays of the file
    guess : what they might be, role to name; some roles may be missing
    """

    def __init__(
        self, message: str, candidates: Sequence[ArrayInfo], guess: Mapping[str, str]
    ) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)
        self.guess = dict(guess)


def arrays_text(roles: Mapping[str, str]) -> str:
    """Return which array is what, as ``ReadingConfig.arrays`` writes it.

    In names, what would be read as something else (comma, equals and percent signs, white space)
    is written as in a web address: ``%2C``.
    """
    return ",".join(f"{role}={_escaped(name)}" for role, name in roles.items())


def _escaped(name: str) -> str:
    def escape(found: re.Match[str]) -> str:
        return "".join(f"%{byte:02X}" for byte in found[0].encode())

    return re.sub(r"[,=%\s]", escape, name)


def parse_arrays(where: str, text: str) -> dict[str, str]:
    """Return role to name from what :func:`arrays_text` or a person has written.

    Raises
    ------
    DatasetError
        If a role is unknown, given twice or missing its other half; ``where`` names the file.
    """
    roles: dict[str, str] = {}
    for entry in text.split(","):
        role, equals, name = (word.strip() for word in entry.partition("="))
        if not equals or role not in ALL_ROLES:
            raise DatasetError(
                f"{where}: {entry.strip()!r} does not say what an array is; expected ROLE=NAME "
                f"with a role of {', '.join(ROLES)}"
            )
        if role in roles:
            raise DatasetError(f"{where}: two arrays are to be the {role}; choose one")
        roles[role] = unquote(name)
    for one, other in zip(ALL_ROLES[::2], ALL_ROLES[1::2], strict=True):
        missing = {one, other} - set(roles)
        if len(missing) == 1 or (missing and one == "train_images"):
            raise DatasetError(
                f"{where}: no array is said to be the {' and the '.join(sorted(missing))}; "
                "images and labels are needed"
            )
    return roles


def listed(infos: Sequence[ArrayInfo]) -> str:
    """Return the arrays in words, the first ones where there are many."""
    words = ", ".join(map(str, infos[:_LISTED])) or "no array"
    return words + (f" and {len(infos) - _LISTED} more" if len(infos) > _LISTED else "")


def choose(where: str, infos: Sequence[ArrayInfo], text: str = "") -> dict[str, str]:
    """Return which array is what, role to name.

    Parameters
    ----------
    where : how errors name the file
    infos : the arrays in it
    text : what a person has said, see :func:`parse_arrays`; empty to find out by usual names,
        or by shape where one array alone can be the images and one alone the labels

    Raises
    ------
    ArraysUnclear
        If it cannot be found out.
    DatasetError
        If ``text`` is wrong, or no array can be images, or none labels.
    """
    if text.strip():
        roles = parse_arrays(where, text)
        names = [info.name for info in infos]
        for role, name in roles.items():
            if name not in names:
                raise (HalfSet if len(names) < 2 else DatasetError)(
                    f"{where}: there is no array {name!r} for the {role}; it holds {listed(infos)}"
                )
            if list(roles.values()).count(name) > 1:
                raise DatasetError(f"{where}: {name!r} is to be two things at once; choose one")
        return roles
    if not any(info.may_be_images for info in infos):
        raise HalfSet(
            f"{where}: no array in it can be images, which are numbers in (n, pixels), (n, height, "
            f"width) or (n, height, width, 1 or 3); it holds {listed(infos)}"
        )
    if not any(info.may_be_labels for info in infos) or len(infos) < 2:
        raise HalfSet(
            f"{where}: the labels are missing, one per image in an array like y or labels; it "
            f"holds {listed(infos)}"
        )
    named, clear = _by_names(infos)
    if clear:
        return named
    paired = _by_lengths(infos)
    if paired and named.items() <= paired.items():
        return paired
    shaped = _by_shapes(infos)
    if not any(
        one.may_be_images and other.may_be_labels and one.shape[0] == other.shape[0]
        for one in infos
        for other in infos
        if one is not other
    ):  # nobody could choose
        raise DatasetError(
            f"{where}: no array of it has as many labels as another has images, one of each for "
            f"each entry of the first axis; it holds {listed(infos)}"
        )
    raise ArraysUnclear(
        f"{where}: it is unclear which array is what. It holds {listed(infos)}; {HOW_TO_SAY}",
        infos,
        _distinct({**shaped, **named}),
    )


def _by_names(infos: Sequence[ArrayInfo]) -> tuple[dict[str, str], bool]:
    """Return what the names say, and whether that is clear."""
    found: dict[str, list[ArrayInfo]] = {}
    plain: dict[str, list[ArrayInfo]] = {}
    for info in infos:
        part, kind = meaning(info.name)
        if (kind == "images" and info.may_be_images) or (kind == "labels" and info.may_be_labels):
            (found if part else plain).setdefault(f"{part or 'train'}_{kind}", []).append(info)
    if not {"train_images", "train_labels"} & set(found):
        found.update(plain)
    roles, clear = {}, True
    for role, candidates in found.items():
        # Of ``data`` (n, 64) and ``images`` (n, 8, 8) the one that knows its shape.
        most = max(len(info.shape) for info in candidates)
        best = [info for info in candidates if len(info.shape) == most or "labels" in role]
        clear = clear and len(best) == 1
        roles[role] = best[0].name
    halves = zip(ALL_ROLES[::2], ALL_ROLES[1::2], strict=True)
    if "test_labels" not in roles and (images := roles.get("test_images")):
        length = next(info.shape[0] for info in infos if info.name == images)
        if not any(
            info.may_be_labels and info.shape[:1] == (length,)
            for info in infos
            if info.name not in roles.values()
        ):
            del roles["test_images"]  # such images are there to be handed in
    whole = all((one in roles) == (other in roles) for one, other in halves)
    ordered = {role: roles[role] for role in ALL_ROLES if role in roles}
    return ordered, clear and whole and "train_images" in roles


def _by_lengths(infos: Sequence[ArrayInfo]) -> dict[str, str]:
    """Return what numbers of entries say: images belong to the only labels of as many.

    The longer of two pairs is the training's, unless a name says that it is for testing. Empty
    where images have no labels or several, or several have the same, or two pairs are alike.
    """
    columns = [info for info in infos if info.is_labels and info.shape]
    pairs = []
    for info in infos:
        if not info.may_be_images or info.is_labels:
            continue
        mates = [other for other in columns if other.shape[0] == info.shape[0]]
        if len(mates) > 1:
            mates = [other for other in mates if part_of(other.name) == part_of(info.name)]
        if len(mates) != 1:
            return {}
        pairs.append((info, mates[0]))
    if len(pairs) not in (1, 2) or len({labels.name for _, labels in pairs}) < len(pairs):
        return {}
    pairs.sort(key=lambda pair: (part_of(pair[0].name) == "test", -pair[0].shape[0]))
    if len(pairs) == 2:
        (one, _), (other, _) = pairs
        if one.shape[0] == other.shape[0] and part_of(other.name) != "test":
            return {}
    found: dict[str, str] = {}
    for part, (images, labels) in zip(("train", "test"), pairs, strict=False):
        found |= {f"{part}_images": images.name, f"{part}_labels": labels.name}
    return found


def _by_shapes(infos: Sequence[ArrayInfo]) -> dict[str, str]:
    """Return what shapes may mean, the longest images being the training's: a guess."""
    images = [info for info in infos if info.may_be_images and not info.is_column]
    columns = [info for info in infos if info.is_column]
    roles: dict[str, str] = {}
    by_size = sorted(images, key=lambda info: (-info.shape[0], -len(info.shape)))
    for part in ("train", "test"):
        for info in by_size:
            mates = [other for other in columns if other.shape[0] == info.shape[0]]
            free = [other for other in mates if other.name not in roles.values()]
            if free and info.name not in roles.values():
                roles |= {f"{part}_images": info.name, f"{part}_labels": free[0].name}
                break
    return roles


def _distinct(roles: Mapping[str, str]) -> dict[str, str]:
    """Return ``roles`` without those whose array already has one."""
    seen: dict[str, str] = {}
    for role in ALL_ROLES:
        if role in roles and roles[role] not in seen.values():
            seen[role] = roles[role]
    return seen


def lists_classes(info: ArrayInfo, others: Sequence[ArrayInfo]) -> bool:
    """Whether an array lists what classes are called: ``class_names``, ``list_classes``.

    An array of words that is called ``classes`` may as well have one for each image.
    """
    few = _STRINGS.fullmatch(info.dtype) and len(info.shape) == 1 and info.shape[0] > 1
    words = [word for token in _TOKEN.findall(info.name) for word in _split(token.lower())]
    if not few or not words or info.shape[0] > MAX_CLASSES:
        return False
    if words[-1] == "names":
        return len(words) == 1 or not _LABELS.isdisjoint(words) or "category" in words
    per_image = any(other.may_be_images and other.shape[0] == info.shape[0] for other in others)
    return words[-1] in ("classes", "categories") and not per_image


@lru_cache
def meaning(name: str) -> tuple[str, str]:
    """Return (part, kind) that a name says: train, test, validation; images, labels; or empty."""
    words = [word for token in _TOKEN.findall(name) for word in _split(token.lower())]
    if _NEITHER & set(words):
        return "", ""
    parts = [part for part, known in _PARTS.items() if known & set(words)]
    kinds = [word for word in words if word in _IMAGES or word in _LABELS]
    kinds = [word for word in kinds if word not in _WEAK] or kinds
    if not kinds or len(parts) > 1:
        return "", ""
    # The last word is what a thing is: image_labels are labels.
    return parts[0] if parts else "", "images" if kinds[-1] in _IMAGES else "labels"


def part_of(name: str) -> str:
    """Return the part that a name says, even if it does not say of what; or empty."""
    return meaning(f"{name}_images")[0]


def _split(token: str) -> tuple[str, ...]:
    """Return ``xtrain`` as its two words, anything else as it is."""
    for i in range(1, min(len(token), _LONGEST_WORD + 1)):
        if token[:i] in _WORDS and token[i:] in _WORDS:
            return token[:i], token[i:]
    return (token,)
