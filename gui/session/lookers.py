"""The parts of a session that look at models and never change one: a tab or a page each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.attack.by_hand.study import ByHandSession
from gui.attack.losses.study import LossesSession
from gui.attack.pairs.study import PairsSession
from gui.attack.repair.study import RepairSession
from gui.attack.robustness.study import RobustnessSession
from gui.attack.same_change.study import SameChangeSession
from gui.attack.targets.study import TargetsSession
from gui.attack.transfer.study import TransferSession
from gui.session.epochs import EpochsSession
from gui.tune.comparison.study import ComparisonSession

if TYPE_CHECKING:
    from gui.jobs.job_pool import JobPool
    from gui.jobs.mailbox import Mailbox
    from gui.session.session import Session


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
            self.comparison,
            self.epochs,
            self.robustness,
            self.targets,
            self.pairs,
            self.repair,
            self.losses,
            self.transfer,
            self.same_change,
            self.by_hand,
        )
