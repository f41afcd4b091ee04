from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from gui_helpers import (
    EPOCHS,
    WAIT,
    choose,
    click,
    drag,
    handle_centre,
    open_paused,
    type_number,
    wait_for_state,
    wait_until,
)
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox

from core.data.config import DataConfig
from core.learning.config import TrainingConfig
from core.parameters import parameters_of
from gui.session.run_state import RunState
from gui.shared.training_transport import FASTEST, SLOWEST, SPEED_STEPS, pace_at, place_of
from gui.widgets.basics.number_field import NumberField
from gui.window.experiment_panel import ExperimentPanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session
    from gui.widgets.basics.parameter_form import ParameterRow
    from gui.window.main_window import MainWindow

LIVE = [
    ("learning_rate", "0.35", 0.35),
    ("learning_rate", "2e-3", 0.002),
    ("learning_rate", "0,25", 0.25),
    ("batch_size", "50", 50),
    ("l2", "0.01", 0.01),
    ("epochs", "40", 40),
]
LATER = [
    ("train_size", "120", 120),
    ("test_size", "80", 80),
    ("validation_size", "40", 40),
    ("seed", "77", 77),
]


@pytest.fixture
def new_form(new_panel: Callable[..., Any]) -> Callable[[Session], ExperimentPanel]:
    """Return a maker of the panel alone, as high as in the smallest window."""
    return lambda session: new_panel(ExperimentPanel, session, size=(300, 560))


@pytest.fixture
def panel(session: Session, new_form: Callable[[Session], ExperimentPanel]) -> ExperimentPanel:
    """Return the panel of a run that has ended."""
    return new_form(session)


@pytest.fixture
def told(session: Session) -> list[str]:
    """Return what the session has said to people, which grows."""
    told: list[str] = []
    session.messages.notified.connect(lambda words, _: told.append(words))
    return told


def row(panel: ExperimentPanel, name: str) -> ParameterRow:
    return {**panel.live_form.rows, **panel.later_form.rows}[name]


def field(panel: ExperimentPanel, name: str) -> NumberField:
    editor = row(panel, name).editor
    assert isinstance(editor, NumberField)
    return editor


def wanted(session: Session, name: str) -> Any:
    return getattr(session.wanted.training, name, None) or getattr(session.wanted.data, name, None)


def test_every_declared_setting_stands_in_the_panel_or_on_the_data_page(
    window: MainWindow,
) -> None:
    declared = {**parameters_of(DataConfig), **parameters_of(TrainingConfig)}
    elsewhere = set(window.page("images").split.form.form.rows)
    live = {name for name, item in parameters_of(TrainingConfig).items() if item.live}
    assert set(window.panel.live_form.rows) == live
    later = set(window.panel.later_form.rows)
    assert later | elsewhere == set(declared) - live - {"dataset"}
    assert later & elsewhere == {"validation_size"}  # the Data page says who chooses
    for name in {*window.panel.live_form.rows, *window.panel.later_form.rows}:
        shown, item = row(window.panel, name), declared[name]
        assert shown.label.text() == item.label
        for tip in (shown.label.toolTip(), shown.editor.toolTip()):
            assert item.help in tip
            assert item.range_text().capitalize()[:12] in tip or item.range_text()[:12] in tip
            assert item.unit in tip
        assert shown.editor.isVisibleTo(window.panel)


def test_a_tooltip_shows_the_formula_with_the_present_number(
    panel: ExperimentPanel, qtbot: QtBot
) -> None:
    assert "eta = 0.1<" in row(panel, "learning_rate").editor.toolTip()
    type_number(qtbot, field(panel, "learning_rate"), "0.35")
    assert "eta = 0.35<" in row(panel, "learning_rate").editor.toolTip()


def test_the_form_shows_what_the_session_holds(panel: ExperimentPanel, session: Session) -> None:
    for name in ("learning_rate", "batch_size", "epochs", "seed"):
        assert field(panel, name).value() == getattr(session.view.training_config, name)
    assert field(panel, "train_size").value() == session.view.data_config.train_size


def test_live_numbers_act_at_once(
    panel: ExperimentPanel, session: Session, told: list[str], qtbot: QtBot
) -> None:
    history = session.view.history
    for name, text, value in LIVE:
        type_number(qtbot, field(panel, name), text)
        assert getattr(session.view.training_config, name) == value, text
        assert field(panel, name).value() == value, text
        assert session.view.history is history
        assert told == []


