"""The pages of the window and the tabs of each: a new one is a folder and a line here.

The module of a page is read beside the window, or when the page is asked for: a person should not
wait for it to see something learn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.learn import confusion, over_epochs, stopping
from gui.shared.page import PageEntry
from gui.tune import comparison, runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.shared.page import Page
    from gui.shared.tabs import Tab

    Maker = Callable[[Session, QWidget], Page]

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


def _learn() -> Maker:
    from gui.learn.page import LearnPage

    return lambda session, parent: LearnPage(session, LEARN_TABS, parent)


def _attack() -> Maker:
    from gui.attack.page import AttackPage

    return lambda session, parent: AttackPage(session, attack_tabs(), parent)


def _robustness() -> Maker:
    from gui.attack.robustness.page import RobustnessPage

    return RobustnessPage


def _data() -> Maker:
    from gui.images.data.page import DataPage

    return DataPage


def _draw() -> Maker:
    from gui.images.draw.page import DrawPage

    return DrawPage


PAGES = (
    PageEntry(
        "learn", "Learn", "What is learnt, and where it fails.", "Ctrl+1", "play", load=_learn
    ),
    PageEntry(
        "attack",
        "Attack",
        "Change an image until it is read as something else.",
        "Ctrl+2",
        "attack",
        load=_attack,
    ),
    PageEntry(
        "robustness",
        "Robustness",
        "How much change the images withstand: exact, and under attacks.",
        "Ctrl+5",
        "best",
        load=_robustness,
    ),
    PageEntry(
        "data",
        "Data",
        "All images, what is in them, and how they are split.",
        "Ctrl+3",
        "data",
        load=_data,
    ),
    PageEntry(
        "draw",
        "Draw",
        "Draw a digit of your own and see it read.",
        "Ctrl+4",
        "draw",
        load=_draw,
        takes_keyboard=True,
    ),
)
"""In the order of their buttons."""
