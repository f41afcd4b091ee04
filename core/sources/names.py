"""What names of files say: which are litter, and in which order people number them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.sources import limits

if TYPE_CHECKING:
    from collections.abc import Sequence

_LITTER = frozenset({"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"})
_PACKED = re.compile(r"(?P<stem>.+?)\.(zip|tar|tgz|(tar\.)?(gz|bz2|xz|zst)|7z|rar)", re.IGNORECASE)
_ARCHIVE = re.compile(r"\.(zip|7z|rar|tgz|tar(\.\w+)?)$")
_LISTED = 6
_LEADS_OUT = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.($|[/\\])|\0")
"""An absolute path, a drive, or a step up."""
_DIGITS = re.compile(r"([0-9]+)")


def is_litter(name: str) -> bool:
    """Whether a path within a folder or an archive is what programs leave, and nobody put there.

    Those are macOS' shadows ``._NAME`` of real files, in archives below ``__MACOSX`` (AppleDouble,
    RFC 1740), the notes of file managers, and whatever is hidden: ``.git``, ``.ipynb_checkpoints``.
    """
    return any(
        part.casefold() in _LITTER or (part[:1] == "." and part not in (".", ".."))
        for part in name.split("/")
    )


def packed_stem(name: str) -> str:
    """Return what an archive was made of, by its name in small letters; "" if it is none."""
    match = _PACKED.fullmatch(name.casefold())
    return match["stem"] if match else ""


def is_handed_in(name: str) -> bool:
    """Whether a file is named as Kaggle's example of labels to hand in, which are none."""
    return "submission" in name.casefold()


def is_archive_name(name: str) -> bool:
    """Whether a file is named as an archive of files; gzip alone is none."""
    return _ARCHIVE.search(name.casefold()) is not None


def first_names(names: Sequence[str], most: int = _LISTED) -> str:
    """Return the first names, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def wrong_member_name(name: str) -> str:
    """Return what is wrong with the name of a file in an archive; "" if nothing is."""
    if len(name) > limits.MAX_MEMBER_NAME:
        return (
            f"a name of {len(name):,} characters is in it ({name[:40]!r}...); up to "
            f"{limits.MAX_MEMBER_NAME:,} are accepted"
        )
    if _LEADS_OUT.search(name):
        return f"the name {name!r} leads out of the archive; such an archive is a trap"
    return ""


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """Return what to sort ``name`` by, so that numbers in it count as numbers.

    Capitals do not matter, but equal names in another spelling keep a fixed order.
    """
    pieces = _DIGITS.split(name.casefold())
    key = [
        # Leading zeros do not count, and no number is converted: a name may have 200 digits.
        (1, len(piece.lstrip("0")), piece.lstrip("0")) if i % 2 else (0, 0, piece)
        for i, piece in enumerate(pieces)
    ]
    return [*key, (0, 0, name)]
