"""The parts of a session that look at models and never change one: a tab or a page each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.by_hand_session import ByHandSession
from gui.comparison_session import ComparisonSession
from gui.epochs_session import EpochsSession
from gui.losses_session import LossesSession
from gui.pairs_session import PairsSession
from gui.repair_session import RepairSession
from gui.robustness_session import RobustnessSession
from gui.same_change_session import SameChangeSession
from gui.targets_session import TargetsSession
from gui.transfer_session import TransferSession

if TYPE_CHECKING:
    from gui.job_pool import JobPool
    from gui.mailbox import Mailbox
    from gui.session import Session


class Lookers:
    """What they are called as attributes of the session."""

    def _look_with(self, session: Session, pool: JobPool, mailbox: Mailbox) -> None:
        self.comparison = ComparisonSession(session, pool, mailbox)
        self.epochs = EpochsSession(session, pool, mailbox)
        self.robustness = RobustnessSession(session, pool, mailbox)
        self.targets = TargetsSession(session, pool, mailbox)
        self.pairs = PairsSession(session, pool, mailbox)
        self.repair = RepairSession(session, pool, mailbox)
        self.losses = LossesSession(session, pool, mailbox)
        self.transfer = TransferSession(session, pool, mailbox)
        self.same_change = SameChangeSession(session, pool, mailbox)
        self.by_hand = ByHandSession(session, pool, mailbox)
        self.talkers = (self.transfer, self.same_change, self.pairs)
        """Those whose jobs send events that must not be lost."""
        self.lookers = (
            *(self.comparison, self.epochs, self.robustness, self.targets, self.pairs),
            *(self.repair, self.losses, self.transfer, self.same_change, self.by_hand),
        )