def test_later_numbers_wait_for_the_rewind_button(
    panel: ExperimentPanel, session: Session, qtbot: QtBot
) -> None:
    for name, text, value in LATER:
        history = session.view.history
        assert not panel.rewind_button.isVisible()
        type_number(qtbot, field(panel, name), text)
        assert wanted(session, name) == value
        assert session.view.history is history, f"{name} did not wait"
        click(qtbot, panel.rewind_button)
        assert session.view.history is not history
        assert not panel.rewind_button.isVisible()
        used = {
            **vars_of(session.view.data_config),
            **vars_of(session.view.training_config),
        }
        assert used[name] == value


def vars_of(config: Any) -> dict[str, Any]:
    return {name: getattr(config, name) for name in parameters_of(config)}


REFUSED = {
    "learning_rate": ["1e9", "0", "-1"],
    "batch_size": ["0", "99999999"],
    "l2": ["11", "-0.5"],
    "epochs": ["0", "5001"],
    "train_size": ["0", "-5"],
    "validation_size": ["9e8", "-1"],
    "seed": ["-1", "1e12"],
}
NO_NUMBERS = {"learning_rate": ["abc", "1e", "", "1e300"], "batch_size": ["", "x", "-"]}


def assert_refused(
    panel: ExperimentPanel, session: Session, told: list[str], qtbot: QtBot, name: str, text: str
) -> None:
    editor = field(panel, name)
    before, shown = (session.wanted.data, session.wanted.training), editor.text()
    told.clear()
    type_number(qtbot, editor, text)
    assert (session.wanted.data, session.wanted.training) == before, text
    assert editor.text() == shown, f"after {text!r} the old value does not come back"
    assert told, f"nothing is said about {text!r}"
    assert row(panel, name).declared.label in told[-1]
    assert row(panel, name).declared.range_text() in told[-1]


def test_numbers_out_of_range_are_refused_with_the_range(
    panel: ExperimentPanel, session: Session, told: list[str], qtbot: QtBot
) -> None:
    for name, texts in REFUSED.items():
        for text in texts:
            assert_refused(panel, session, told, qtbot, name, text)


@pytest.mark.parametrize("name", list(NO_NUMBERS))
def test_what_is_no_number_is_refused_with_the_range(
    panel: ExperimentPanel, session: Session, told: list[str], qtbot: QtBot, name: str
) -> None:
    for text in NO_NUMBERS[name]:
        assert_refused(panel, session, told, qtbot, name, text)


def test_a_whole_number_does_not_take_fractions(
    panel: ExperimentPanel, session: Session, qtbot: QtBot
) -> None:
    type_number(qtbot, field(panel, "batch_size"), "12.7")
    assert isinstance(session.view.training_config.batch_size, int)
    assert field(panel, "batch_size").text() in ("12", "13", "20")


def test_leaving_a_field_commits_it(panel: ExperimentPanel, session: Session, qtbot: QtBot) -> None:
    editor = field(panel, "batch_size")
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(editor, "64")
    assert session.view.training_config.batch_size == 20  # not while it is typed
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert session.view.training_config.batch_size == 64


def test_the_arrow_keys_step(panel: ExperimentPanel, session: Session, qtbot: QtBot) -> None:
    for name, up, down in (
        ("learning_rate", 0.2, 0.1),
        ("batch_size", 30, 20),
        ("epochs", 13, 12),
        ("seed", 1, 0),
    ):
        editor = field(panel, name)
        editor.setFocus()
        qtbot.keyClick(editor, Qt.Key.Key_Up)
        assert down < editor.value() <= up
        qtbot.keyClick(editor, Qt.Key.Key_Down)
        assert editor.value() == down
        assert (wanted(session, name) or 0) == down


def test_steps_stop_at_the_ends_of_the_range(
    panel: ExperimentPanel, told: list[str], qtbot: QtBot
) -> None:
    editor = field(panel, "seed")
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    assert editor.value() == 0
    assert told == []


