"""What a run was told is done again with other seeds, against single runs trained by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from core_samples import QUICK, tiny_dataset
from hypothesis import example, given
from hypothesis import strategies as st

from core.data.config import DataConfig
from core.errors import SettingError
from core.learning.config import TrainingConfig
from core.learning.course import Course
from core.learning.history import Change, History
from core.learning.runs import Branch, Run
from core.learning.sweep.seed_band import SeedSearch
from core.learning.sweep.sweep import Sweep, with_seeds
from core.learning.training import Checkpoint, EpochRecord, Trainer
from core.progress import finish
from core.sources.reading import ReadingConfig

if TYPE_CHECKING:
    from core.data.dataset import Dataset
    from core.learning.sweep.seed_band import SeedBand

DATA = tiny_dataset(63, 40)
CONFIG = TrainingConfig(epochs=5, batch_size=10, learning_rate=0.3, init="normal", seed=2)
N_SEEDS = 3
Told = list[tuple[int, dict[str, Any]]]
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.one_of(
            st.fixed_dictionaries({"learning_rate": st.sampled_from([0.01, 0.1, 0.5])}),
            st.fixed_dictionaries({"batch_size": st.sampled_from([1, 4, 10, 62, 63, 100])}),
            st.fixed_dictionaries({"l2": st.sampled_from([0.0, 0.02])}),
            st.fixed_dictionaries({"momentum": st.sampled_from([0.0, 0.5])}),
        ),
    ),
    max_size=5,
).map(lambda told: sorted(told, key=lambda one: one[0]))


def by_hand(
    data: Dataset, config: TrainingConfig, told: Told, start: Checkpoint | None = None
) -> tuple[Trainer, History]:
    """Train one run batch by batch, and tell it what it is told at the updates it is told."""
    trainer, history, left = Trainer(data, config, start=start), History(config), list(told)
    trainer.batches_per_record = 1
    while True:
        event = next(trainer.run(), None)
        if event is None:
            return trainer, history
        if isinstance(event, EpochRecord):
            history.append(event)
        while left and left[0][0] == trainer.step:
            for name, new in left.pop(0)[1].items():
                old, place = getattr(trainer.config, name), trainer.progress().place
                trainer.change(**{name: new})
                history.add_change(Change(place, trainer.step, name, old, new))


def a_run(history: History, **more: Any) -> Run:
    return Run(1, history, DataConfig(), ReadingConfig(), "set", **more)


def course_of(run: Run, *, goes_on: bool = False) -> Course:
    course = run.course(goes_on=goes_on)
    assert course is not None
    return course


def swept(data: Dataset, course: Course) -> Sweep:
    sweep = Sweep(
        data,
        with_seeds(course.config, N_SEEDS),
        start=course.start,
        later=[(step, with_seeds(config, N_SEEDS)) for step, config in course.later],
    )
    assert list(sweep.run())
    return sweep


def assert_is(sweep: Sweep, member: int, trainer: Trainer) -> None:
    """Assert that a member is a run trained alone, to the bit."""
    here, there = sweep.checkpoint(member), trainer.checkpoint()
    assert (here.epoch, here.step, here.position) == (there.epoch, there.step, there.position)
    np.testing.assert_array_equal(here.weights, there.weights)
    assert (here.velocity is None) == (there.velocity is None)
    if here.velocity is not None:
        np.testing.assert_array_equal(here.velocity, there.velocity)


def band_of(data: Dataset, course: Course, n_seeds: int = N_SEEDS) -> SeedBand:
    search = SeedSearch(data, course, n_seeds)
    finish(search.run())
    found = search.found()
    assert found is not None
    return found


@QUICK
@example(told=[(18, {"batch_size": 63}), (21, {"momentum": 0.0})], momentum=0.5, shuffle=False)
@given(told=CHANGES, momentum=st.sampled_from([0.0, 0.5]), shuffle=st.booleans())
def test_every_seed_goes_through_the_changes_of_the_run_at_their_updates(
    told: Told, momentum: float, shuffle: bool
) -> None:
    config = replace(CONFIG, momentum=momentum, shuffle=shuffle)
    _, history = by_hand(DATA, config, told)
    course = course_of(a_run(history), goes_on=True)
    sweep = swept(DATA, course)
    for member in range(N_SEEDS):
        trainer, _ = by_hand(DATA, replace(config, seed=config.seed + member), told)
        assert_is(sweep, member, trainer)


def test_the_first_seed_of_the_band_is_the_run_itself() -> None:
    told: Told = [(9, {"learning_rate": 0.02}), (20, {"batch_size": 4, "momentum": 0.5})]
    _, history = by_hand(DATA, CONFIG, told)
    band = band_of(DATA, course_of(a_run(history)))
    np.testing.assert_array_equal(band.epochs, history.epochs)
    np.testing.assert_array_equal(band.curves["test_score"][:, 0], history.curve("test", "score"))
    own, plain = band.curves["test_log_likelihood"][:, 0], history.curve("test", "log_likelihood")
    np.testing.assert_allclose(own, plain, atol=1e-6)


def test_it_is_not_trained_at_the_rate_that_it_ended_with() -> None:
    """Sixteen seeds of a run whose rate was lowered are no runs at the lower rate."""
    _, history = by_hand(DATA, CONFIG, [(25, {"learning_rate": 0.001})])
    band = band_of(DATA, course_of(a_run(history)), 16)
    wrong = band_of(DATA, Course(history.last_config), 16)
    own = history.curve("train", "log_likelihood")
    inside = band.bands["train_log_likelihood"]
    assert ((inside.low <= own) & (own <= inside.high)).all()
    assert (own[1:] > wrong.bands["train_log_likelihood"].high[1:]).all()


def test_changes_that_one_mark_tells_are_all_done_again() -> None:
    """A dragged slider is one mark; every place that it went through was learnt with."""
    told: Told = [(8, {"learning_rate": 0.5}), (9, {"learning_rate": 0.2}), (10, {"l2": 0.01})]
    trainer, history = by_hand(DATA, CONFIG, told)
    assert len(history.changes) == 2
    assert_is(swept(DATA, course_of(a_run(history))), 0, trainer)


def test_what_a_run_that_is_over_was_told_last_counts_only_if_it_acted() -> None:
    _, history = by_hand(DATA, CONFIG, [])
    history.add_change(Change(5.0, history.records[-1].step, "learning_rate", 0.3, 7.0))
    assert course_of(a_run(history)).last_config == CONFIG
    assert course_of(a_run(history), goes_on=True).last_config.learning_rate == 7.0


@QUICK
@given(told=CHANGES, later=CHANGES, epoch=st.integers(1, 4), seed=st.sampled_from([2, 9]))
def test_a_branch_has_its_own_past_with_every_seed(
    told: Told, later: Told, epoch: int, seed: int
) -> None:
    """Also where it goes on with another seed, and another order of the images."""
    _, parent_history = by_hand(DATA, CONFIG, told)
    parent = a_run(parent_history)
    record = parent_history.nearest(epoch)
    config = replace(CONFIG, seed=seed, shuffle=seed == 2, momentum=0.5, epochs=7)
    later = [(step + record.step, settings) for step, settings in later]
    _, history = by_hand(DATA, config, later, record.checkpoint)
    past = course_of(parent, goes_on=True).until(record.step)
    branch = a_run(history, branch=Branch(1, epoch), past=past, is_own_start=False)
    course = course_of(branch, goes_on=True)
    sweep = swept(DATA, course.up_to(7))
    for member in range(N_SEEDS):
        first = replace(CONFIG, seed=CONFIG.seed + member, epochs=epoch)
        before = [one for one in told if one[0] < record.step]
        trainer, _ = by_hand(DATA, first, before)
        own = replace(config, seed=seed + member)
        trainer, _ = by_hand(DATA, own, later, trainer.checkpoint())
        assert_is(sweep, member, trainer)
    band = band_of(DATA, course)
    assert band.epochs[0] == epoch  # what was before is another run
    assert band.epochs[-1] == 7


def test_a_branch_of_a_branch_has_the_past_of_both() -> None:
    _, first = by_hand(DATA, CONFIG, [(3, {"learning_rate": 0.1})])
    two = first.nearest(2)
    _, second = by_hand(DATA, replace(CONFIG, l2=0.02), [(17, {"momentum": 0.5})], two.checkpoint)
    past = course_of(a_run(first)).until(two.step)
    branch = a_run(second, branch=Branch(1, 2), past=past, is_own_start=False)
    four = second.nearest(4)
    trainer, third = by_hand(DATA, replace(CONFIG, epochs=6), [], four.checkpoint)
    past = course_of(branch).until(four.step)
    twig = a_run(third, branch=Branch(2, 4), past=past, is_own_start=False)
    assert [step for step, _ in course_of(twig).later] == [3, two.step, 17, four.step]
    assert_is(swept(DATA, course_of(twig).up_to(6)), 0, trainer)


def test_a_branch_whose_past_was_learnt_from_other_images_has_no_course() -> None:
    _, history = by_hand(DATA, CONFIG, [])
    branch = a_run(history, branch=Branch(1, 0), is_own_start=False)
    assert branch.course(goes_on=False) is None


def test_every_seed_of_a_run_from_given_weights_begins_with_them() -> None:
    trainer, _ = by_hand(DATA, CONFIG, [])
    start = Checkpoint(trainer.snapshot())
    _, history = by_hand(DATA, CONFIG, [], start)
    band = band_of(DATA, course_of(a_run(history, is_own_start=False)))
    assert len(set(band.curves["test_log_likelihood"][0])) == 1
    assert len(set(band.curves["test_log_likelihood"][-1])) > 1


def test_a_run_with_an_adversary_on_its_way_is_refused_in_words() -> None:
    course = Course(CONFIG).then(12, replace(CONFIG, adversary="linf"))
    with pytest.raises(SettingError, match="an adversary moves them for each run differently"):
        SeedSearch(DATA, course, 2)
