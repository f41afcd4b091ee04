"""Transfer, one change for all and the same change: against plain loops over single images."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from core_samples import tiny_dataset

import core.attack.whole_parts.same_change
import core.attack.whole_parts.transfer
import core.attack.whole_parts.universal_search
from core.attack import ATTACKS, NORMS
from core.attack.methods.random_noise import noise_of_sizes
from core.attack.whole_parts.fooled import can_be_fooled, chunk_rows
from core.attack.whole_parts.same_change import MOST_SHOWN, SameChange
from core.attack.whole_parts.transfer import MOST_EXAMPLES, Transfer
from core.attack.whole_parts.universal_search import UniversalSearch
from core.data.dataset import Split
from core.errors import SettingError
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import Trainer, TrainingConfig
from core.progress import finish

STEADY = ("descent", "fgsm", "bim", "mim", "deepfool", "cw", "greedy_l0", "exact")
"""Attacks without anything random: the same whatever images stand beside each other."""


@pytest.fixture(scope="module")
def learnt():
    """Return data and three models of them, in float64."""
    data = tiny_dataset(200, 150, shape=(6, 6))
    models = []
    for seed, epochs in ((1, 8), (2, 3), (3, 20)):
        config = TrainingConfig(epochs=epochs, seed=seed, init="normal", learning_rate=0.1)
        trainer = Trainer(data, config)
        list(trainer.run())
        models.append(trainer.snapshot().astype(np.float64))
    return data, models


def settings(name, **wanted):
    """Return the settings of an attack, with those of the wanted it has."""
    kind = ATTACKS[name].settings
    few = {"steps": 5, "pixels": 8, "searches": 2, "budget": 0.8, **wanted}
    return kind(**{key: few[key] for key in few if key in kind.__slots__ or hasattr(kind, key)})


def wanted(read, label, target):
    return read != label if target is None else read == target


def expected_counts(models, data, attack, config, rows):
    """Return the counts of each model by a loop over images, each attacked alone."""
    models = [SoftmaxPerceptron(weights) for weights in models]
    counts = [[0] * 5 for _ in models]  # n, right, right crafted, reached, fooled
    everyone, alone, crafted_images = [], [], {}
    for row in rows:
        image, label = data.test.images[row].astype(np.float64), int(data.test.labels[row])
        read = [int(model.predict(image[None])[0]) for model in models]
        target = config.target
        open_ = [not wanted(r, label, target) and label != target for r in read]
        crafted = image
        if open_[0]:
            result = attack(models[0], config, image, np.array([label])).finish()
            crafted = result.images[0]
        after = [int(model.predict(crafted[None])[0]) for model in models]
        hit = [o and wanted(r, label, target) for o, r in zip(open_, after, strict=True)]
        for i, line in enumerate(counts):
            line[0] += 1
            line[1] += read[i] == label
            line[2] += after[i] == label
            line[3] += hit[0] and open_[i]
            line[4] += hit[0] and hit[i]
        if all(hit):
            everyone.append(int(row))
        if hit[0] and not any(wanted(r, label, target) for r in after[1:]):
            alone.append(int(row))
        crafted_images[int(row)] = crafted
    return counts, everyone, alone, crafted_images


@pytest.mark.parametrize("target", [None, 2])
@pytest.mark.parametrize("name", STEADY)
def test_transfer_is_a_loop_over_images(learnt, monkeypatch, name, target):
    data, models = learnt
    monkeypatch.setattr(core.attack.whole_parts.transfer, "chunk_rows", lambda *_: 7)
    config = settings(name, target=target)
    transfer = Transfer(models, data.test, ATTACKS[name], config, 60, seed=4)
    list(transfer.run())
    result = transfer.result()
    rows = np.random.default_rng(4).permutation(150)[:60]
    counts, everyone, alone, images = expected_counts(models, data, ATTACKS[name], config, rows)
    assert result.n_images == result.n_total == 60
    for model, line in zip(result.models, counts, strict=True):
        found = [model.n_images, model.n_right, model.n_right_crafted, model.n_reached]
        assert [*found, model.n_fooled] == line
    assert result.n_crafted == counts[0][3] == result.models[0].n_fooled
    assert (result.n_all, result.n_only) == (len(everyone), len(alone))
    assert [one.index for one in result.fool_all] == everyone[:MOST_EXAMPLES]
    assert [one.index for one in result.fool_only] == alone[:MOST_EXAMPLES]
    for one in (*result.fool_all, *result.fool_only):
        np.testing.assert_allclose(one.image, images[one.index], atol=1e-9)
        assert one.label == data.test.labels[one.index]
        read = [int(SoftmaxPerceptron(w).predict(one.image[None])[0]) for w in models]
        assert one.after.tolist() == read


def test_rates_are_shares_of_the_counts(learnt):
    data, models = learnt
    transfer = Transfer(models, data.test, ATTACKS["bim"], settings("bim", budget=1.5))
    list(transfer.run())
    first, second, _ = transfer.result().models
    assert first.transfer_rate == 1.0
    assert second.n_reached > 10
    assert second.transfer_rate == second.n_fooled / second.n_reached
    assert second.noise_rate == second.n_fooled_noise / second.n_reached
    assert second.accuracy == SoftmaxPerceptron(models[1]).score(data.test)
    assert second.crafted_accuracy == second.n_right_crafted / 150
    assert second.noise_accuracy == second.n_right_noise / 150
    # The point of the tab: what fools one mostly fools the others, and noise as large does not.
    assert second.transfer_rate > 0.5 > second.noise_rate
    assert second.noise_accuracy > second.crafted_accuracy + 0.3


def test_before_the_start_nothing_is_known_and_nothing_divides_by_zero(learnt):
    data, models = learnt
    result = Transfer(models, data.test, ATTACKS["fgsm"], settings("fgsm"), 20).result()
    assert (result.n_images, result.n_total, result.n_all, result.n_only) == (0, 20, 0, 0)
    for name in ("accuracy", "crafted_accuracy", "noise_accuracy", "transfer_rate", "noise_rate"):
        assert np.isnan(getattr(result.models[0], name))


def test_what_is_done_by_any_time_is_what_fewer_images_give(learnt, monkeypatch):
    data, models = learnt
    monkeypatch.setattr(core.attack.whole_parts.transfer, "chunk_rows", lambda *_: 10)
    whole = Transfer(models, data.test, ATTACKS["pgd"], settings("pgd"))
    for progress in whole.run():
        assert progress.total == 150
        if whole.result().n_images == 40:
            break
    part = whole.result()
    few = Transfer(models, data.test, ATTACKS["pgd"], settings("pgd"), 40)
    list(few.run())
    assert part.models == few.result().models
    assert [e.index for e in part.fool_all] == [e.index for e in few.result().fool_all]


def test_progress_only_rises_and_tells_within_every_few_images(learnt, monkeypatch):
    data, models = learnt
    monkeypatch.setattr(core.attack.whole_parts.transfer, "chunk_rows", lambda *_: 50)
    transfer = Transfer(models, data.test, ATTACKS["bim"], settings("bim", steps=20))
    done = [progress.done for progress in transfer.run()]
    assert done == sorted(done)
    assert done[-1] == 150
    assert len(done) > 3 * 20


def test_each_few_images_begin_at_random_in_another_way(learnt, monkeypatch):
    """A random start must not be the same for the k-th image of every chunk."""
    data, models = learnt
    monkeypatch.setattr(core.attack.whole_parts.transfer, "chunk_rows", lambda *_: 1)
    twice = Split(np.repeat(data.test.images[:1], 2, axis=0), np.repeat(data.test.labels[:1], 2))
    config = settings("pgd", budget=2.5, steps=1)
    transfer = Transfer(models[:1], twice, ATTACKS["pgd"], config)
    list(transfer.run())
    first, second = transfer.result().fool_all
    assert not np.array_equal(first.image, second.image)


def test_a_universal_attack_is_one_change_for_all_images(learnt, monkeypatch):
    data, models = learnt
    monkeypatch.setattr(core.attack.whole_parts.transfer, "chunk_rows", lambda *_: 9)
    config = settings("universal", budget=1.2, box=False, target=1, steps=15)
    transfer = Transfer(models, data.test, ATTACKS["universal"], config)
    list(transfer.run())
    result = transfer.result()
    opened = can_be_fooled(SoftmaxPerceptron(models[0]).predict(data.test.images),
                           data.test.labels, 1)  # fmt: skip
    images, labels = data.test.images[opened], data.test.labels[opened]
    expected = ATTACKS["universal"](SoftmaxPerceptron(models[0]), config, images, labels).finish()
    assert result.n_crafted == expected.success.sum()
    for one in result.fool_all:
        change = one.image - data.test.images[one.index]
        np.testing.assert_allclose(change, expected.shared, atol=1e-6)


def test_nothing_is_changed_in_what_is_read_as_wanted_already(learnt):
    data, models = learnt
    predicted = SoftmaxPerceptron(models[0]).predict(data.test.images)
    rows = np.flatnonzero(predicted == 2)
    some = data.test.take(rows)
    transfer = Transfer(models, some, ATTACKS["fgsm"], settings("fgsm", target=2))
    list(transfer.run())
    result = transfer.result()
    assert (result.n_images, result.n_attacked, result.n_crafted) == (len(rows), 0, 0)
    assert result.models[0].n_right == result.models[0].n_right_crafted


def test_bad_models_and_targets_are_refused_in_words(learnt):
    data, models = learnt
    attack = ATTACKS["fgsm"]
    with pytest.raises(SettingError, match="no model to craft on"):
        Transfer([], data.test, attack, settings("fgsm"))
    with pytest.raises(SettingError, match="different images or classes"):
        Transfer([models[0], models[1][:3]], data.test, attack, settings("fgsm"))
    with pytest.raises(SettingError, match="no class of this model"):
        list(Transfer(models, data.test, attack, settings("fgsm", target=9)).run())
    flat = np.zeros_like(models[0])
    with pytest.raises(SettingError, match="Train the model first"):
        list(Transfer([flat], data.test, attack, settings("fgsm")).run())


def test_few_images_at_a_time_are_never_none_and_fewer_where_they_are_larger():
    assert chunk_rows(64, 10) > chunk_rows(784, 10) > chunk_rows(784, 47) >= 8
    assert chunk_rows(10**7, 1000) == 8


@pytest.mark.parametrize("box", [False, True])
@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_noise_has_each_images_size_and_stays_in_the_box(norm, box):
    rng = np.random.default_rng(0)
    images = rng.choice([0.0, 0.3, 1.0], size=(40, 30))
    sizes = rng.random(40) * (1.0 if norm == "l2" else 0.6)
    sizes[0] = 0.0
    noise = noise_of_sizes(images, sizes, NORMS[norm], rng, box=box)
    np.testing.assert_allclose(NORMS[norm].sizes(noise), sizes, rtol=1e-5, atol=1e-12)
    if box:
        assert ((images + noise >= -1e-12) & (images + noise <= 1 + 1e-12)).all()
    signs = np.sign(noise[1:]).mean()
    assert box or abs(signs) < 0.1


def test_noise_of_few_pixels_changes_so_many_of_each_image():
    rng = np.random.default_rng(0)
    images = rng.random((30, 25))
    sizes = rng.integers(0, 25, 30).astype(float)
    noise = noise_of_sizes(images, sizes, NORMS["l0"], rng, box=True)
    np.testing.assert_array_equal(np.count_nonzero(noise, axis=1), sizes)
    assert ((images + noise >= 0) & (images + noise <= 1)).all()
    assert len({tuple(np.flatnonzero(row)) for row in noise[sizes == sizes.max()]}) > 0


def test_in_l2_noise_prefers_no_direction():
    rng = np.random.default_rng(1)
    noise = noise_of_sizes(np.zeros((4000, 3)), np.ones(4000), NORMS["l2"], rng, box=False)
    np.testing.assert_allclose(noise.T @ noise / 4000, np.eye(3) / 3, atol=0.03)


@pytest.mark.parametrize("target", [None, 1])
@pytest.mark.parametrize("box", [False, True])
@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_the_search_in_passes_is_the_attack_on_all_at_once(learnt, monkeypatch, norm, box, target):
    data, models = learnt
    monkeypatch.setattr(core.attack.whole_parts.universal_search, "_CHUNK_ROWS", 11)
    model = SoftmaxPerceptron(models[0])
    budget = 0.9 if norm == "l2" else 0.15
    config = settings("universal", norm=norm, box=box, target=target, budget=budget, steps=12)
    images, labels = data.test.images.astype(np.float64), data.test.labels
    search = UniversalSearch(model, config, images, labels)
    progress = list(search.run())
    rows = np.flatnonzero(can_be_fooled(model.predict(images), labels, target))
    attack = ATTACKS["universal"](model, config, images[rows], labels[rows])
    steps = list(attack.run())
    assert search.n_images == len(rows)
    assert [one.success_rate for one in search.passes] == [s.success_rate for s in steps]
    np.testing.assert_allclose(search.change, attack.result().shared, atol=1e-9)
    assert NORMS[norm].sizes(search.change[None])[0] <= budget * (1 + 1e-9)
    assert progress[-1].done <= progress[-1].total
    assert len(progress) > len(steps) * 5  # every few images, not once a pass
    assert search.passes[-1].success_rate > search.passes[0].success_rate == 0.0


def test_a_search_left_early_has_the_best_so_far(learnt):
    data, models = learnt
    config = settings("universal", budget=2.0, steps=30)
    search = UniversalSearch(
        SoftmaxPerceptron(models[0]), config, data.test.images, data.test.labels
    )
    assert not search.change.any()
    for _ in search.run():
        if len(search.passes) == 6:
            break
    rates = [one.success_rate for one in search.passes]
    moved = np.clip(data.test.images + search.change, 0, 1)
    model = SoftmaxPerceptron(models[0])
    right = model.predict(data.test.images) == data.test.labels
    fooled = right & (model.predict(moved) != data.test.labels)
    assert max(rates) > 0
    assert fooled.sum() / right.sum() == pytest.approx(max(rates))


def test_a_search_with_nobody_to_fool_says_so(learnt):
    data, models = learnt
    model = SoftmaxPerceptron(models[0])
    rows = np.flatnonzero(model.predict(data.test.images) != data.test.labels)
    search = UniversalSearch(
        model=model,
        config=settings("universal"),
        images=data.test.images,
        labels=data.test.labels,
        rows=rows,
    )
    with pytest.raises(SettingError, match="no image to fool"):
        list(search.run())


@pytest.mark.parametrize("box", [False, True])
def test_the_same_change_is_a_loop_over_images(learnt, monkeypatch, box):
    data, models = learnt
    monkeypatch.setattr(core.attack.whole_parts.same_change, "_MOST_ROWS", 13)
    model, target = SoftmaxPerceptron(models[0]), 1
    change = 0.3 * np.random.default_rng(3).standard_normal(36)
    same = SameChange(models[0], data.test, change, target, strength=1.7, box=box, seed=5)
    progress = list(same.run())
    result = same.result()
    order = np.random.default_rng(5).permutation(150)
    right = fooled = opened = pushed = held = 0
    sizes, shown = [], []
    for row in order:
        image, label = data.test.images[row].astype(np.float64), data.test.labels[row]
        moved = image + 1.7 * change
        moved = np.clip(moved, 0, 1) if box else moved
        before, after = (int(model.predict(x[None])[0]) for x in (image, moved))
        right += before == label
        fooled += before == label != after
        opened += target not in (before, label)
        pushed += target not in (before, label) and after == target
        held += after == label
        sizes.append(np.linalg.norm(moved - image))
        shown.append((row, label, before, after, moved))
    assert (result.n_images, result.n_total) == (150, 150)
    assert (result.n_right, result.n_open) == (right, opened)
    counts = (result.change.n_right, result.change.n_fooled, result.change.n_pushed)
    assert counts == (held, fooled, pushed)
    assert fooled > 0
    assert result.mean_size == pytest.approx(np.mean(sizes), rel=1e-5)
    assert [one.done for one in progress][:3] == [13, 26, 39]
    seen = result.shown
    for i, (row, label, before, after, moved) in enumerate(shown[:MOST_SHOWN]):
        assert (seen.indices[i], seen.labels[i]) == (row, label)
        assert (seen.before[i], seen.after[i]) == (before, after)
        np.testing.assert_allclose(seen.images[i], moved, atol=1e-6)


def test_a_change_of_nothing_does_nothing_and_noise_as_small_neither(learnt):
    data, models = learnt
    same = SameChange(models[0], data.test, np.ones(36), 0, strength=0.0)
    list(same.run())
    result = same.result()
    for effect in (result.change, result.noise):
        assert (effect.n_right, effect.n_fooled, effect.n_pushed) == (result.n_right, 0, 0)


def test_along_the_weights_all_are_pushed_where_noise_pushes_hardly_any(learnt):
    data, models = learnt
    w = models[0][:, 1:]
    same = SameChange(models[0], data.test, w[2] - w.mean(axis=0), 2, strength=8.0, box=False)
    list(same.run())
    result = same.result()
    assert result.change.n_pushed == result.n_open
    assert result.noise.n_pushed < result.n_open / 2


def test_what_is_shown_stays_whatever_the_strength(learnt):
    data, models = learnt
    seen = []
    for strength in (0.5, 3.0):
        same = SameChange(models[0], data.test, np.ones(36) / 9, 0, strength=strength)
        next(iter(same.run()))
        seen.append(same.result().shown.indices)
    np.testing.assert_array_equal(*seen)
    assert len(seen[0]) == min(150, MOST_SHOWN)


def test_before_the_first_images_the_same_change_shows_none(learnt):
    data, models = learnt
    result = SameChange(models[0], data.test, np.ones(36), 0).result()
    assert result.n_images == len(result.shown.indices) == 0
    assert result.shown.images.shape == (0, 36)
    assert np.isnan(result.mean_size)


def test_changes_that_fit_no_image_are_refused_in_words(learnt):
    data, models = learnt
    with pytest.raises(SettingError, match="has 35 pixels; this model reads 36"):
        SameChange(models[0], data.test, np.ones(35), 0)
    with pytest.raises(SettingError, match="not numbers"):
        SameChange(models[0], data.test, np.full(36, np.nan), 0)


def test_label_noise_is_not_what_an_image_is(learnt):
    """Images are measured by what they truly are, not by a label that noise has changed."""
    data, models = learnt
    wrong = (data.test.labels + 1) % 4
    noisy = Split(data.test.images, wrong, data.test.labels)
    results = []
    for split in (data.test, noisy):
        transfer = Transfer(models, split, ATTACKS["fgsm"], settings("fgsm"))
        same = SameChange(models[0], split, np.ones(36) / 9, 0)
        list(transfer.run())
        list(same.run())
        results.append((transfer.result().models, replace_shown(same.result())))
    assert results[0] == results[1]


def replace_shown(result):
    """Return what is counted in a result."""
    return result.n_right, result.n_open, result.change, result.noise


def test_a_part_of_a_generator_can_be_left(learnt):
    """Progress is what any job of the window drives; finish drains it."""
    data, models = learnt
    search = UniversalSearch(
        SoftmaxPerceptron(models[0]),
        replace(settings("universal"), steps=2),
        data.test.images,
        data.test.labels,
    )
    finish(search.run())  # type: ignore[arg-type]
    assert len(search.passes) == 3
