"""What all panels have in common, whatever they show."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from gui_helpers import click, data_of, wait_until
from PySide6.QtWidgets import QLabel, QPushButton

from gui.attack.pairs.panel import PairsPanel
from gui.attack.repair.panel import RepairPanel
from gui.attack.targets.panel import TargetsPanel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session
    from gui.shared.panel import Panel

PANELS = TargetsPanel, RepairPanel, PairsPanel

of_every_panel = pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.__name__)


def is_settled(panel: Panel) -> bool:
    """Whether everything is known of the model shown."""
    return all(study.is_settled and study.found is not None for study in panel.studies)


def is_computing(panel: Panel) -> bool:
    return any(study.is_computing for study in panel.studies)


@of_every_panel
def test_without_a_model_it_says_so(
    kind: type[Panel],
    new_session: Callable[..., Session],
    new_panel: Callable[..., Panel],
) -> None:
    panel = new_panel(kind, new_session())
    labels = [label for label in panel.findChildren(QLabel) if label.isVisible()]
    assert any(label.text().startswith("There is no model yet") for label in labels)
    assert not is_computing(panel)


@of_every_panel
def test_nothing_is_computed_where_nobody_looks(
    kind: type[Panel], session: Session, qtbot: QtBot
) -> None:
    threads = set(threading.enumerate())
    panel = kind(session)
    qtbot.addWidget(panel)
    assert panel.studies
    for epoch in (3, 5):
        session.view.show_epoch(epoch)
        session.attack.choose("test", epoch)
        session.pool.read_letters()
    assert set(threading.enumerate()) == threads
    assert all(study.answer is None for study in panel.studies)
    panel.show()
    wait_until(qtbot, lambda: is_settled(panel))
    panel.hide()
    told = []
    for study in panel.studies:
        study.changed.connect(lambda: told.append(panel))
    session.view.show_epoch(1)
    session.pool.read_letters()
    assert not is_computing(panel)
    assert told == []
    panel.show()
    wait_until(qtbot, lambda: is_settled(panel))
    panel.hide()


@of_every_panel
def test_it_is_called_off_for_one_model_and_gone_on_with(
    kind: type[Panel], session: Session, new_panel: Callable[..., Panel], qtbot: QtBot
) -> None:
    panel = new_panel(kind, session)
    wait_until(qtbot, lambda: is_settled(panel))
    (go_on,) = [b for b in panel.findChildren(QPushButton) if b.text() == "Go on"]
    assert not go_on.isVisible()

    def call_off(epochs: Iterable[int]) -> None:
        """Call it off before all is found of one of these: of one at least that is in time."""
        for epoch in epochs:
            session.view.show_epoch(epoch)
            for study in panel.studies:
                study.call_off()
            if go_on.isVisible():
                return

    call_off((3, 4, 5, 7, 8))
    assert go_on.isVisible()
    wait_until(qtbot, lambda: not is_computing(panel))
    session.pool.read_letters()
    assert go_on.isVisible()
    session.view.show_epoch(6)
    assert not go_on.isVisible()
    wait_until(qtbot, lambda: is_settled(panel))
    call_off((9, 10, 11, 12, 2))
    click(qtbot, go_on)
    assert not go_on.isVisible()
    for study in panel.studies:
        study.go_on()
    wait_until(qtbot, lambda: is_settled(panel))


@of_every_panel
def test_other_data_are_followed_and_what_was_found_is_forgotten(
    kind: type[Panel], session: Session, new_panel: Callable[..., Panel], qtbot: QtBot
) -> None:
    panel = new_panel(kind, session)
    wait_until(qtbot, lambda: is_settled(panel))
    before, known = data_of(session), []
    session.view.dataset_changed.connect(
        lambda: known.append([study.found for study in panel.studies])
    )
    session.wanted.set_setting("test_size", 50)
    session.training.start_again()
    wait_until(qtbot, lambda: data_of(session) is not before and is_settled(panel))
    assert known == [[None] * len(panel.studies)]
    for study in panel.studies:
        assert study.answer is not None


@of_every_panel
def test_it_closes_while_it_computes(
    kind: type[Panel], session: Session, new_panel: Callable[..., Panel]
) -> None:
    panel = new_panel(kind, session)
    session.view.show_epoch(2)
    assert is_computing(panel)
    assert session.close()