def test_the_wheel_changes_only_a_focused_field(
    panel: ExperimentPanel, session: Session, qtbot: QtBot
) -> None:
    editor = field(panel, "epochs")

    def turn() -> None:
        middle = QPointF(editor.rect().center())
        event = QWheelEvent(
            middle,
            editor.mapToGlobal(middle),
            QPoint(0, 0),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(editor, event)

    field(panel, "seed").setFocus()
    turn()
    assert session.view.training_config.epochs == EPOCHS
    editor.setFocus()
    turn()
    assert session.view.training_config.epochs == EPOCHS + 1


def test_the_slider_of_the_learning_rate(
    panel: ExperimentPanel, session: Session, qtbot: QtBot
) -> None:
    slider = row(panel, "learning_rate").slider
    assert slider is not None
    start = slider.value()
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    rate = session.view.training_config.learning_rate
    assert 0.1 < rate < 0.12
    assert field(panel, "learning_rate").value() == rate
    assert slider.value() == start + 1
    qtbot.keyClick(slider, Qt.Key.Key_End)
    assert session.view.training_config.learning_rate == 10
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert session.view.training_config.learning_rate == 0.001
    drag(slider, handle_centre(slider), QPoint(slider.width() // 2, slider.height() // 2))
    assert 0.05 < session.view.training_config.learning_rate < 0.2
    type_number(qtbot, field(panel, "learning_rate"), "1")
    assert slider.value() == 150


def test_the_slider_stays_within_its_ends(
    panel: ExperimentPanel, session: Session, qtbot: QtBot
) -> None:
    slider = row(panel, "learning_rate").slider
    assert slider is not None
    for rate, place in (("1000", 200), ("0.000001", 0), ("10", 200), ("0.001", 0)):
        type_number(qtbot, field(panel, "learning_rate"), rate)
        assert session.view.training_config.learning_rate == float(rate)
        assert slider.value() == place


def test_the_box_of_shuffling(panel: ExperimentPanel, session: Session, qtbot: QtBot) -> None:
    box = row(panel, "shuffle").editor
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert session.wanted.training.shuffle is False
    click(qtbot, panel.rewind_button)
    assert session.view.training_config.shuffle is False


def test_the_list_of_starts(panel: ExperimentPanel, session: Session, qtbot: QtBot) -> None:
    combo = row(panel, "init").editor
    assert isinstance(combo, QComboBox)
    for index in range(combo.count()):
        choose(qtbot, combo, index)
        assert session.wanted.training.init == combo.itemData(index)
    assert session.wanted.needs_rewind
    click(qtbot, panel.rewind_button)
    assert session.view.training_config.init == combo.currentData()


def test_a_change_of_a_running_run_needs_no_rewind(
    new_session: Callable[..., Session],
    new_form: Callable[[Session], ExperimentPanel],
    qtbot: QtBot,
) -> None:
    session = new_session(training=TrainingConfig(epochs=5000), pace=50.0)
    panel = new_form(session)
    session.open("digits8")
    wait_until(qtbot, lambda: session.view.history is not None and len(session.view.history) > 2)
    history = session.view.history
    with qtbot.waitSignal(session.training.setting_applied, timeout=WAIT):
        type_number(qtbot, field(panel, "learning_rate"), "0.4")
    assert session.view.history is history
    assert session.view.is_running
    type_number(qtbot, field(panel, "seed"), "3")
    assert session.view.is_running
    assert session.view.history is history
    click(qtbot, panel.rewind_button)
    assert session.view.is_running
    assert session.view.history is not history


def test_too_many_validation_images_are_told_and_nothing_is_lost(
    panel: ExperimentPanel, session: Session, told: list[str], qtbot: QtBot
) -> None:
    history = session.view.history
    type_number(qtbot, field(panel, "validation_size"), "300")
    click(qtbot, panel.rewind_button)
    assert "choose fewer than 300" in told[-1]
    assert session.view.history is history
    assert panel.rewind_button.isVisible()


def test_the_speed_slider(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    session = new_session(training=TrainingConfig(epochs=5000), pace=SLOWEST)
    window = new_window(session)
    open_paused(qtbot, session)
    speed = window.foot.speed
    assert speed.value() == 0
    assert "0.2 epochs/s" in speed.toolTip()
    speed.setFocus()
    qtbot.keyClick(speed, Qt.Key.Key_Up)
    assert session.training.pace == pytest.approx(pace_at(1))
    drag(speed, handle_centre(speed), QPoint(speed.width() // 2, speed.height() // 2))
    assert session.training.pace is not None
    assert 1 < session.training.pace < 20
    drag(speed, handle_centre(speed), QPoint(speed.width() + 20, speed.height() // 2))
    assert session.training.pace is None
    assert "full speed" in speed.toolTip()
    session.training.play()
    wait_until(qtbot, lambda: session.view.history is not None and len(session.view.history) > 20)
    drag(speed, handle_centre(speed), QPoint(-20, speed.height() // 2))
    assert session.training.pace == pytest.approx(SLOWEST)
    session.training.pause()
    wait_for_state(qtbot, session, RunState.PAUSED)


def test_every_place_of_the_speed_slider_comes_back() -> None:
    for place in range(SPEED_STEPS + 1):
        assert place_of(pace_at(place)) == place
    assert pace_at(SPEED_STEPS - 1) == pytest.approx(FASTEST)
