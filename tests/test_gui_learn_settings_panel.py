from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from gui_helpers import (
    EPOCHS,
    WAIT,
    choose,
    click,
    data_of,
    drag,
    handle_centre,
    has_colour,
    open_paused,
    pixels,
    press,
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
from gui.learn.settings.panel import SettingsPanel
from gui.session.run_state import RunState
from gui.shared.training_transport import TrainingTransport
from gui.theme import LIGHT
from gui.widgets.basics.number_field import NumberField

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from core.learning.training import EpochRecord
    from gui.learn.settings.form import SettingRow
    from gui.session.session import Session
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
def new_form(new_panel: Callable[..., Any]) -> Callable[[Session], SettingsPanel]:
    """Return a maker of the panel alone, all unfolded, as high as in 1280 x 720."""

    def make(session: Session) -> SettingsPanel:
        panel: SettingsPanel = new_panel(SettingsPanel, session, size=(212, 594))
        panel.more.setChecked(True)
        return panel

    return make


@pytest.fixture
def panel(session: Session, new_form: Callable[[Session], SettingsPanel]) -> SettingsPanel:
    """Return the panel of a run that has ended."""
    return new_form(session)


@pytest.fixture
def held(new_session: Callable[..., Session], qtbot: QtBot) -> Session:
    """Return a session whose run is held before its first batch."""
    return open_paused(qtbot, new_session())


def row(panel: SettingsPanel, name: str) -> SettingRow:
    return panel.rows[name]


def field(panel: SettingsPanel, name: str) -> NumberField:
    editor = row(panel, name).editor
    assert isinstance(editor, NumberField)
    return editor


def wanted(session: Session, name: str) -> Any:
    return getattr(session.wanted.training, name, None) or getattr(session.wanted.data, name, None)


def test_every_declared_setting_stands_in_the_panel_or_on_the_data_page(
    window: MainWindow, qtbot: QtBot
) -> None:
    panel = window.page("learn").settings_panel
    declared = {**parameters_of(DataConfig), **parameters_of(TrainingConfig)}
    elsewhere = set(window.page("images").split.form.form.rows)
    assert set(panel.rows) | elsewhere == set(declared) - {"dataset"}
    assert set(panel.rows) & elsewhere == {"validation_size"}  # the Data page says who chooses
    assert not panel.more_form.isVisible(), "a newcomer sees few"
    click(qtbot, panel.more)
    for name, shown in panel.rows.items():
        item = declared[name]
        assert shown.label.text() in (item.label, item.label.split()[0])
        for tip in (shown.label.toolTip(), shown.editor.toolTip()):
            assert item.help in tip
            assert item.range_text().capitalize()[:12] in tip or item.range_text()[:12] in tip
            assert item.unit in tip
        assert shown.editor.isVisibleTo(panel) is (name != "adversary_size")


def test_a_tooltip_shows_the_formula_with_the_present_number(
    panel: SettingsPanel, qtbot: QtBot
) -> None:
    assert "eta = 0.1<" in row(panel, "learning_rate").editor.toolTip()
    type_number(qtbot, field(panel, "learning_rate"), "0.35")
    assert "eta = 0.35<" in row(panel, "learning_rate").editor.toolTip()


def test_the_form_shows_what_the_session_holds(panel: SettingsPanel, session: Session) -> None:
    for name in ("learning_rate", "batch_size", "epochs", "seed"):
        assert field(panel, name).value() == getattr(session.view.training_config, name)
    assert field(panel, "train_size").value() == session.view.data_config.train_size


def test_live_numbers_act_at_once(
    held: Session,
    new_form: Callable[[Session], SettingsPanel],
    qtbot: QtBot,
) -> None:
    panel, history, told = new_form(held), held.view.history, []
    held.messages.notified.connect(lambda words, _: told.append(words))
    for name, text, value in LIVE:
        type_number(qtbot, field(panel, name), text)
        assert getattr(held.view.training_config, name) == value, text
        assert field(panel, name).value() == value, text
        assert held.view.history is history
        assert told == []
        assert row(panel, name).was.isHidden(), "it waits for nothing"


def test_later_numbers_wait_for_start_again(
    panel: SettingsPanel, session: Session, qtbot: QtBot
) -> None:
    for name, text, value in LATER:
        history = session.view.history
        assert not panel.begins.isVisible()
        type_number(qtbot, field(panel, name), text)
        assert wanted(session, name) == value
        assert session.view.history is history, f"{name} did not wait"
        assert panel.begins.isVisible()
        click(qtbot, panel.again)
        assert session.view.history is not history
        assert not panel.begins.isVisible()
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
    panel: SettingsPanel, session: Session, told: list[str], qtbot: QtBot, name: str, text: str
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
    panel: SettingsPanel, session: Session, told: list[str], qtbot: QtBot
) -> None:
    for name, texts in REFUSED.items():
        for text in texts:
            assert_refused(panel, session, told, qtbot, name, text)


