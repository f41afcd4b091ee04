"""The tab Transfer: every number is core's, what was done stays, and nothing is mixed silently."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from core_samples import tiny_dataset
from gui_helpers import (
    another_run,
    choose,
    click,
    data_of,
    has_colour,
    hover,
    open_view,
    pixels,
    press,
    put_on,
    type_number,
    wait_for_state,
    wait_until,
)

import gui.attack.transfer.study
from core.attack import ATTACKS
from core.attack.whole_parts.transfer import Transfer
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import Trainer
from core.progress import Progress
from core.words import percent
from gui.attack.transfer.panel import TransferPanel
from gui.attack.transfer.study import TransferQuestion, transfer_study
from gui.session.run_state import RunState
from gui.shared.crafting import Crafting, crafting
from gui.shared.run_models import RunModel, other_runs
from gui.theme import DARK, LIGHT
from gui.widgets.basics.job_progress import JobProgress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from core.attack.whole_parts.transfer import TransferResult
    from gui.session.session import Session
    from gui.window.main_window import MainWindow

SOON = 20.0


@pytest.fixture(scope="module")
def large() -> TransferQuestion:
    """Return 10,000 images of 784 pixels and two models of them."""
    data = tiny_dataset(300, 10_000, shape=(28, 28), n_classes=10)
    models = []
    for key in (1, 2):
        trainer = Trainer(data, TrainingConfig(epochs=2, seed=key, init="normal"))
        list(trainer.run())
        models.append(RunModel(key, 2.0, trainer.snapshot()))
    attack = ATTACKS["pgd"]
    chosen = Crafting(attack, attack.settings(budget=6.0, steps=20))  # type: ignore[call-arg]
    return TransferQuestion(tuple(models), "test", data.test, chosen, 0)


class Held(Transfer):
    """Makes a step only when it is allowed to, and counts them."""

    allowed: threading.Semaphore
    n_made = 0

    def run(self) -> Iterator[Progress]:
        for progress in super().run():
            type(self).n_made += 1
            assert self.allowed.acquire(timeout=SOON)
            yield progress


def test_crafting_10000_images_that_is_called_off_keeps_what_was_done_and_says_so(
    large: TransferQuestion,
    new_session: Callable[..., Session],
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    monkeypatch.setattr(gui.attack.transfer.study, "Transfer", Held)
    monkeypatch.setattr(Held, "allowed", threading.Semaphore(60), raising=False)
    monkeypatch.setattr(Held, "n_made", 0)
    study = transfer_study(new_session(), lambda: large)
    study.watch(True)
    wait_until(qtbot, lambda: Held.n_made == 61)
    study.call_off()
    Held.allowed.release(1000)
    wait_until(qtbot, lambda: not study.is_computing and study.found is not None)
    assert Held.n_made == 61  # not one more step is made, and there are many to a few images
    wait_until(qtbot, lambda: study.found is not None and study.found.n_images)
    done = study.found
    assert done is not None
    assert 0 < done.n_images < 1000
    assert done.n_total == 10_000
    assert study.progress is not None
    assert study.progress.total == 10_000
    few = Transfer(
        large.weights,
        split=large.split,
        attack=large.crafting.attack,
        config=large.crafting.config,
        n_images=done.n_images,
    )
    list(few.run())
    assert done.models == few.found().models
    assert done.models[0].n_fooled > 0


def test_what_cannot_be_attacked_is_told_in_words(
    large: TransferQuestion, new_session: Callable[..., Session], qtbot: QtBot
) -> None:
    flat = tuple(replace(model, weights=np.zeros_like(model.weights)) for model in large.models)
    study = transfer_study(new_session(), lambda: replace(large, models=flat))
    study.watch(True)
    wait_until(qtbot, lambda: study.problem)
    assert "Train the model first" in study.problem


def crafted(qtbot: QtBot, panel: TransferPanel) -> TransferResult:
    """Wait until what is asked now is crafted."""
    wait_until(qtbot, lambda: panel.study.is_settled)
    assert panel.result is not None
    return panel.result


def choose_pgd(session: Session) -> None:
    """Attack with PGD, toward class 2."""
    session.attack.choose_attack("pgd")
    session.attack.set_setting("budget", 1.0)
    session.attack.set_setting("target", 2)
    session.attack.choose("test", 3)


@pytest.fixture
def panel(new_panel: Callable[..., TransferPanel], session: Session, qtbot: QtBot) -> TransferPanel:
    """Return the panel with two runs, and PGD chosen."""
    another_run(qtbot, session, seed=5, init="normal", learning_rate=0.2)
    choose_pgd(session)
    return new_panel(TransferPanel, session)


def names_of(session: Session) -> list[str]:
    """Return the names of the runs, the one shown first."""
    shown = session.runs.entry(session.runs.shown_key)
    assert shown is not None
    return [entry.name for entry in (shown, *other_runs(session.view))]


def cells(panel: TransferPanel, row: int) -> list[str]:
    return [panel.table.item(row, column).text() for column in range(panel.table.columnCount())]


def test_crafting_fills_the_table_with_what_core_finds(
    panel: TransferPanel, session: Session, qtbot: QtBot
) -> None:
    assert panel.table.rowCount() == 2
    result = crafted(qtbot, panel)
    test = data_of(session).test
    answer = panel.study.answer
    assert answer is not None
    weights = answer.question.weights
    assert session.view.shown is not None
    assert weights[0] is session.view.shown.weights
    chosen = crafting(session.attack)
    assert chosen.attack is ATTACKS["pgd"]
    assert chosen.config.budget == 1.0  # type: ignore[attr-defined]
    expected = Transfer(weights, test, chosen.attack, chosen.config)
    list(expected.run())
    assert result.models == expected.found().models
    entries = [session.runs.entry(model.key) for model in answer.question.models]
    assert [entry.name for entry in entries if entry] == names_of(session)
    for row, (entry, counts) in enumerate(zip(entries, result.models, strict=True)):
        assert entry is not None
        words = cells(panel, row)
        assert words[0] == entry.name
        assert words[1] == "12"
        assert words[2] == percent(SoftmaxPerceptron(weights[row]).evaluate(test)[0], 1, "")
        assert words[3] == percent(counts.n_right_crafted / counts.n_images, 1, "")
        assert words[4] == percent(counts.n_right_noise / counts.n_images, 1, "")
        if row:
            assert words[5] == percent(counts.n_fooled / counts.n_reached, 1, "")
        assert words[6] == percent(counts.n_fooled_noise / counts.n_reached, 1, "")
        colour = LIGHT.colour(session.runs.colour_of(entry))
        seen = pixels(panel.table.viewport(), panel.table.visualItemRect(panel.table.item(row, 0)))
        assert has_colour(seen, colour).sum() > 50
    assert f"{result.models[0].n_fooled:,} fool" in panel.words.text()
    assert not panel.note.isVisible()


def test_examples_are_the_first_that_fool_all_or_one_and_a_click_plays_one(
    window: MainWindow, qtbot: QtBot
) -> None:
    session, page = window.session, window.page("attack")
    another_run(qtbot, session, seed=5, init="normal", learning_rate=0.2)
    press(qtbot, window, "Ctrl+2")
    choose_pgd(session)
    open_view(qtbot, page, "transfer")
    panel = page.tabs.panel("transfer")
    assert panel.isVisible()
    session.attack.set_setting("budget", 0.4)
    result = crafted(qtbot, panel)
    for strip, examples, count, title in (
        (panel.all_strip, result.fool_all, result.n_all, panel.all_title),
        (panel.only_strip, result.fool_only, result.n_only, panel.only_title),
    ):
        assert [image.index for image in strip.images] == [one.index for one in examples]
        assert title.text().endswith(f"  {count:,}")
    assert result.fool_all
    names = data_of(session).class_names
    one = result.fool_all[0]
    first = panel.all_strip.cell_rect(0, 0)
    hover(panel.all_strip, first.center())
    told = window.foot.hovered.text()
    assert f"test image {one.index:,}, {names[one.label]}" in told
    for after, name in zip(one.after, names_of(session), strict=True):
        assert f"{names[int(after)]} by {name}" in told
    seen = pixels(panel.all_strip, first).mean(axis=2)
    assert abs(seen.mean() - 255 * one.image.mean()) < 12
    click(qtbot, panel.all_strip, first.center())
    assert page.film_panel.isVisible()
    assert (session.attack.config.part, session.attack.index) == ("test", one.index)
    wait_until(qtbot, lambda: session.attack.film.playing)
    session.attack.film.pause()
    assert session.attack.target == 2
    open_view(qtbot, page, "transfer")
    # The film shows what was crafted: its last step is what the table counted.
    wait_until(qtbot, lambda: not session.attack.film.is_growing)
    assert session.attack.film.steps[-1].predicted == one.after[0]


def test_it_follows_settings_epoch_and_runs_by_itself(
    panel: TransferPanel, session: Session, qtbot: QtBot
) -> None:
    def asked() -> TransferQuestion:
        crafted(qtbot, panel)
        assert panel.study.answer is not None
        return panel.study.answer.question

    def budget() -> float:
        return asked().crafting.config.get("budget")

    assert (budget(), asked().part, asked().n_images) == (1.0, "test", 1000)
    session.attack.set_setting("budget", 0.5)
    assert budget() == 0.5
    assert "0.5" in panel.words.text()
    type_number(qtbot, panel.n_images, "50")
    assert asked().n_images == 50
    session.attack.choose("train", 1)
    assert asked().part == "train"
    session.attack.measure.measure(boxed=False)
    assert not asked().crafting.config.get("box")
    session.view.show_epoch(2)
    assert asked().models[0].epoch == 2
    session.view.show_epoch(None)
    first = session.runs.entries[0].key
    session.view.show_run(first)
    assert asked().models[0].key == first
    assert cells(panel, 0)[0] == names_of(session)[0]
    session.view.show_run(None)
    another_run(qtbot, session, seed=9)
    assert len(asked().models) == 3
    assert panel.all_title.text().startswith("FOOL ALL 3 MODELS")


def test_how_many_images_is_chosen_and_out_of_range_refused(
    panel: TransferPanel, session: Session, qtbot: QtBot
) -> None:
    type_number(qtbot, panel.n_images, "50")
    result = crafted(qtbot, panel)
    assert (result.n_images, result.n_total) == (50, 50)
    rows = np.random.default_rng(0).permutation(200)[:50]
    assert {one.index for one in (*result.fool_all, *result.fool_only)} <= set(rows.tolist())
    type_number(qtbot, panel.n_images, "0")
    assert panel.n_images.text() == "all"
    assert crafted(qtbot, panel).n_images == 200
    with qtbot.waitSignal(session.messages.notified) as told:
        type_number(qtbot, panel.n_images, "-3")
    assert "0 to 10000000" in told.args[0]
    assert panel.n_images.text() == "all"
    assert crafted(qtbot, panel).n_images == 200


def test_one_run_alone_says_how_to_get_another(
    new_panel: Callable[..., TransferPanel], session: Session, qtbot: QtBot
) -> None:
    session.attack.choose_attack("fgsm")
    panel = new_panel(TransferPanel, session)
    assert "press N" in panel.note.text()
    result = crafted(qtbot, panel)
    assert len(result.models) == 1
    assert "press N" in panel.note.text()
    assert not panel.only_card.isVisible()
    session.training.new_seed()
    wait_until(qtbot, lambda: len(names_of(session)) == 2)
    wait_until(qtbot, lambda: "press N" not in panel.note.text())
    wait_until(qtbot, panel.only_card.isVisible)


def test_what_fools_nobody_and_what_cannot_be_attacked_is_said(
    panel: TransferPanel, session: Session, qtbot: QtBot
) -> None:
    session.attack.set_setting("budget", 1e-5)
    assert crafted(qtbot, panel).models[0].n_fooled == 0
    strip = panel.all_strip
    assert "allow a larger budget" in strip.empty_words
    assert not panel.note.isVisible()
    assert not panel.only_card.isVisible()
    said = pixels(strip)
    strip.set_empty_words("")
    assert (said != pixels(strip)).any(), "it is said where the images would be"
    session.wanted.set_setting("init", "zeros")
    session.training.start_again(play=False)
    wait_until(qtbot, lambda: session.view.run_state is RunState.PAUSED)
    wait_until(qtbot, lambda: session.view.shown is not None and session.view.shown.epoch == 0)
    wait_until(qtbot, lambda: not panel.study.is_computing and panel.study.problem)
    assert panel.result is None
    assert "Train the model first" in strip.empty_words
    # Once there is something to fool the refusal is of no use any more.
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_until(qtbot, lambda: "Train the model first" not in panel.note.text())


def test_cancel_keeps_what_was_done_and_go_on_does_the_rest(
    panel: TransferPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slow steps stand for many images; the job is called off by the button that appears."""
    monkeypatch.setattr("core.attack.whole_parts.transfer.chunk_rows", lambda *_: 5)

    class Slow(Transfer):
        def run(self) -> Iterator[Progress]:
            for progress in super().run():
                if progress.done >= 20:
                    pause.wait(0.1)
                yield progress

    pause = threading.Event()
    monkeypatch.setattr(gui.attack.transfer.study, "Transfer", Slow)
    type_number(qtbot, panel.n_images, "0")
    wait_until(qtbot, panel.progress.progress.isVisible)
    wait_until(qtbot, lambda: panel.progress.bar.value() > 0)
    assert panel.study.progress is not None
    assert panel.study.progress.total == 200
    click(qtbot, panel.progress.cancel)
    wait_until(qtbot, lambda: not panel.study.is_computing)
    wait_until(qtbot, lambda: not panel.progress.progress.isVisible())
    result = panel.result
    assert result is not None
    assert 0 < result.n_images < 200
    assert f"{result.n_images:,} of 200" in panel.words.text()
    expected = result.models[1]
    assert cells(panel, 1)[2] == percent(expected.n_right / expected.n_images, 1, "")
    pause.set()
    click(qtbot, panel.progress.go_on)
    assert crafted(qtbot, panel).n_images == 200


