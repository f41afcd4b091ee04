"""Files and figures made in a thread of their own, one after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.progress import Progress
from core.search import Drained
from gui.jobs.study import Study

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from gui.session.session import Session

    Making = bytes | Generator[Progress, None, bytes]
    """A content, or what makes it and tells how far it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """What is to be made, and where it goes.

    Attributes
    ----------
    make : makes the content; called in the thread
    take : gets the content, in the window's thread
    path : where it is written; None for what is only handed back
    """

    make: Callable[[], Making]
    take: Callable[[bytes], None]
    path: Path | None


class Writing(QObject):
    """A queue: nothing that was ordered is lost, and what came of it is told."""

    changed = Signal()
    """How far it is."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._messages = session.messages
        self._orders: list[Order] = []
        self._study: Study[Order, bytes] = Study(
            session.view,
            session.pool,
            "saving a file",
            lambda: self._orders[0] if self._orders else None,
            lambda order: Drained(lambda: _made(order)),
            on_demand=True,
            is_of_data=False,  # what is ordered does not change any more
            tell=0.0,
            rest=0.0,
            parent=self,
        )
        self._study.changed.connect(self._read)
        self._study.failed.connect(self._next)

    @property
    def progress(self) -> float | None:
        """0 to 1 while something is being made, else None."""
        told = self._study.progress
        return None if not self._orders else told.done / told.total if told else 0.0

    def save(self, path: Path, make: Callable[[], Making]) -> None:
        """Make the content of a file, and write it whole or not at all."""
        self.hand(make, lambda _: self._messages.note(f"Saved {path}"), path)

    def hand(
        self, make: Callable[[], Making], take: Callable[[bytes], None], path: Path | None = None
    ) -> None:
        """Make something, write it where it has a path, and hand it back in the window's thread."""
        self._orders.append(Order(make, take, path))
        if len(self._orders) == 1:
            self._study.start()

    def call_off(self) -> None:
        """Leave what is being made; no file of it is left."""
        self._next()

    @Slot()
    def _read(self) -> None:
        answer = self._study.answer
        if self._orders and answer is not None and answer.is_whole:
            if answer.error is not None:
                self._messages.warn(str(answer.error))
            elif answer.found is not None:
                self._orders[0].take(answer.found)
            self._next()
        else:
            self.changed.emit()

    @Slot()
    def _next(self) -> None:
        """Go on with what else was ordered; one that failed is told already."""
        del self._orders[:1]
        if self._orders:
            self._study.start()
        else:
            self._study.forget()  # it may hold a whole film


def _made(order: Order) -> Generator[Progress, None, bytes]:
    """Make and write; left between the two, as by the end of the program, it writes nothing."""
    from core.report.files import keep

    content = order.make()
    if not isinstance(content, bytes):
        content = yield from content
    yield Progress(1, 1, "files")
    if order.path is not None:
        keep(order.path, content)
    return content