@pytest.mark.parametrize("name", list(NO_NUMBERS))
def test_what_is_no_number_is_refused_with_the_range(
    panel: SettingsPanel, session: Session, told: list[str], qtbot: QtBot, name: str
) -> None:
    for text in NO_NUMBERS[name]:
        assert_refused(panel, session, told, qtbot, name, text)


def test_a_whole_number_does_not_take_fractions(
    panel: SettingsPanel, session: Session, qtbot: QtBot
) -> None:
    type_number(qtbot, field(panel, "batch_size"), "12.7")
    assert isinstance(session.view.training_config.batch_size, int)
    assert field(panel, "batch_size").text() in ("12", "13", "20")


def test_leaving_a_field_commits_it(panel: SettingsPanel, session: Session, qtbot: QtBot) -> None:
    editor = field(panel, "batch_size")
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(editor, "64")
    assert session.view.training_config.batch_size == 20  # not while it is typed
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert session.view.training_config.batch_size == 64


def test_the_arrow_keys_step(panel: SettingsPanel, session: Session, qtbot: QtBot) -> None:
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
    panel: SettingsPanel, told: list[str], qtbot: QtBot
) -> None:
    editor = field(panel, "seed")
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    assert editor.value() == 0
    assert told == []


def test_the_wheel_changes_only_a_focused_field(
    panel: SettingsPanel, session: Session, qtbot: QtBot
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

    panel.more.setFocus()
    turn()
    assert session.view.training_config.epochs == EPOCHS
    editor.setFocus()
    turn()
    assert session.view.training_config.epochs == EPOCHS + 1


def test_the_slider_of_the_learning_rate(
    panel: SettingsPanel, session: Session, qtbot: QtBot
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
    panel: SettingsPanel, session: Session, qtbot: QtBot
) -> None:
    slider = row(panel, "learning_rate").slider
    assert slider is not None
    for rate, place in (("1000", 200), ("0.000001", 0), ("10", 200), ("0.001", 0)):
        type_number(qtbot, field(panel, "learning_rate"), rate)
        assert session.view.training_config.learning_rate == float(rate)
        assert slider.value() == place


def test_the_box_of_shuffling(panel: SettingsPanel, session: Session, qtbot: QtBot) -> None:
    box = row(panel, "shuffle").editor
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert session.wanted.training.shuffle is False
    click(qtbot, panel.again)
    assert session.view.training_config.shuffle is False


def test_the_list_of_starts(panel: SettingsPanel, session: Session, qtbot: QtBot) -> None:
    combo = row(panel, "init").editor
    assert isinstance(combo, QComboBox)
    for index in range(combo.count()):
        choose(qtbot, combo, index)
        assert session.wanted.training.init == combo.itemData(index)
    assert session.wanted.waits
    click(qtbot, panel.again)
    assert session.view.training_config.init == combo.currentData()


def test_a_change_of_a_running_run_needs_no_new_start(
    new_session: Callable[..., Session],
    new_form: Callable[[Session], SettingsPanel],
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
    click(qtbot, panel.again)
    assert session.view.is_running
    assert session.view.history is not history


def test_too_many_validation_images_are_told_and_nothing_is_lost(
    panel: SettingsPanel, session: Session, told: list[str], qtbot: QtBot
) -> None:
    history = session.view.history
    type_number(qtbot, field(panel, "validation_size"), "300")
    click(qtbot, panel.again)
    assert "choose fewer than 300" in told[-1]
    assert session.view.history is history
    assert panel.begins.isVisible()


def test_what_waits_has_a_dot_and_says_what_it_was(
    panel: SettingsPanel, session: Session, qtbot: QtBot
) -> None:
    rate = row(panel, "learning_rate")
    plain = has_colour(pixels(panel), LIGHT.best).sum()
    type_number(qtbot, field(panel, "learning_rate"), "0.5")
    assert rate.was.text() == "● was 0.1"
    assert rate.was.isVisible()
    assert has_colour(pixels(panel), LIGHT.best).sum() > plain + 200, "an ochre border"
    assert panel.begins.text() == "begins run 2, keeps run 1"
    assert has_colour(pixels(panel.again), LIGHT.best).sum() > 50
    click(qtbot, rate.was)
    assert session.wanted.training.learning_rate == 0.1
    assert rate.was.isHidden()
    assert not panel.begins.isVisible()
    assert has_colour(pixels(panel), LIGHT.best).sum() == plain


def test_showing_a_run_shows_its_settings(
    panel: SettingsPanel, session: Session, qtbot: QtBot
) -> None:
    first = session.runs.shown_key
    type_number(qtbot, field(panel, "learning_rate"), "0.00288")
    click(qtbot, panel.again)
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert panel.whose.text() == "of run 2"
    assert "as they are now" in panel.whose.toolTip()
    session.view.show_run(first)
    assert panel.whose.text() == "of run 1"
    assert field(panel, "learning_rate").value() == 0.1
    assert row(panel, "learning_rate").was.isHidden()
    session.view.show_epoch(5)
    assert "at epoch 5" in panel.whose.toolTip()


def test_a_field_says_how_many_there_really_are(
    new_session: Callable[..., Session],
    new_form: Callable[[Session], SettingsPanel],
    qtbot: QtBot,
) -> None:
    data = DataConfig(dataset="digits8")
    session = open_paused(qtbot, new_session(data=data))
    panel, whole = new_form(session), data_of(session)
    n_train, n_test = whole.train.n_samples, whole.test.n_samples
    assert n_train < 5000
    train = field(panel, "train_size")
    panel.more.setFocus()
    assert train.text() == f"{n_train:,} of 5,000"
    assert field(panel, "test_size").text() == f"{n_test:,} of 3,000"
    train.setFocus()
    assert train.text() == "5000"
    panel.more.setFocus()
    assert train.text() == f"{n_train:,} of 5,000"
    assert session.wanted.data.train_size == 5000
    type_number(qtbot, train, "700")
    panel.more.setFocus()
    assert train.text() == "700"
    assert session.wanted.data.train_size == 700


def test_the_budget_is_there_only_with_an_adversary(
    panel: SettingsPanel, session: Session, qtbot: QtBot
) -> None:
    budget, adversary = row(panel, "adversary_size"), row(panel, "adversary").editor
    assert not budget.editor.isVisible()
    assert isinstance(adversary, QComboBox)
    panel.resize(212, 1000)
    choose(qtbot, adversary, adversary.findData("l2"))
    assert budget.editor.isVisible()


def test_more_says_what_of_it_is_not_as_usual(panel: SettingsPanel, session: Session) -> None:
    panel.more.setChecked(False)
    assert panel.usual.text() == "6 as usual, 3 not"  # few images and few epochs
    session.wanted.set_setting("momentum", 0.5)
    assert panel.usual.text() == "5 as usual, 4 not"
    assert "momentum 0.5" in panel.usual.toolTip()
    session.wanted.set_setting("shuffle", False)
    session.wanted.set_setting("init", "uniform")  # with the preset of the practical
    words = panel.usual.text()
    session.wanted.set_setting("learning_rate", 4.0)
    assert panel.usual.text() == words == "4 as usual, 5 not", "only what is under more counts"


def test_start_again_stays_where_it_is_while_something_waits(
    held_window: MainWindow, qtbot: QtBot
) -> None:
    panel, session = held_window.page("learn").settings_panel, held_window.session
    before = panel.again.geometry()
    session.wanted.set_setting("seed", 3)
    wait_until(qtbot, panel.begins.isVisible)
    QApplication.processEvents()
    assert panel.again.geometry() == before
    session.wanted.take_back("seed")
    wait_until(qtbot, panel.begins.isHidden)
    QApplication.processEvents()
    assert panel.again.geometry() == before


def test_few_settings_fit_a_small_window_and_only_all_of_them_scroll(
    held_window: MainWindow, qtbot: QtBot
) -> None:
    panel = held_window.page("learn").settings_panel
    assert panel.card.width() == 212
    assert panel.area.verticalScrollBar().maximum() == 0
    assert panel.step_part.isVisible()
    assert panel.right_part.isVisible()
    click(qtbot, panel.more)
    assert panel.again.isVisible()
    bottom = panel.again.mapTo(panel, QPoint(0, panel.again.height())).y()
    assert bottom <= panel.height()


def test_the_settings_fold_to_a_rail_by_hand_and_by_themselves(
    held_window: MainWindow, qtbot: QtBot
) -> None:
    window, session = held_window, held_window.session
    page = window.page("learn")
    panel = page.settings_panel
    press(qtbot, page.atlas, "F9")
    assert panel.rail.isVisible()
    assert panel.width() == 36
    assert not panel.card.isVisible()
    assert window.settings.panel_open is False
    session.wanted.set_setting("seed", 4)
    assert has_colour(pixels(panel.rail), LIGHT.best).any(), "something waits behind it"
    click(qtbot, panel.rail)
    assert panel.card.isVisible()
    assert window.settings.panel_open is True
    panel.fit(1199)
    assert panel.rail.isVisible(), "a narrow window has no room"
    assert window.settings.panel_open is True
    click(qtbot, panel.rail)
    assert panel.card.isVisible(), "but a person may want them"
    panel.fit(1600)
    assert panel.card.width() == 248


def test_one_mark_names_all_settings_that_moved(held_window: MainWindow, qtbot: QtBot) -> None:
    window, session = held_window, held_window.session
    panel = window.page("learn").settings_panel
    for name, text in (("learning_rate", "0.5"), ("batch_size", "100")):
        with qtbot.waitSignal(session.training.setting_applied, timeout=WAIT):
            type_number(qtbot, field(panel, name), text)
    words = "learning rate 0.1 → 0.5, batch size 20 → 100"
    assert [str(moment) for moment in session.view.shown_changes] == [words]
    (mark,) = [m for m in window.page("learn").transport.marks if m.kind == "change"]
    assert mark.words == words


def test_what_a_field_says_fits_its_place_with_all_settings_unfolded(
    panel: SettingsPanel, session: Session
) -> None:
    session.wanted.set_setting("train_size", 60_000)
    session.wanted.set_setting("learning_rate", 0.00288)
    # By what each row asks for: where it lies now depends on what has been laid out by now.
    room = panel.area.width() - panel.area.verticalScrollBar().sizeHint().width()
    for name, shown in panel.rows.items():
        assert shown.holder.minimumSizeHint().width() <= room, name


def test_a_rate_set_too_late_to_be_learnt_with_waits_until_it_is(
    held: Session, new_form: Callable[[Session], SettingsPanel], qtbot: QtBot
) -> None:
    panel, transport = new_form(held), TrainingTransport(held, held)

    def type_late(record: EpochRecord) -> None:
        if record.epoch == EPOCHS:  # all is learnt, and nobody knows it yet
            type_number(qtbot, field(panel, "learning_rate"), "4.1")

    held.training.epoch_recorded.connect(type_late)
    held.training.play()
    wait_for_state(qtbot, held, RunState.FINISHED)
    qtbot.wait(50)
    assert field(panel, "learning_rate").value() == 4.1
    assert row(panel, "learning_rate").was.text() == "● was 0.1"
    assert "change" not in [mark.kind for mark in transport.marks]
    held.training.step_epoch()
    wait_until(qtbot, lambda: transport.done == EPOCHS + 1)
    wait_for_state(qtbot, held, RunState.FINISHED)
    assert not row(panel, "learning_rate").was.isVisible()
    assert field(panel, "learning_rate").value() == 4.1
    assert [m.label for m in transport.marks if m.kind == "change"] == ["η 4.1"]
    assert held.view.history is not None
    assert held.view.history.last_config.learning_rate == 4.1
