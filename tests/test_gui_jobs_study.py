"""The one mechanism behind every panel: a question, a search, the newest answer."""

from __future__ import annotations

import gc
import threading
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import wait_until
from PySide6.QtCore import QObject, Signal

from core.errors import SettingError
from core.progress import Progress
from gui.jobs.job_pool import JobPool
from gui.jobs.question import about, is_as, same
from gui.jobs.study import Study

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

SOON = 60.0


class FakeView(QObject):
    """What a study knows of the session."""

    shown_changed = Signal()
    forgotten = Signal()
    dataset_changed = Signal()
    run_state_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.is_running = False
        self.is_another_shown = False

    @property
    def goes_on(self) -> bool:
        return self.is_running and not self.is_another_shown


@dataclass(frozen=True, slots=True, eq=False)
class Sum:
    """How much is ``n`` times one, as far as a model is concerned."""

    weights: NDArray[Any]
    n: int


class Counting:
    """Counts to ``n``, a step at a time; each step waits until it is allowed."""

    def __init__(self, question: Sum, allowed: threading.Semaphore) -> None:
        if question.n < 0:
            raise SettingError("Choose a number that is not negative")
        self.question, self._allowed = question, allowed
        self.done, self.knows_early = 0, True

    def run(self) -> Generator[Progress, None, None]:
        while self.done < self.question.n:
            assert self._allowed.acquire(timeout=SOON)
            if self.question.n == 13:
                raise ZeroDivisionError("unlucky")
            self.done += 1
            yield Progress(self.done, self.question.n, "ones")

    def found(self) -> int | None:
        is_known = self.knows_early or self.done == self.question.n
        return (self.done or None) if is_known else None


class Bench:
    """A study over counting, with all that it has begun."""

    def __init__(self, **options: Any) -> None:
        self.view, self.pool = FakeView(), JobPool()
        self.allowed = threading.Semaphore(0)
        self.may_begin = threading.Event()
        self.may_begin.set()
        self.begun: list[Counting] = []
        self.question: Sum | None = Sum(np.zeros(1), 3)
        self.told: list[int | None] = []
        self.study: Study[Sum, int] = Study(
            self.view, self.pool, "counting", lambda: self.question, self.begin, **options
        )
        self.study.changed.connect(lambda: self.told.append(self.study.found))

    def begin(self, question: Sum) -> Counting:
        self.begun.append(Counting(question, self.allowed))
        assert self.may_begin.wait(SOON)
        return self.begun[-1]

    def allow(self, n: int = 1000) -> None:
        self.allowed.release(n)

    def ask_for(self, n: int, weights: NDArray[Any] | None = None) -> None:
        assert self.question is not None
        self.question = Sum(self.question.weights if weights is None else weights, n)
        self.study.ask()

    @property
    def n_threads(self) -> int:
        return sum(thread.name == "counting" for thread in threading.enumerate())


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def bench(**options: Any) -> Bench:
        made.append(Bench(**{"tell": 0.0, "refresh": 0.0, **options}))
        return made[-1]

    yield bench
    for one in made:
        one.allow()
        assert one.pool.close()


def under_way(
    make: Callable[..., Bench], qtbot: QtBot, *, beside_a_run: bool = False, **options: Any
) -> Bench:
    """Return a bench whose first question is being answered."""
    bench = make(**options)
    bench.view.is_running = beside_a_run
    bench.study.watch(True)
    wait_until(qtbot, lambda: len(bench.begun) == 1)
    return bench


def test_values_ask_the_same_by_identity_where_they_are_arrays() -> None:
    one, other = np.zeros(2), np.zeros(2)
    assert same(one, one)
    assert not same(one, other)
    assert same((one, 1, "a", None), (one, 1, "a", None))
    assert not same((one,), (other,))
    assert not same(1, True)
    assert about(Sum(one, 3)) == (3,)
    assert is_as(Sum(one, 3), Sum(one, 3))
    assert not is_as(Sum(one, 3), Sum(other, 3))
    assert not is_as(Sum(one, 3), None)


