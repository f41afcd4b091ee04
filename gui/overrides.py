"""Errors in what overrides a method of Qt end no process.

Up to Python 3.11 an error that C code raises (``[][0]``, ``int("")``, ``1 / 0``) is a class and a
message until somebody catches it. PySide (6.11.3) writes into an error that leaves an override
while Python waits for Qt, takes the message for the error itself and ends the process. Caught once
it is an error as any other: it reaches whoever has called Qt, and at last ``sys.excepthook``.
"""

from __future__ import annotations

import sys
from functools import wraps
from types import FunctionType
from typing import TYPE_CHECKING, Any

from shiboken6 import Shiboken

if TYPE_CHECKING:
    from collections.abc import Callable

_ROOT: Any = Shiboken.Object


def guard_overrides() -> None:
    """Guard every class over one of Qt: those there are, and those that will be, libraries' too."""
    if sys.version_info >= (3, 12) or "__init_subclass__" in vars(_ROOT):
        return

    def made(kind: type[Any], /, **options: Any) -> None:
        super(_ROOT, kind).__init_subclass__(**options)
        _guard(kind)

    _ROOT.__init_subclass__ = classmethod(made)
    heirs = list(_ROOT.__subclasses__())
    while heirs:
        heirs += (kind := heirs.pop()).__subclasses__()
        if not _is_qt(kind):
            _guard(kind)


def overrides(kind: type[Any]) -> dict[str, FunctionType]:
    """Return what a class defines itself under the name of a method of Qt."""
    of_qt = [vars(base) for base in kind.__mro__ if _is_qt(base)]
    return {
        name: method
        for name, method in vars(kind).items()
        if isinstance(method, FunctionType)
        and not name.startswith("__")
        and any(name in names for names in of_qt)
    }


def _is_qt(kind: type[Any]) -> bool:
    return kind.__module__.partition(".")[0] in ("PySide6", "Shiboken")


def _guard(kind: type[Any]) -> None:
    for name, method in overrides(kind).items():
        setattr(kind, name, _caught(method))


def _caught(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def caught(*given: Any, **named: Any) -> Any:
        try:
            return method(*given, **named)
        except BaseException:  # which makes one of its class and its message
            raise

    return caught
