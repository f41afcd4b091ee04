"""The pages of the window and the tabs of each: a new one is a folder and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.attack import by_hand, losses, pairs, repair, same_change, targets, transfer
from gui.attack.page import AttackPage
from gui.attack.robustness.page import RobustnessPage
from gui.images.data.page import DataPage
from gui.images.draw.page import DrawPage
from gui.learn import confusion, over_epochs, stopping
from gui.learn.page import LearnPage
from gui.shared.page import PageEntry
from gui.tune import comparison, runs

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session

LEARN_TABS = (runs.TAB, comparison.TAB, confusion.TAB, stopping.TAB, over_epochs.TAB)
"""Beside the class atlas."""

ATTACK_TABS = (
    losses.TAB,
    targets.TAB,
    pairs.TAB,
    repair.TAB,
    transfer.TAB,
    same_change.TAB,
    by_hand.TAB,
)
"""Beside the film."""


def _learn(session: Session, parent: QWidget) -> LearnPage:
    return LearnPage(session, LEARN_TABS, parent)


def _attack(session: Session, parent: QWidget) -> AttackPage:
    return AttackPage(session, ATTACK_TABS, parent)


PAGES = (
    PageEntry(
        "learn", "Learn", "What is learnt, and where it fails.", "Ctrl+1", "play", make=_learn
    ),
    PageEntry(
        "attack",
        "Attack",
        "Change an image until it is read as something else.",
        "Ctrl+2",
        "attack",
        make=_attack,
    ),
    PageEntry(
        "robustness",
        "Robustness",
        "How much change the images withstand: exact, and under attacks.",
        "Ctrl+5",
        "best",
        make=RobustnessPage,
    ),
    PageEntry(
        "data",
        "Data",
        "All images, what is in them, and how they are split.",
        "Ctrl+3",
        "data",
        make=DataPage,
    ),
    PageEntry(
        "draw",
        "Draw",
        "Draw a digit of your own and see it read.",
        "Ctrl+4",
        "draw",
        make=DrawPage,
        takes_keyboard=True,
    ),
)
"""In the order of their buttons."""
