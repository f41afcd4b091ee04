"""Files and figures made in a thread of their own, one after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from core.progress import Progress
from core.search import Drained
from gui.jobs.study import Study

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from gui.session.session import Session


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """What is to be made, and where it goes.

    Attributes
    ----------
    make : makes the content; called in the thread
    path : where it is written; None for what is only handed back
    take : gets the content that is handed back
    """

    make: Callable[[], bytes]
    path: Path | None = None
    take: Callable[[bytes], None] | None = None


class Writing(QObject):
    """A queue: nothing that was ordered is lost, and what came of it is told."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._messages = session.messages
        self._orders: list[Order] = []
        self._study: Study[Order, bytes] = Study(
            session.view,
            session.pool,
            "saving a figure",
            lambda: self._orders[0] if self._orders else None,
            lambda order: Drained(lambda: _made(order)),
            on_demand=True,
            is_of_data=False,  # what is ordered does not change any more
            rest=0.0,
            parent=self,
        )
        self._study.changed.connect(self._read)
        self._study.failed.connect(self._next)

    @property
    def is_under_way(self) -> bool:
        """Whether anything is still to be made."""
        return bool(self._orders)

    def save(self, path: Path, make: Callable[[], bytes]) -> None:
        """Make the content of a file, and write it whole or not at all."""
        self._order(Order(make, path))

    def hand(self, make: Callable[[], bytes], take: Callable[[bytes], None]) -> None:
        """Make something and hand it back, in the window's thread."""
        self._order(Order(make, take=take))

    def _order(self, order: Order) -> None:
        self._orders.append(order)
        if len(self._orders) == 1:
            self._study.start()

    @Slot()
    def _read(self) -> None:
        answer = self._study.answer
        if not self._orders or answer is None or not answer.is_whole:
            return
        order = self._orders[0]
        if answer.error is not None:
            self._messages.warn(str(answer.error))
        elif order.path is not None:
            self._messages.note(f"Saved {order.path}")
        elif order.take is not None and answer.found is not None:
            order.take(answer.found)
        self._next()

    @Slot()
    def _next(self) -> None:
        """Go on with what else was ordered; one that failed is told already."""
        del self._orders[:1]
        if self._orders:
            self._study.start()


def _made(order: Order) -> Generator[Progress, None, bytes]:
    """Make and write; left between the two, as by the end of the program, it writes nothing."""
    from core.report.files import keep

    yield Progress(0, 2, "steps")
    content = order.make()
    yield Progress(1, 2, "steps")
    if order.path is not None:
        keep(order.path, content)
    return content
