"""A run: its records, its reproducibility, its changes on the way and its end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from core_samples import QUICK, notebook_epochs, tiny_dataset, update
from hypothesis import given
from hypothesis import strategies as st

from core.data.config import DataConfig
from core.errors import SettingError
from core.learning.config import TrainingConfig
from core.learning.history import History
from core.learning.perceptron import SoftmaxPerceptron, initial_weights
from core.learning.presets import TP_PRESET
from core.learning.records import Place, epoch_words
from core.learning.training import BatchRecord, Divergence, EpochRecord, Trainer

FIRST_RUN = TrainingConfig(learning_rate=0.5, batch_size=10, epochs=3, init="uniform", seed=3)


def epoch_records(events):
    return [event for event in events if isinstance(event, EpochRecord)]


def weights_of_all_epochs(trainer, **run):
    return np.array([record.weights for record in epoch_records(trainer.run(**run))])


def start_of(config, dataset, dtype=np.float64):
    """Return the first weights."""
    rng = np.random.default_rng(config.seed)
    return initial_weights(config.init, dataset.n_classes, dataset.n_features, rng, dtype)


def reference_run(config, dataset):
    """Return the weights of all epochs after the start by the notebook's loop in float64."""
    weights = start_of(config, dataset)
    n = dataset.train.n_samples
    # Streams of their own, one for each epoch; the stream (seed, 0) is the start's.
    streams = [np.random.default_rng([config.seed, 1 + e]) for e in range(config.epochs)]
    orders = [rng.permutation(n) for rng in streams] if config.shuffle else None
    return np.array(
        list(
            notebook_epochs(
                dataset,
                weights,
                epochs=config.epochs,
                batch_size=config.batch_size,
                rate=config.learning_rate,
                l2=config.l2,
                orders=orders,
            )
        )
    )


@pytest.mark.parametrize("init", ["zeros", "uniform", "normal"])
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("l2", [0.0, 0.01])
def test_a_run_is_the_notebooks_loop(init, shuffle, l2):
    dataset = tiny_dataset()
    config = replace(FIRST_RUN, init=init, shuffle=shuffle, l2=l2)
    weights = weights_of_all_epochs(Trainer(dataset, config, dtype=np.float64))
    np.testing.assert_array_equal(weights[0], start_of(config, dataset))
    np.testing.assert_allclose(weights[1:], reference_run(config, dataset), rtol=1e-10, atol=1e-12)


