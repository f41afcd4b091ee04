"""What every page and tab does alike: it waits for data, follows while seen, forgets, and ends."""

from __future__ import annotations

import gc
import re
import weakref
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    PAGE_SIZE,
    PANEL_SIZE,
    data_of,
    open_and_finish,
    pixels,
    put_on,
    wait_for_state,
    wait_until,
    write_data,
)
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from core.data.dataset import Dataset, Split
from core.learning.config import TrainingConfig
from gui.jobs.study import Study
from gui.session.run_state import RunState
from gui.theme import DARK, LIGHT
from gui.window.registry import ATTACK_SCOPES, LEARN_TABS, PAGES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session

    Make = Callable[[Session], Any]
    Told = list[str]

QUICK = TrainingConfig(epochs=3)
ATTACK_VIEWS = [tab for scope in ATTACK_SCOPES for tab in scope.views]
MAKERS = {
    **{f"page {entry.name}": (entry.make, PAGE_SIZE) for entry in PAGES},
    **{f"Learn {tab.words}": (tab.make, PANEL_SIZE) for tab in LEARN_TABS},
    **{f"Attack {tab.words}": (tab.make, PANEL_SIZE) for tab in ATTACK_VIEWS},
}
EVERY = pytest.mark.parametrize("name", list(MAKERS))


def test_each_is_of_the_module_that_its_entry_names() -> None:
    for entry in (*PAGES, *LEARN_TABS, *ATTACK_VIEWS):
        assert entry.load().__module__ == entry.module


def make(name: str, session: Session) -> QWidget:
    """Return a panel or page, not shown yet."""
    session.attack.set_active(True)  # as on the Attack page
    return MAKERS[name][0](session, None)  # type: ignore[arg-type]


def show(new_panel: Callable[..., Any], name: str, session: Session) -> Any:
    """Return a panel or page, shown."""
    return new_panel(partial(make, name), session, size=MAKERS[name][1])


def studies(panel: QWidget, session: Session) -> list[Study[Any, Any]]:
    """Return everything that may compute for a panel."""
    return [*panel.findChildren(Study), *session.findChildren(Study)]


def is_computing(panel: QWidget, session: Session) -> bool:
    return any(study.is_computing for study in studies(panel, session))


def wait_for_quiet(qtbot: QtBot, panel: QWidget, session: Session) -> None:
    """Wait until nothing has been computed for some frames."""
    quiet = [0]

    def is_quiet() -> bool:
        quiet[0] = 0 if is_computing(panel, session) else quiet[0] + 1
        return quiet[0] > 5

    wait_until(qtbot, is_quiet)


def told_by(session: Session) -> Told:
    """Return the list that will hold everything that went wrong."""
    told: Told = []
    session.messages.surprised.connect(told.append)
    session.messages.notified.connect(lambda words, is_error: told.append(words) if is_error else 0)
    return told


def words_of(panel: QWidget) -> str:
    """Return all words that are seen, or read aloud."""
    labels = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    widgets = [panel, *panel.findChildren(QWidget)]
    return " ".join([*labels, *(w.accessibleDescription() for w in widgets if w.isVisible())])


def assert_asks_of(study: Study[Any, Any], dataset: Dataset) -> None:
    """Assert that a study knows of nothing but these data."""
    if study.answer is None:
        return
    question = study.answer.question
    parts = (dataset.train, dataset.test, dataset.validation)
    for field in fields(question):
        value = getattr(question, field.name)
        if isinstance(value, Dataset):
            assert value is dataset, field.name
        elif isinstance(value, Split):
            assert any(value is part for part in parts), field.name
        elif field.name == "weights" and isinstance(value, np.ndarray):
            assert value.shape == (dataset.n_classes, dataset.train.images.shape[1] + 1)


def is_held(image_part: weakref.ref[Split]) -> bool:
    """Whether anybody still holds images that are gone."""
    gc.collect()
    return image_part() is not None


