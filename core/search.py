"""Long work, all of one shape: left after any step, asked what it found, and gone on with.

Every long part of core takes the two names of :class:`Search`, so that one mechanism of the window,
the report, a benchmark and a test drive all of them alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from core.progress import Progress

Found = TypeVar("Found")
Found_co = TypeVar("Found_co", covariant=True)


class Search(Protocol[Found_co]):
    """Work that can be left after any step."""

    def run(self) -> Generator[Progress, None, Any]:
        """Do what has not been done yet, telling how far it is at least ten times a second.

        Whoever leaves it may call it again: nothing that was found is looked for a second time.

        Raises
        ------
        ExplorerError
            If there is nothing to be found, in words.
        """

    def found(self) -> Found_co | None:
        """Return what is known by now, read-only; None before anything is."""


class Drained(Generic[Found]):
    """A search that knows nothing before its end: what a generator returns.

    Parameters
    ----------
    begin : makes the generator; called again where one was left, which begins anew
    """

    def __init__(self, begin: Callable[[], Generator[Progress, None, Found]]) -> None:
        self._begin = begin
        self._found: Found | None = None

    def run(self) -> Generator[Progress, None, None]:
        """Run the generator to its end, unless that was reached before."""
        if self._found is None:
            self._found = yield from self._begin()

    def found(self) -> Found | None:
        """Return what it came to."""
        return self._found


class AtOnce(Drained[Found]):
    """A search of one short step: what a function returns."""

    def __init__(self, function: Callable[[], Found]) -> None:
        def work() -> Generator[Progress, None, Found]:
            yield from ()
            return function()

        super().__init__(work)
