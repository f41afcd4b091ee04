"""Panels behind tabs are made ahead, in pieces: their modules beside the window, one by one."""

from __future__ import annotations

import threading
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from gui_helpers import wait_until
from PySide6.QtWidgets import QWidget

from gui.shared.page import Page
from gui.shared.tabs import PanelTabs, Tab
from gui.window.registry import LEARN_TABS

if TYPE_CHECKING:
    from types import ModuleType

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session

TABS = (*LEARN_TABS, Tab("Once more", "", LEARN_TABS[0].panel))


@pytest.fixture
def tabs(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> PanelTabs:
    """Return panels that are made ahead as soon as they are shown."""
    for name in ("FIRST_MILLISECONDS", "NEXT_MILLISECONDS"):
        monkeypatch.setattr(f"gui.widgets.basics.lazy_tabs.{name}", 0)
    page = Page(session)
    qtbot.addWidget(page)
    return PanelTabs(session, ("first", QWidget()), TABS, page)


def test_modules_are_loaded_beside_the_window(
    tabs: PanelTabs, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[tuple[str, str]] = []

    def load(name: str) -> ModuleType:
        loaded.append((threading.current_thread().name, name))
        return import_module(name)

    monkeypatch.setattr("gui.shared.tabs.import_module", load)
    assert tabs.left == [tab.words for tab in TABS]
    tabs.window().show()
    wait_until(qtbot, lambda: not tabs.left)
    beside = [name for thread, name in loaded if thread == "loading"]
    assert beside == [tab.module for tab in TABS]
    for tab in TABS:
        assert type(tabs.panel(tab.words)).__module__ == tab.module


def test_no_panel_is_made_ahead_before_its_module_is_there(
    tabs: PanelTabs, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()
    second = TABS[1].module

    def load(name: str) -> ModuleType:
        if name == second:
            goes_on.wait(60)
        return import_module(name)

    monkeypatch.setattr("gui.shared.tabs.import_module", load)
    tabs.window().show()
    wait_until(qtbot, lambda: len(tabs.left) == len(TABS) - 1)
    qtbot.wait(100)
    assert tabs.left[0] == TABS[1].words
    assert tabs.panel(TABS[2].words)  # who asks for one need not wait for those before
    goes_on.set()
    wait_until(qtbot, lambda: not tabs.left)