@EVERY
def test_without_data_it_says_so_and_computes_nothing(
    new_session: Callable[..., Session], new_panel: Callable[..., Any], qtbot: QtBot, name: str
) -> None:
    session = new_session()
    told, before = told_by(session), session.pool.running
    panel = show(new_panel, name, session)
    assert pixels(panel).any()
    wait_for_quiet(qtbot, panel, session)
    assert {*session.pool.running} - {"loading"} == {*before}  # of modules, not of data
    assert set(re.findall(r"(\w+ing) [\w ]*\.\.\.", words_of(panel))) <= {"Waiting"}
    assert told == []


@EVERY
def test_nothing_is_computed_for_what_nobody_sees(
    new_session: Callable[..., Session], new_panel: Callable[..., Any], qtbot: QtBot, name: str
) -> None:
    session = open_and_finish(qtbot, new_session(training=QUICK))
    session.attack.set_active(False)
    before = session.pool.running
    unseen = MAKERS[name][0](session, None)  # type: ignore[arg-type]
    session.view.show_epoch(1)
    wait_for_quiet(qtbot, unseen, session)
    assert session.pool.running == before, "a thread runs before anybody has looked"
    unseen.deleteLater()
    panel = show(new_panel, name, session)
    panel.hide()
    session.attack.set_active(False)
    wait_for_quiet(qtbot, panel, session)
    began: list[str] = []
    session.pool.frame.connect(lambda: began.append(name) if is_computing(panel, session) else None)
    for epoch in (2, 0):
        session.view.show_epoch(epoch)
        wait_for_quiet(qtbot, panel, session)
    assert began == []


@EVERY
def test_other_data_of_any_shape_take_the_place_of_the_old(
    new_session: Callable[..., Session],
    new_panel: Callable[..., Any],
    qtbot: QtBot,
    app: QApplication,
    tmp_path: Path,
    name: str,
) -> None:
    session = open_and_finish(qtbot, new_session(training=QUICK))
    told = told_by(session)
    panel = show(new_panel, name, session)
    # The last image and the last class of these are none of the next.
    session.attack.choose("test", data_of(session).test.n_samples - 1)
    session.attack.set_setting("target", data_of(session).n_classes - 1)
    wait_for_quiet(qtbot, panel, session)
    for n_classes, is_seen in ((2, True), (47, False)):
        panel.setVisible(is_seen)
        gone = [weakref.ref(part) for part in (data_of(session).train, data_of(session).test)]
        session.open(write_data(tmp_path / str(n_classes), (5, 7), n_classes, 188, 94))
        wait_until(qtbot, lambda n=n_classes: data_of(session).n_classes == n)
        wait_for_state(qtbot, session, RunState.FINISHED)
        wait_until(qtbot, lambda gone=gone: not any(is_held(part) for part in gone))
        panel.show()
        wait_for_quiet(qtbot, panel, session)
        light = pixels(panel)
        for study in studies(panel, session):
            assert_asks_of(study, data_of(session))
    put_on(app, panel, DARK)
    dark = pixels(panel)
    assert not np.array_equal(dark, light)
    put_on(app, panel, LIGHT)
    assert not np.array_equal(pixels(panel), dark)
    assert told == []


@EVERY
def test_it_is_hidden_and_closed_while_it_computes(
    new_session: Callable[..., Session],
    new_panel: Callable[..., Any],
    qtbot: QtBot,
    tmp_path: Path,
    name: str,
) -> None:
    session = new_session(training=QUICK)
    told = told_by(session)
    session.open(write_data(tmp_path / "data", (9, 9), 47, 470, 470))
    wait_for_state(qtbot, session, RunState.FINISHED)
    panel = show(new_panel, name, session)
    session.view.show_epoch(1)
    panel.hide()
    session.attack.set_active(False)
    wait_for_quiet(qtbot, panel, session)
    panel.show()
    session.attack.set_active(True)
    session.view.show_epoch(2)
    assert session.close(), "a thread does not end in time"
    assert session.pool.running == []
    assert told == []
