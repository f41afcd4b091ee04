"""How far a long piece of work has come, yielded by the generators that do it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from core.words import sized

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_Result = TypeVar("_Result")
_Told = TypeVar("_Told")
_Asked = ParamSpec("_Asked")


@dataclass(frozen=True, slots=True)
class Progress:
    """What has been done so far.

    Attributes
    ----------
    done, total : in ``unit``; total is 0 where it is not known
    unit : in words people read ("pictures", "bytes")
    """

    done: int
    total: int
    unit: str

    def __str__(self) -> str:
        """Return it in words."""
        if self.unit == "bytes":
            words = sized(self.done)
            return f"{words} of {sized(self.total)}" if self.total else words
        words = f"of {self.total:,} {self.unit}" if self.total else self.unit
        return f"{self.done:,} {words}"


def finish(work: Generator[Progress, None, _Result]) -> _Result:
    """Do all of ``work`` and return its result, whatever it tells on the way."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: _Result = end.value
            return result


def done_at_once(
    begin: Callable[_Asked, Generator[Progress, None, _Result]],
) -> Callable[_Asked, _Result]:
    """Return what does all of the work that ``begin`` begins."""

    @wraps(begin)
    def do(*args: _Asked.args, **kwargs: _Asked.kwargs) -> _Result:
        return finish(begin(*args, **kwargs))

    return do


def told_as(
    work: Generator[Any, None, _Result], told: Callable[[], _Told]
) -> Generator[_Told, None, _Result]:
    """Do all of ``work``, telling ``told()`` in place of whatever it tells."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: _Result = end.value
            return result
        yield told()
