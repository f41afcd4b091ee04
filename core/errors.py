"""Errors whose message a person can act on.

Every message names what is wrong, where, and what would be right. The window, the headless
report and the tests show exactly this text; nothing else may leave ``core`` on bad input.
"""

from __future__ import annotations

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories that steer a terminal or a line instead of being seen in it."""


def printable(text: str) -> str:
    """Return ``text`` with everything that is not seen written as an escape.

    File and class names come from strangers: a newline, a terminal's escape sequence or a change
    of writing direction in one must not act on whoever reads a message with it.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char.encode("unicode_escape").decode("ascii")
        if unicodedata.category(char) in _HIDDEN
        else char
        for char in text
    )


class ExplorerError(Exception):
    """Base of everything ``core`` raises on purpose; its message is made printable."""

    def __init__(self, message: str = "") -> None:
        super().__init__(printable(message))


class DatasetError(ExplorerError):
    """A data set cannot be opened, or its parts do not fit together."""


class ModelError(ExplorerError):
    """A saved model cannot be read or written, or does not fit the data."""


class SettingError(ExplorerError):
    """A setting is outside its declared range, or two settings contradict each other."""


class ReportError(ExplorerError):
    """A report cannot be written where it was asked for."""


class StoreError(ExplorerError):
    """What was made cannot be kept in a file, or a file holds no such thing."""