def test_other_data_forget_what_was_crafted(
    panel: TransferPanel, session: Session, qtbot: QtBot
) -> None:
    crafted(qtbot, panel)
    session.wanted.set_setting("test_size", 60)
    session.training.start_again()
    wait_until(qtbot, lambda: data_of(session).test.n_samples == 60)
    assert panel.result is None
    assert panel.all_strip.images == ()
    wait_for_state(qtbot, session, RunState.FINISHED)
    assert crafted(qtbot, panel).n_images == 60


def test_it_looks_right_in_either_theme(
    panel: TransferPanel, session: Session, app: QApplication, qtbot: QtBot
) -> None:
    crafted(qtbot, panel)
    for theme in (LIGHT, DARK):
        put_on(app, panel, theme)
        seen = pixels(panel.table.viewport())
        for entry in session.runs.entries:
            assert has_colour(seen, theme.colour(session.runs.colour_of(entry))).sum() > 50


def test_the_sentence_says_what_it_aims_at_and_many_runs_are_all_seen(
    panel: TransferPanel, session: Session, qtbot: QtBot
) -> None:
    assert panel.whom.text().startswith("toward a 2 to fool run 2")
    session.attack.choose_attack("exact")
    session.attack.set_untargeted()
    assert panel.attack_button.text().startswith("exact smallest change")
    assert panel.whom.text().startswith("to fool run 2")
    choose_pgd(session)
    for seed in (7, 8, 9):
        another_run(qtbot, session, seed=seed)
    crafted(qtbot, panel)
    qtbot.wait(50)
    assert panel.table.rowCount() == 5
    last = panel.table.visualItemRect(panel.table.item(4, 0))
    assert panel.table.viewport().rect().contains(last)