@QUICK
@given(
    shape=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    n_classes=st.integers(2, 12),
    n_train=st.integers(1, 40),
    n_test=st.integers(1, 10),
    batch_size=st.integers(1, 50),
    shuffle=st.booleans(),
    batches_per_record=st.integers(1, 9),
)
def test_any_shape_any_classes_any_batch_size(
    shape, n_classes, n_train, n_test, batch_size, shuffle, batches_per_record
):
    dataset = tiny_dataset(n_train, n_test, shape=shape, n_classes=n_classes)
    config = replace(FIRST_RUN, batch_size=batch_size, epochs=2, shuffle=shuffle)
    trainer = Trainer(dataset, config, dtype=np.float64)
    trainer.batches_per_record = batches_per_record
    weights = weights_of_all_epochs(trainer)
    assert weights.shape == (3, n_classes, shape[0] * shape[1] + 1)
    np.testing.assert_allclose(weights[1:], reference_run(config, dataset), rtol=1e-9, atol=1e-12)
    assert trainer.step == 2 * -(-n_train // batch_size)


def test_single_precision_stays_close_to_double():
    dataset = tiny_dataset(500)
    config = replace(FIRST_RUN, epochs=20)
    single, double = Trainer(dataset, config), Trainer(dataset, config, dtype=np.float64)
    last_single = epoch_records(single.run())[-1]
    last_double = epoch_records(double.run())[-1]
    assert single.weights.dtype == np.float32
    assert double.weights.dtype == np.float64
    np.testing.assert_allclose(last_single.weights, last_double.weights, atol=2e-4)
    assert not np.array_equal(last_single.weights, last_double.weights)
    assert last_single.train_log_likelihood == pytest.approx(
        last_double.train_log_likelihood, abs=1e-5
    )


def test_full_batch_makes_one_step_an_epoch_whatever_the_excess():
    dataset = tiny_dataset(n_train=30)
    exact, more = (replace(FIRST_RUN, batch_size=size, shuffle=False) for size in (30, 1_000_000))
    trainer = Trainer(dataset, more)
    assert trainer.batch_size == 30
    weights = weights_of_all_epochs(trainer)
    np.testing.assert_array_equal(weights, weights_of_all_epochs(Trainer(dataset, exact)))
    assert trainer.step == FIRST_RUN.epochs


def test_l2_shrinks_the_weights_but_not_the_bias():
    dataset = tiny_dataset()
    free, decayed = (
        weights_of_all_epochs(Trainer(dataset, replace(FIRST_RUN, epochs=30, l2=l2)))[-1]
        for l2 in (0.0, 0.1)
    )
    assert np.linalg.norm(decayed[:, 1:]) < 0.7 * np.linalg.norm(free[:, 1:])
    # Every update's residuals sum to zero over classes, so only decay can move the bias's sum.
    start = start_of(FIRST_RUN, dataset)
    assert decayed[:, 0].sum() == pytest.approx(start[:, 0].sum(), abs=1e-4)


def test_it_learns():
    dataset = tiny_dataset(500, 200)
    records = epoch_records(Trainer(dataset, replace(FIRST_RUN, epochs=10)).run())
    assert records[0].test_score < 0.6
    assert records[-1].test_score > 0.85
    assert records[-1].train_log_likelihood > records[0].train_log_likelihood


def test_the_tp_preset_is_the_practicals():
    assert TP_PRESET.learning_rate == 0.1
    assert TP_PRESET.batch_size == 20
    assert TP_PRESET.epochs == 50
    assert (TP_PRESET.init, TP_PRESET.shuffle, TP_PRESET.l2) == ("uniform", False, 0.0)
    assert (DataConfig().train_size, DataConfig().test_size) == (5000, 3000)


def test_events_count_epochs_batches_and_steps():
    trainer = Trainer(tiny_dataset(n_train=63), replace(FIRST_RUN, epochs=2))
    trainer.batches_per_record = 3
    seen = [(type(e).__name__, e.epoch, e.step, getattr(e, "batch", None)) for e in trainer.run()]
    assert seen == [
        ("EpochRecord", 0, 0, None),
        ("BatchRecord", 0, 3, 3),
        ("BatchRecord", 0, 6, 6),
        ("EpochRecord", 1, 7, None),
        ("BatchRecord", 1, 10, 3),
        ("BatchRecord", 1, 13, 6),
        ("EpochRecord", 2, 14, None),
    ]


def test_progress_says_how_many_batches_the_epoch_has():
    trainer = Trainer(tiny_dataset(n_train=63), FIRST_RUN)
    events = [event for event in trainer.run() if isinstance(event, BatchRecord)]
    assert {event.n_batches for event in events} == set()  # 7 batches fit into one record
    trainer = Trainer(tiny_dataset(n_train=63), FIRST_RUN)
    trainer.batches_per_record = 1
    events = [event for event in trainer.run() if isinstance(event, BatchRecord)]
    assert {event.n_batches for event in events} == {7}


def test_a_record_holds_the_scores_of_its_own_weights():
    dataset = tiny_dataset()
    for record in epoch_records(Trainer(dataset, FIRST_RUN).run()):
        model = SoftmaxPerceptron(record.weights)
        assert (record.train_score, record.train_log_likelihood) == model.evaluate(dataset.train)
        assert (record.test_score, record.test_log_likelihood) == model.evaluate(dataset.test)
        assert record.validation_score is None
        assert record.validation_log_likelihood is None


def test_snapshots_are_copies_that_nobody_can_write():
    trainer = Trainer(tiny_dataset(), FIRST_RUN)
    events = trainer.run()
    first = next(events)
    kept = first.weights.copy()
    list(events)
    np.testing.assert_array_equal(first.weights, kept)
    assert not np.array_equal(first.weights, trainer.weights)
    with pytest.raises(ValueError, match="read-only"):
        first.weights[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        trainer.snapshot()[0, 0] = 1


def test_nothing_is_done_before_it_is_asked_for():
    trainer = Trainer(tiny_dataset(), FIRST_RUN)
    before = trainer.weights.copy()
    events = trainer.run()
    assert next(events).epoch == 0
    np.testing.assert_array_equal(trainer.weights, before)
    assert trainer.step == 0


@pytest.mark.parametrize("shuffle", [False, True])
def test_same_seed_same_bits(shuffle):
    config = replace(FIRST_RUN, shuffle=shuffle)
    first, second = (weights_of_all_epochs(Trainer(tiny_dataset(), config)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    "config",
    [
        replace(FIRST_RUN, init="zeros"),  # only the order differs
        replace(FIRST_RUN, shuffle=False),  # only the start differs
    ],
)
def test_another_seed_is_another_run(config):
    first, second = (
        weights_of_all_epochs(Trainer(tiny_dataset(), replace(config, seed=seed)))
        for seed in (0, 1)
    )
    assert not np.array_equal(first[-1], second[-1])


@pytest.mark.parametrize("batches_per_record", [1, 2, 7, 16, 1000])
def test_a_run_in_pieces_is_the_same_run(batches_per_record):
    expected = weights_of_all_epochs(Trainer(tiny_dataset(), FIRST_RUN))
    trainer = Trainer(tiny_dataset(), FIRST_RUN)
    trainer.batches_per_record = batches_per_record
    pieces = [
        weights_of_all_epochs(trainer, until_epoch=1),
        weights_of_all_epochs(trainer, until_epoch=2),
        weights_of_all_epochs(trainer),
    ]
    assert [len(piece) for piece in pieces] == [2, 1, 1]
    np.testing.assert_array_equal(np.concatenate(pieces), expected)


def test_a_run_left_in_the_middle_of_an_epoch_goes_on_there():
    expected = weights_of_all_epochs(Trainer(tiny_dataset(), FIRST_RUN))
    trainer = Trainer(tiny_dataset(), FIRST_RUN)
    trainer.batches_per_record = 2
    for n_events in (3, 1, 2):
        events = trainer.run()
        for _ in range(n_events):
            next(events)
        events.close()
    # The start is an event too, and an epoch's last record holds its seventh batch alone.
    assert trainer.step == 9
    last = epoch_records(trainer.run())[-1]
    np.testing.assert_array_equal(last.weights, expected[-1])


def test_a_finished_run_has_nothing_more_to_say():
    trainer = Trainer(tiny_dataset(), FIRST_RUN)
    list(trainer.run())
    assert list(trainer.run()) == []
    assert list(trainer.run(until_epoch=1)) == []
    assert trainer.epoch == FIRST_RUN.epochs


def test_training_leaves_the_data_alone():
    dataset = tiny_dataset()
    before = dataset.content_hash
    list(Trainer(dataset, FIRST_RUN).run())
    assert tiny_dataset().content_hash == before
    del dataset.__dict__["content_hash"]  # it is computed once and kept
    assert dataset.content_hash == before


def test_changes_equal_a_plain_loop_that_switches_at_the_same_batch():
    dataset = tiny_dataset()
    config = replace(FIRST_RUN, shuffle=False, epochs=2)
    trainer = Trainer(dataset, config, dtype=np.float64)
    trainer.batches_per_record = 1
    events = trainer.run()
    while trainer.step < 4:
        next(events)
    trainer.change(learning_rate=0.05, l2=0.2, batch_size=7)
    list(events)

    reference = SoftmaxPerceptron(start_of(config, dataset))
    images, labels = dataset.train.images.astype(np.float64), dataset.train.labels
    places = [(first, 10, 0.5, 0.0) for first in (0, 10, 20, 30)]
    places += [(first, 7, 0.05, 0.2) for first in (40, 47, 54, 61)]
    places += [(first, 7, 0.05, 0.2) for first in range(0, 63, 7)]
    for first, size, rate, l2 in places:
        decay = rate * l2 * reference.weights
        decay[:, 0] = 0
        update(reference, images[first : first + size], labels[first : first + size], rate)
        reference.weights -= decay
    assert trainer.step == len(places)
    np.testing.assert_allclose(trainer.weights, reference.weights, rtol=1e-10)


def test_progress_counts_the_rest_of_the_epoch_in_new_batches():
    trainer = Trainer(tiny_dataset(n_train=63), FIRST_RUN)
    trainer.batches_per_record = 1
    events = trainer.run()
    while trainer.step < 2:
        next(events)
    trainer.change(batch_size=43)
    assert isinstance(next(events), EpochRecord)  # the 43 images left are one batch
    assert trainer.step == 3


def test_a_run_can_be_prolonged():
    config = replace(FIRST_RUN, epochs=2)
    trainer = Trainer(tiny_dataset(), config)
    first = weights_of_all_epochs(trainer)
    trainer.change(epochs=3)
    weights = np.concatenate([first, weights_of_all_epochs(trainer)])
    np.testing.assert_array_equal(
        weights, weights_of_all_epochs(Trainer(tiny_dataset(), replace(config, epochs=3)))
    )


@pytest.mark.parametrize(
    "setting", [{"init": "zeros"}, {"shuffle": False}, {"seed": 2}, {"weight": 1}]
)
def test_only_live_settings_change_during_a_run(setting):
    trainer = Trainer(tiny_dataset(), FIRST_RUN)
    with pytest.raises(SettingError, match=f"{next(iter(setting))} cannot change.*start again"):
        trainer.change(learning_rate=0.2, **setting)
    assert trainer.config == FIRST_RUN


def test_a_change_out_of_range_leaves_everything_as_it_was():
    trainer = Trainer(tiny_dataset(), FIRST_RUN)
    with pytest.raises(SettingError, match="Learning rate must be"):
        trainer.change(batch_size=5, learning_rate=1e9)
    assert trainer.config == FIRST_RUN
    assert trainer.batch_size == 10


def test_validation_images_come_from_the_end_of_train_and_are_not_learnt():
    whole = tiny_dataset(n_train=80)
    dataset = whole.sized(DataConfig(train_size=70, validation_size=20))
    np.testing.assert_array_equal(dataset.train.images, whole.train.images[:50])
    np.testing.assert_array_equal(dataset.validation.images, whole.train.images[50:70])
    np.testing.assert_array_equal(dataset.validation.labels, whole.train.labels[50:70])
    records = epoch_records(Trainer(dataset, FIRST_RUN).run())
    fitted = weights_of_all_epochs(Trainer(whole.sized(DataConfig(train_size=50)), FIRST_RUN))
    np.testing.assert_array_equal([record.weights for record in records], fitted)
    last = records[-1]
    expected = SoftmaxPerceptron(last.weights).evaluate(dataset.validation)
    assert (last.validation_score, last.validation_log_likelihood) == expected


def plain_loop_until_not_finite(config, dataset, dtype=np.float32):
    """Return the number of the first update after which some weight is not finite."""
    model = SoftmaxPerceptron(start_of(config, dataset, dtype))
    images, labels = dataset.train.images.astype(dtype), dataset.train.labels
    step = 0
    with np.errstate(all="ignore"):
        while True:
            for first in range(0, len(labels), config.batch_size):
                batch = slice(first, first + config.batch_size)
                decay = dtype(config.learning_rate * config.l2) * model.weights
                decay[:, 0] = 0
                update(model, images[batch], labels[batch], config.learning_rate)
                model.weights -= decay
                step += 1
                if not np.isfinite(model.weights).all():
                    return step


WILD = TrainingConfig(
    learning_rate=1000.0, l2=10.0, batch_size=10, epochs=50, init="uniform", shuffle=False
)


@pytest.mark.parametrize("batches_per_record", [1, 4, 16])
@pytest.mark.parametrize("batch_size", [2, 10, 63])
def test_divergence_names_the_exact_step(batches_per_record, batch_size):
    """Warnings are errors here, so this also says that NumPy never complains on the way."""
    dataset = tiny_dataset(n_train=63)
    config = replace(WILD, batch_size=batch_size)
    trainer, history = Trainer(dataset, config), History(config)
    trainer.batches_per_record = batches_per_record
    events = list(trainer.run())
    for record in epoch_records(events):
        history.append(record)
    last = events[-1]
    assert isinstance(last, Divergence)
    assert last is trainer.diverged
    assert last.step == plain_loop_until_not_finite(config, dataset)
    batches = -(-63 // batch_size)
    assert last.epoch == (last.step - 1) // batches
    assert last.learning_rate == 1000.0
    # What was recorded before is kept, and finite.
    assert history.epochs.tolist() == list(range(last.epoch + 1))
    assert all(np.isfinite(record.weights).all() for record in history.records)
    assert history.best.epoch == 0
    assert sum(isinstance(event, Divergence) for event in events) == 1


@pytest.mark.parametrize("batch_size", [10, 40])
def test_divergence_of_the_practicals_784_pixels_names_the_exact_step(batch_size):
    """A sum over many weights, or an activation, overflows before any one weight does."""
    dataset = tiny_dataset(n_train=40, shape=(28, 28), n_classes=10)
    config = replace(WILD, batch_size=batch_size)
    events = list(Trainer(dataset, config).run())
    assert events[-1].step == plain_loop_until_not_finite(config, dataset)


def test_divergence_with_shuffling_and_in_double_precision():
    dataset = tiny_dataset(n_train=63)
    config = replace(WILD, shuffle=True, epochs=500)
    first, second = (list(Trainer(dataset, config).run())[-1] for _ in range(2))
    assert isinstance(first, Divergence)
    assert first == second
    double = list(Trainer(dataset, WILD, dtype=np.float64).run())[-1]
    assert double.step == plain_loop_until_not_finite(WILD, dataset, np.float64)


def test_a_diverged_run_stays_diverged():
    trainer = Trainer(tiny_dataset(), WILD)
    list(trainer.run())
    step = trainer.step
    trainer.change(learning_rate=0.1, l2=0.0)
    assert list(trainer.run()) == []
    assert trainer.step == step


def test_divergence_says_where_with_which_rate_and_what_to_do():
    text = str(Divergence(BatchRecord(1, 5, 25, step=30), learning_rate=1000.0))
    assert "epoch 1, batch 5 of 25 (step 30)" in text
    assert "learning rate 1000" in text
    assert "smaller learning rate" in text


def test_a_place_within_an_epoch_is_said_in_batches():
    assert epoch_words(3) == epoch_words(Place.of(3, 0, 250)) == "epoch 3"
    assert epoch_words(Place.of(3, 99, 250)) == "epoch 3, batch 99 of 250"
    assert epoch_words(Place.of(3, 250, 250)) == "epoch 4"
    assert Place.of(3, 125, 250) == 3.5


def test_a_large_learning_rate_alone_is_bad_but_finite():
    """Softmax residuals are bounded: without decay the weights only grow linearly."""
    config = replace(WILD, l2=0.0, epochs=5)
    records = epoch_records(Trainer(tiny_dataset(), config).run())
    assert len(records) == 6
    assert np.isfinite(records[-1].weights).all()
    assert np.isfinite(records[-1].train_log_likelihood)
