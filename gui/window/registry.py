"""The pages of the window and the tabs of each: a new one is a folder and a line here.

The module of a page is read when the page is made: a person should not wait for it to see something
learn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.learn import confusion, over_epochs, stopping
from gui.shared.page import PageEntry
from gui.tune import comparison, runs

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.shared.page import Page
    from gui.shared.tabs import Tab

LEARN_TABS = (runs.TAB, comparison.TAB, confusion.TAB, stopping.TAB, over_epochs.TAB)
"""Beside the class atlas."""


def attack_tabs() -> tuple[Tab, ...]:
    """Return what there is beside the film."""
    from gui.attack import by_hand, losses, pairs, repair, same_change, targets, transfer

    return (
        losses.TAB,
        targets.TAB,
        pairs.TAB,
        repair.TAB,
        transfer.TAB,
        same_change.TAB,
        by_hand.TAB,
    )


def _learn(session: Session, parent: QWidget) -> Page:
    from gui.learn.page import LearnPage

    return LearnPage(session, LEARN_TABS, parent)


def _attack(session: Session, parent: QWidget) -> Page:
    from gui.attack.page import AttackPage

    return AttackPage(session, attack_tabs(), parent)


def _robustness(session: Session, parent: QWidget) -> Page:
    from gui.attack.robustness.page import RobustnessPage

    return RobustnessPage(session, parent)


def _data(session: Session, parent: QWidget) -> Page:
    from gui.images.data.page import DataPage

    return DataPage(session, parent)


def _draw(session: Session, parent: QWidget) -> Page:
    from gui.images.draw.page import DrawPage

    return DrawPage(session, parent)


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
        make=_robustness,
    ),
    PageEntry(
        "data",
        "Data",
        "All images, what is in them, and how they are split.",
        "Ctrl+3",
        "data",
        make=_data,
    ),
    PageEntry(
        "draw",
        "Draw",
        "Draw a digit of your own and see it read.",
        "Ctrl+4",
        "draw",
        make=_draw,
        takes_keyboard=True,
    ),
)
"""In the order of their buttons."""