def test_a_removed_run_loses_its_row(panel: TransferPanel, session: Session, qtbot: QtBot) -> None:
    crafted(qtbot, panel)
    session.view.remove_run(session.runs.entries[0].key)
    crafted(qtbot, panel)
    wait_until(qtbot, lambda: panel.table.rowCount() == 1)


def test_an_attack_chosen_by_hand_is_what_crafts(window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, "Ctrl+2")
    page = window.page("attack")
    combo = page.controls.attack
    choose(qtbot, combo, combo.findData("deepfool"))
    open_view(qtbot, page, "transfer")
    panel = page.tabs.panel("transfer")
    assert isinstance(panel, TransferPanel)
    crafted(qtbot, panel)
    answer = panel.study.answer
    assert answer is not None
    assert answer.question.crafting.attack is ATTACKS["deepfool"]
    assert "DeepFool" in panel.words.text()


def test_a_long_job_ends_when_the_window_closes(
    panel: TransferPanel, session: Session, qtbot: QtBot
) -> None:
    session.attack.choose_attack("cw")
    assert panel.study.is_computing
    assert session.close()


def test_progress_appears_only_when_it_takes_a_while(
    qtbot: QtBot, app: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = JobProgress("work", "Stop.")
    qtbot.addWidget(progress)
    progress.show_progress(None, is_running=True)
    assert not progress.isVisible()
    progress.show_progress(Progress(30, 120, "images"), is_running=True)
    wait_until(qtbot, progress.isVisible)
    assert progress.bar.value() == 250
    assert "30 of 120 images" in progress.bar.toolTip()
    with qtbot.waitSignal(progress.cancelled):
        click(qtbot, progress.button)
    progress.show_progress(None, is_running=False)
    assert not progress.isVisible()
    progress.show_progress(None, is_running=True)
    assert progress.bar.value() == 0
    progress.show_progress(None, is_running=False)
    qtbot.wait(400)
    assert not progress.isVisible()
