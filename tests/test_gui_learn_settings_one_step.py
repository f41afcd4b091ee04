"""ONE STEP and RIGHT below the settings, by real clicks and pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from gui_helpers import (
    WAIT,
    click,
    data_of,
    has_colour,
    hover,
    pixels,
    press,
    rgb,
    row_pixels,
    type_number,
    wait_for_state,
    wait_until,
)

from core.learning.last_batch import batch_at
from core.learning.training import Trainer
from gui.session.run_state import RunState
from gui.theme import LIGHT

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from core.learning.last_batch import Batch
    from gui.learn.settings.panel import SettingsPanel
    from gui.session.session import Session
    from gui.window.main_window import MainWindow


def panel_of(window: MainWindow) -> SettingsPanel:
    panel: SettingsPanel = window.page("learn").settings_panel
    return panel


def expected_batch(session: Session, n_steps: int) -> Batch:
    """Return the batch of the last of so many steps, by a trainer without any window."""
    dataset, config = data_of(session), session.view.training_config
    trainer = Trainer(dataset, config)
    trainer.batches_per_record = 1
    events = trainer.run()
    for _ in range(n_steps + 1):
        next(events)
    return batch_at(trainer.progress(), config, dataset.train, trainer.weights)


def one_batch(window: MainWindow, qtbot: QtBot) -> None:
    step = panel_of(window).one_step
    press(qtbot, window, "B")
    wait_for_state(qtbot, window.session, RunState.PAUSED)
    wait_until(qtbot, lambda: step.study.is_settled and "to come" not in step.caption.text())


def test_one_batch_moves_the_counter_the_batch_the_weights_and_says_its_loss(
    held_window: MainWindow, qtbot: QtBot
) -> None:
    session, step = held_window.session, panel_of(held_window).one_step
    wait_until(qtbot, lambda: step.caption.text() == "the first batch, still to come")
    told: list[str] = []
    session.messages.notified.connect(lambda words, _: told.append(words))
    before, scores = row_pixels(held_window, 0), panel_of(held_window).right.rows[0][2].text()
    one_batch(held_window, qtbot)
    assert step.caption.text() == "batch 1 of 15, wrong in red"
    assert step.numbers.text() == "η = 0.1, BS = 20 images"
    (words,) = told
    assert words.startswith("The loss of these 20 images fell from 2.303 to ")
    assert not np.array_equal(row_pixels(held_window, 0), before), "the weights"
    assert panel_of(held_window).right.rows[0][2].text() != scores
    expected = expected_batch(session, 1)
    found = step.study.found
    assert found is not None
    np.testing.assert_array_equal(found.images, expected.images)
    np.testing.assert_array_equal(found.right, expected.right)
    assert held_window.notice.text == words
    one_batch(held_window, qtbot)
    assert held_window.notice.text == told[-1] != words
    press(qtbot, held_window, "E")  # other images, of which nothing is told
    wait_for_state(qtbot, session, RunState.PAUSED)
    assert "The loss of these" not in held_window.notice.text
    one_batch(held_window, qtbot)
    assert held_window.notice.text == told[-1]
    session.view.show_epoch(0)
    assert "The loss of these" not in held_window.notice.text


def test_wrong_images_are_ringed_in_red_and_all_are_whole_multiples(
    held_window: MainWindow, qtbot: QtBot
) -> None:
    step = panel_of(held_window).one_step
    one_batch(held_window, qtbot)
    batch, picture = step.study.found, step.picture
    assert batch is not None
    assert not batch.right.all()
    cells = picture.cells()
    assert len(cells) == 20
    painted = pixels(picture)
    dataset = data_of(held_window.session)
    for cell, index, right in zip(cells, batch.images, batch.right, strict=True):
        assert cell.width() == cell.height()
        assert cell.width() % 8 == 0
        around = has_colour(painted, LIGHT.bad)[
            max(cell.top() - 2, 0) : cell.bottom() + 3, max(cell.left() - 2, 0) : cell.right() + 3
        ]
        assert bool(around.any()) is not right
        if right:
            times = cell.width() // 8
            inside = painted[cell.top() : cell.bottom() + 1, cell.left() : cell.right() + 1, 0]
            ink = dataset.train.images[index].reshape(8, 8)
            grey = np.kron(np.round(255 * ink), np.ones((times, times)))
            assert np.abs(inside - grey).max() <= 1


def test_looking_back_shows_the_last_batch_of_that_epoch(window: MainWindow, qtbot: QtBot) -> None:
    step, session = panel_of(window).one_step, window.session
    session.view.show_epoch(5)
    wait_until(qtbot, lambda: step.caption.text() == "last batch of epoch 5, wrong in red")
    wait_until(qtbot, lambda: step.study.is_settled)
    assert step.study.found is not None
    expected = expected_batch(session, 5 * 15)
    np.testing.assert_array_equal(step.study.found.images, expected.images)


def test_a_branch_says_the_rate_that_its_last_batch_was_learnt_with(
    window: MainWindow, qtbot: QtBot
) -> None:
    step, session, panel = panel_of(window).one_step, window.session, panel_of(window)
    session.view.show_epoch(5)
    type_number(qtbot, panel.rows["learning_rate"].editor, "0.003")
    assert step.numbers.text() == "η = 0.1, BS = 20 images"
    click(qtbot, window.foot.fork)
    wait_until(qtbot, lambda: session.view.training_config.learning_rate == 0.003)
    wait_until(qtbot, lambda: step.caption.text() == "last batch of epoch 5, wrong in red")
    wait_until(qtbot, lambda: step.study.is_settled)
    assert step.numbers.text() == "η = 0.1, BS = 20 images", "of the run that it left"
    one_batch(window, qtbot)
    assert step.numbers.text() == "η = 0.003, BS = 20 images"
    type_number(qtbot, panel.rows["learning_rate"].editor, "0.7")
    qtbot.wait(50)
    assert step.numbers.text() == "η = 0.003, BS = 20 images", "not before it is learnt with"


def test_an_image_of_the_batch_says_what_it_is_and_opens(
    held_window: MainWindow, qtbot: QtBot
) -> None:
    step = panel_of(held_window).one_step
    one_batch(held_window, qtbot)
    assert step.study.found is not None
    index = int(step.study.found.images[3])
    centre = step.picture.cells()[3].center()
    assert f"training image {index:,}: " in (hover(step.picture, centre) or "")
    click(qtbot, step.picture, centre)
    card = held_window.page("learn").card
    wait_until(qtbot, card.isVisible)
    assert card.content is not None
    image = data_of(held_window.session).train.images[index]
    np.testing.assert_array_equal(np.ravel(card.content.values), image)


def test_a_large_batch_says_how_many_of_it_are_seen(held_window: MainWindow, qtbot: QtBot) -> None:
    session, step = held_window.session, panel_of(held_window).one_step
    with qtbot.waitSignal(session.training.setting_applied, timeout=WAIT):
        session.wanted.set_setting("batch_size", 300)
    one_batch(held_window, qtbot)
    assert step.numbers.text() == "η = 0.1, BS = 300 images"
    assert step.caption.text().endswith(f"first {step.picture.n_shown} of 300")
    assert 5 < step.picture.n_shown < 60


def test_decay_and_momentum_stand_beside_the_numbers(held_window: MainWindow, qtbot: QtBot) -> None:
    session, step = held_window.session, panel_of(held_window).one_step
    session.wanted.set_setting("momentum", 0.9)
    session.wanted.set_setting("l2", 0.01)
    wait_until(qtbot, lambda: "λ\u00a0=\u00a00.01" in step.numbers.text())
    assert "μ\u00a0=\u00a00.9" in step.numbers.text()


def test_nothing_is_computed_for_a_batch_that_nobody_sees(
    held_window: MainWindow, qtbot: QtBot
) -> None:
    step = panel_of(held_window).one_step
    one_batch(held_window, qtbot)
    panel_of(held_window).toggle()
    press(qtbot, held_window, "B")
    wait_for_state(qtbot, held_window.session, RunState.PAUSED)
    assert not step.study.is_computing
    assert not step.study.is_settled
    panel_of(held_window).toggle()
    wait_until(qtbot, lambda: step.caption.text() == "batch 2 of 15, wrong in red")


def test_right_compares_the_runs_at_the_epoch_shown_in_their_colours(
    window: MainWindow, qtbot: QtBot
) -> None:
    session, right = window.session, panel_of(window).right
    first = session.runs.live
    assert first is not None
    session.wanted.set_setting("learning_rate", 0.5)
    session.training.start_again()
    wait_for_state(qtbot, session, RunState.FINISHED)
    session.view.show_epoch(4)
    histories = [session.view.history, first.history]
    for line, (row, history) in enumerate(zip(right.rows, histories, strict=False)):
        assert history is not None
        assert row[1].text() == ("run 2", "run 1")[line]
        for part, number in (("train", row[2]), ("test", row[3])):
            score = history.value(part, "score", 4)
            assert number.text() == f"{score:.3f}".removeprefix("0")
        assert "epoch 4" in row[2].toolTip()
        entry = session.runs.entry(session.runs.shown_key if line == 0 else first.key)
        assert entry is not None
        colour = LIGHT.colour(session.runs.colour_of(entry))
        middle = pixels(row[0])[row[0].height() // 2, 4]
        assert tuple(middle) == rgb(colour)
    assert right.rows[2][1].isHidden()
    session.runs.set_visible(first.key, is_visible=False)
    assert right.rows[1][1].isHidden(), "its curves are not drawn"


def test_a_name_under_right_shows_that_run_everywhere(window: MainWindow, qtbot: QtBot) -> None:
    session, right = window.session, panel_of(window).right
    first = session.runs.live
    assert first is not None
    session.wanted.set_setting("learning_rate", 0.5)
    session.training.start_again()
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert "Click its name" in right.rows[1][1].toolTip()
    session.runs.rename(first.key, "R & D, with a name that has no room here")
    before = right.width()
    click(qtbot, right.rows[1][1])
    assert session.runs.shown_key == first.key
    assert session.view.pinned_epoch is not None
    assert right.rows[0][1].text() == "R & D, with a name that has no room here"
    assert right.rows[1][1].accessibleName().startswith("show run 2, epoch")
    assert right.width() == before, "a long name is cut, and moves nothing"
    right.rows[1][1].setFocus()
    press(qtbot, right.rows[1][1], "Space")
    assert session.runs.is_live_shown
