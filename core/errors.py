"""Errors whose message a person can act on.

Every message names what is wrong, where, and what would be right. The window, the headless
report and the tests show exactly this text; nothing else may leave ``core`` on bad input.
"""

from __future__ import annotations


class ExplorerError(Exception):
    """Base of everything ``core`` raises on purpose."""


class DatasetError(ExplorerError):
    """A data set cannot be opened, or its parts do not fit together."""


class SettingError(ExplorerError):
    """A setting is outside its declared range, or two settings contradict each other."""


class ReportError(ExplorerError):
    """A report cannot be written where it was asked for."""
