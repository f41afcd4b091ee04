"""Features that are not studies of their panels yet, made with the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from gui.attack.same_change.study import SameChangeSession
from gui.attack.transfer.study import TransferSession
from gui.jobs.legacy import ALWAYS, LegacyMailbox
from gui.jobs.worker import Failed

if TYPE_CHECKING:
    from gui.session.session import Session


class Lookers(QObject):
    """Makes them attributes of the session, and hands them their letters."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.mailbox = mailbox = LegacyMailbox(session.pool)
        self._session, pool = session, session.pool
        session.transfer = TransferSession(session, pool, mailbox)
        session.same_change = SameChangeSession(session, pool, mailbox)
        pool.frame.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        events, self.mailbox.events[:] = list(self.mailbox.events), []
        latest = dict(self.mailbox.latest)
        self.mailbox.latest.clear()
        parts = [p for p in vars(self._session).values() if hasattr(p, "take_latest")]
        for letter in events:
            talkers = [p for p in parts if hasattr(p, "take_event")]
            if any(part.take_event(letter) for part in talkers):
                continue
            if letter.generation == ALWAYS and isinstance(letter.payload, Failed):
                self._session.messages.tell(letter.payload)
        for part in parts:
            part.take_latest(latest)