def test_where_nobody_looks_nothing_is_computed_and_no_thread_begins(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = make()
    bench.study.ask()
    bench.view.shown_changed.emit()
    bench.view.dataset_changed.emit()
    bench.pool.read_letters()
    assert bench.begun == []
    assert bench.n_threads == 0
    bench.study.watch(True)
    bench.allow()
    wait_until(qtbot, lambda: bench.study.is_settled)
    assert bench.study.found == 3
    assert bench.n_threads == 1


def test_what_was_asked_already_is_not_asked_again(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = make()
    bench.allow()
    bench.study.watch(True)
    wait_until(qtbot, lambda: bench.study.is_settled)
    for _ in range(5):
        bench.study.ask()
        bench.view.shown_changed.emit()
        bench.pool.read_letters()
    assert not bench.study.is_computing
    assert len(bench.begun) == 1
    assert bench.begun[0].done == 3


def test_a_newer_question_wins(make: Callable[..., Bench], qtbot: QtBot) -> None:
    bench = under_way(make, qtbot)
    for n in (4, 5, 6):
        bench.ask_for(n)
    bench.allow()
    wait_until(qtbot, lambda: bench.study.is_settled)
    assert bench.study.found == 6
    assert [search.question.n for search in bench.begun] == [3, 6]
    assert bench.begun[0].done <= 1  # left after the step it was in


def test_a_question_that_is_none_any_more_has_no_answer(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = make()
    bench.allow()
    bench.study.watch(True)
    wait_until(qtbot, lambda: bench.study.is_settled)
    bench.question = None
    bench.study.ask()
    assert bench.study.answer is None
    assert bench.told[-1] is None


def test_a_search_is_called_off_and_gone_on_with(make: Callable[..., Bench], qtbot: QtBot) -> None:
    bench = make()
    bench.study.watch(True)
    bench.allow(2)
    wait_until(qtbot, lambda: bench.study.found == 2)
    bench.study.call_off()
    assert bench.study.is_held
    bench.allow(1)  # the step under way comes to its end
    wait_until(qtbot, lambda: not bench.study.is_computing)
    bench.view.shown_changed.emit()
    bench.pool.read_letters()
    assert not bench.study.is_computing
    assert bench.study.found is not None  # what was found stays
    bench.allow()
    bench.study.go_on()
    wait_until(qtbot, lambda: bench.study.is_settled)
    assert not bench.study.is_held
    assert bench.study.found == 3
    assert len(bench.begun) == 1


def test_another_question_needs_no_going_on(make: Callable[..., Bench], qtbot: QtBot) -> None:
    bench = under_way(make, qtbot)
    bench.study.call_off()
    bench.allow()
    bench.ask_for(3, np.ones(1))  # another model
    assert not bench.study.is_held
    wait_until(qtbot, lambda: bench.study.is_settled)
    assert bench.study.found == 3


def test_what_is_called_off_beside_a_training_stays_so_for_its_next_models(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = under_way(make, qtbot, beside_a_run=True)
    bench.study.call_off()
    bench.allow(1)
    wait_until(qtbot, lambda: not bench.study.is_computing)
    bench.ask_for(3, np.ones(1))
    bench.pool.read_letters()
    assert bench.study.is_held
    assert len(bench.begun) == 1
    bench.ask_for(4, np.ones(1))  # about something else
    assert not bench.study.is_held


def test_calling_off_may_be_for_one_model_alone(make: Callable[..., Bench], qtbot: QtBot) -> None:
    bench = make(holds=False)
    bench.view.is_running = True
    bench.study.watch(True)
    bench.allow(1)
    wait_until(qtbot, lambda: bench.study.found == 1)
    bench.study.call_off()
    bench.allow(1)  # the step under way comes to its end
    wait_until(qtbot, lambda: not bench.study.is_computing)
    assert not bench.study.is_held
    for _ in range(3):
        bench.view.shown_changed.emit()
        bench.pool.read_letters()
    assert not bench.study.is_computing  # what was called off stays so
    assert bench.begun[0].done < 3
    bench.question = Sum(np.ones(1), 2)
    bench.allow()
    bench.pool.read_letters()
    wait_until(qtbot, lambda: bench.study.is_settled)
    assert bench.study.found == 2


def test_what_has_ended_meanwhile_cannot_be_called_off(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = make()
    bench.allow()
    bench.study.watch(True)
    wait_until(qtbot, lambda: bench.study.is_settled)
    bench.study.call_off()
    assert not bench.study.is_held


def test_other_data_are_forgotten_at_once(make: Callable[..., Bench], qtbot: QtBot) -> None:
    bench = make()
    bench.allow()
    bench.study.watch(True)
    wait_until(qtbot, lambda: bench.study.is_settled)
    bench.view.forgotten.emit()
    assert bench.study.answer is None
    assert bench.told[-1] is None
    bench.view.dataset_changed.emit()
    wait_until(qtbot, lambda: bench.study.is_settled)
    assert len(bench.begun) == 2  # the search before held the data before


def test_nothing_is_kept_of_what_was_under_way_for_other_data(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = under_way(make, qtbot, keep=8)
    gone = weakref.ref(bench.begun[0]), weakref.ref(bench.begun[0].question.weights)
    bench.begun.clear()
    bench.view.forgotten.emit()
    bench.question = Sum(np.zeros(1), 3)
    bench.view.dataset_changed.emit()
    bench.allow()
    wait_until(qtbot, lambda: bench.study.is_settled)
    gc.collect()
    assert [each() for each in gone] == [None, None]


def test_the_answer_of_the_model_before_stands_until_there_is_one(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = make()
    bench.allow(3)
    bench.study.watch(True)
    wait_until(qtbot, lambda: bench.study.is_settled)
    before = bench.study.answer
    bench.ask_for(3, np.ones(1))
    assert bench.study.answer is before
    assert not bench.study.is_settled
    bench.ask_for(4)  # but never of another question
    assert bench.study.answer is None


def test_the_answer_before_stands_where_nothing_is_found_yet(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = make()
    bench.allow(3)
    bench.study.watch(True)
    wait_until(qtbot, lambda: bench.study.is_settled)
    bench.ask_for(3, np.ones(1))
    wait_until(qtbot, lambda: len(bench.begun) == 2)
    bench.begun[1].knows_early = False
    bench.allow(2)
    wait_until(qtbot, lambda: bench.study.progress is not None and bench.study.progress.done == 2)
    assert bench.study.found == 3
    assert bench.study.is_under_way
    bench.allow()
    wait_until(qtbot, lambda: bench.study.is_settled)
    assert not bench.study.is_under_way


def test_what_is_left_before_its_first_step_tells_nothing(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = make()
    bench.allow(3)
    bench.study.watch(True)
    wait_until(qtbot, lambda: bench.study.is_settled)
    before = bench.study.answer
    bench.may_begin.clear()
    bench.ask_for(3, np.ones(1))
    wait_until(qtbot, lambda: len(bench.begun) == 2)
    bench.study.call_off()
    bench.may_begin.set()
    wait_until(qtbot, lambda: not bench.study.is_computing)
    bench.pool.read_letters()
    assert bench.study.answer is before
    assert bench.begun[1].done == 0


def test_while_a_person_browses_the_answer_before_stands_until_the_next_is_known(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = make(browse=frozenset({"n"}))
    bench.allow(3)
    bench.study.watch(True)
    wait_until(qtbot, lambda: bench.study.is_settled)
    bench.told.clear()
    bench.ask_for(2)
    bench.ask_for(4)
    assert bench.study.found == 3
    assert not bench.study.is_settled
    bench.allow()
    wait_until(qtbot, lambda: bench.study.is_settled)
    assert bench.study.found == 4
    assert None not in bench.told


def test_beside_a_training_only_whole_answers_are_shown(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = make()
    bench.view.is_running = True
    bench.allow(3)
    bench.study.watch(True)
    wait_until(qtbot, lambda: bench.study.is_settled)
    bench.ask_for(3, np.ones(1))
    bench.allow(1)
    wait_until(qtbot, lambda: len(bench.begun) == 2 and bench.begun[1].done == 1)
    for _ in range(5):
        bench.pool.read_letters()
    assert bench.study.found == 3
    bench.allow(2)
    wait_until(qtbot, lambda: bench.study.is_settled)
    assert min(found for found in bench.told[bench.told.index(3) :] if found is not None) == 3


def test_beside_a_training_what_is_half_known_is_shown_to_who_browses(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = make(browse=frozenset({"n"}))
    bench.view.is_running = True
    bench.allow(3)
    bench.study.watch(True)
    wait_until(qtbot, lambda: bench.study.is_settled)
    bench.ask_for(5)
    assert bench.study.found == 3
    bench.allow(1)
    wait_until(qtbot, lambda: bench.study.found == 1)


def test_a_study_can_give_way_without_a_training(make: Callable[..., Bench], qtbot: QtBot) -> None:
    bench = make(rest=1e9, gives_way=lambda: True)
    bench.study.watch(True)
    bench.allow()
    wait_until(qtbot, lambda: bench.begun and bench.begun[0].done == 1)
    bench.pool.read_letters()
    assert bench.study.is_computing
    assert bench.begun[0].done == 1


def test_a_model_that_learns_on_is_asked_of_when_the_one_before_is_answered(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = under_way(make, qtbot, beside_a_run=True)
    bench.question = Sum(np.ones(1), 3)
    bench.view.shown_changed.emit()
    bench.allow()
    wait_until(qtbot, lambda: bench.study.is_settled)
    assert [search.done for search in bench.begun] == [3, 3]  # the first was not left


def test_an_error_is_told_in_words_and_the_next_question_does_better(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = make()
    bench.allow()
    bench.study.watch(True)
    bench.ask_for(-1)
    wait_until(qtbot, lambda: bench.study.problem)
    assert bench.study.problem == "Choose a number that is not negative."
    assert bench.study.found is None
    assert bench.study.is_settled
    bench.ask_for(2)
    wait_until(qtbot, lambda: bench.study.found == 2)
    assert bench.study.problem == ""


def test_a_surprise_is_told_and_the_next_question_does_better(
    make: Callable[..., Bench], qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    bench, told = make(), []
    bench.pool.failed.connect(told.append)
    bench.allow()
    bench.study.watch(True)
    with qtbot.waitSignal(bench.study.failed):
        bench.ask_for(13)
    (failure,) = told
    assert not failure.expected
    assert "unlucky" in failure.message
    assert "counting failed" in caplog.text
    assert bench.study.is_held  # it is not tried again but when a person wants it
    wait_until(qtbot, lambda: not bench.study.is_computing)
    bench.view.shown_changed.emit()
    bench.pool.read_letters()
    assert len(told) == 1
    bench.study.go_on()
    wait_until(qtbot, lambda: len(told) == 2)
    bench.ask_for(2)
    wait_until(qtbot, lambda: bench.study.found == 2)


def test_where_nobody_looks_any_more_the_search_is_left(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = make()
    bench.study.watch(True)
    bench.allow(1)
    wait_until(qtbot, lambda: bench.study.found == 1)
    bench.study.watch(False)
    bench.allow(1)
    wait_until(qtbot, lambda: not bench.study.is_computing)
    assert bench.begun[0].done <= 2
    bench.allow()
    bench.study.watch(True)
    wait_until(qtbot, lambda: bench.study.is_settled)
    assert len(bench.begun) == 1  # gone on with


def test_on_demand_is_asked_by_a_person_alone(make: Callable[..., Bench], qtbot: QtBot) -> None:
    bench = make(on_demand=True)
    bench.allow()
    bench.study.watch(True)
    bench.study.ask()
    bench.view.shown_changed.emit()
    assert bench.begun == []
    bench.study.start()
    wait_until(qtbot, lambda: bench.study.is_settled)
    bench.study.watch(False)  # it goes on where nobody looks, and stays
    assert bench.study.found == 3
    bench.question = Sum(np.ones(1), 5)
    bench.view.shown_changed.emit()
    assert bench.study.found == 3
    assert not bench.study.is_settled
    bench.study.start()
    assert bench.study.found is None
    wait_until(qtbot, lambda: bench.study.found == 5)


def test_searches_that_are_kept_are_gone_on_with(make: Callable[..., Bench], qtbot: QtBot) -> None:
    bench = make(keep=2)
    bench.study.watch(True)
    for n, begun in ((4, 1), (5, 2)):
        wait_until(qtbot, lambda: len(bench.begun) == begun)  # noqa: B023  # waited for right here
        bench.ask_for(n)
        bench.allow(1)
    bench.allow()
    for n in (3, 4):
        bench.ask_for(n)
        wait_until(qtbot, lambda: bench.study.is_settled)
    assert len(bench.begun) == 2


def test_what_is_known_is_known_again_at_once(make: Callable[..., Bench], qtbot: QtBot) -> None:
    bench = make(keep=2)
    bench.allow()
    bench.study.watch(True)
    for n in (3, 4):
        bench.ask_for(n)
        wait_until(qtbot, lambda: bench.study.is_settled)
    wait_until(qtbot, lambda: not bench.study.is_computing)
    for n in (3, 4):
        bench.ask_for(n)
        assert bench.told[-1] == bench.study.found == n
        assert bench.study.is_settled
        assert not bench.study.is_computing
    for n in range(5, 12):  # but not for ever
        bench.ask_for(n)
        wait_until(qtbot, lambda: bench.study.is_settled)
    bench.ask_for(3)
    assert bench.study.answer is None


def test_what_the_model_before_came_to_stands_until_something_is_found(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = make()
    bench.allow(3)
    bench.study.watch(True)
    wait_until(qtbot, lambda: bench.study.is_settled)
    bench.ask_for(3, np.ones(1))
    wait_until(qtbot, lambda: len(bench.begun) == 2)
    bench.study.call_off()  # before anything was found
    bench.allow(1)
    wait_until(qtbot, lambda: not bench.study.is_computing)
    assert bench.study.found is not None
    assert bench.study.is_held
    assert not bench.study.is_whole


def test_how_far_the_search_is_is_told_where_the_model_before_is_seen(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = make()
    bench.view.is_running = True
    bench.allow(3)
    bench.study.watch(True)
    wait_until(qtbot, lambda: bench.study.is_settled)
    bench.ask_for(3, np.ones(1))
    assert bench.study.progress is None
    bench.allow(1)
    wait_until(qtbot, lambda: bench.study.progress is not None)
    assert bench.study.progress == Progress(1, 3, "ones")
    assert bench.study.is_computing
    assert not bench.study.is_whole
    assert bench.study.found == 3


def test_a_study_closes_in_time_while_it_rests(make: Callable[..., Bench], qtbot: QtBot) -> None:
    bench = make(rest=1e9)
    bench.view.is_running = True
    bench.study.watch(True)
    bench.allow()
    wait_until(qtbot, lambda: bench.begun and bench.begun[0].done == 1)
    assert bench.pool.close()
    assert bench.begun[0].done == 1


def test_a_study_ends_with_what_made_it(make: Callable[..., Bench], qtbot: QtBot) -> None:
    panel = QObject()
    bench = make(parent=panel)
    bench.allow()
    bench.study.watch(True)
    wait_until(qtbot, lambda: bench.study.is_settled)
    panel.deleteLater()
    wait_until(qtbot, lambda: bench.n_threads == 0)
    bench.view.shown_changed.emit()


def test_who_chooses_a_model_beside_a_training_is_answered_at_once(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = under_way(make, qtbot, beside_a_run=True)
    bench.question, bench.view.is_another_shown = Sum(np.ones(1), 3), True
    bench.view.shown_changed.emit()
    bench.allow(2)  # one ends the step under way

    def asked() -> Sum | None:
        return None if bench.study.answer is None else bench.study.answer.question

    wait_until(qtbot, lambda: asked() is bench.question)
    assert bench.study.found == 1, "what is known of it so far"
    assert bench.begun[0].done <= 1, "the model before was left"


def test_a_pause_is_noticed_at_once_and_ends_the_rest(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = under_way(make, qtbot, beside_a_run=True, rest=1e9)
    bench.question = Sum(np.ones(1), 3)  # of the epoch it was paused at
    bench.view.is_running = False
    bench.view.run_state_changed.emit()
    bench.allow()
    wait_until(qtbot, lambda: bench.study.is_settled)
    assert bench.begun[0].done <= 1


def test_a_question_is_not_made_anew_in_every_frame(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = make(refresh=60.0)
    bench.allow()
    bench.study.watch(True)
    wait_until(qtbot, lambda: bench.study.is_settled)
    asked, question = [], bench.question
    type(bench).question = property(lambda self: asked.append(1) or question)
    try:
        for _ in range(20):
            bench.pool.read_letters()
    finally:
        del type(bench).question
    assert asked == []
