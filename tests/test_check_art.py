"""Our attacks against those of the Adversarial Robustness Toolbox, where it is installed."""

from __future__ import annotations

import numpy as np
import pytest
from check_samples import (
    BUDGETS,
    N_CLASSES,
    STEPS,
    exact_in_box,
    learnt_model,
    rightly_read,
    within_two_points,
)

from core.attack import ATTACKS, NORMS
from core.data.dataset import Split
from core.exact.closed_form import smallest_changes

torch = pytest.importorskip("torch", reason="the extra `check` is not installed")
pytest.importorskip("art", reason="the extra `check` is not installed")
evasion = pytest.importorskip("art.attacks.evasion")
estimators = pytest.importorskip("art.estimators.classification")

N_FEW = 30
"""Its DeepFool goes image by image, and takes half a second for one."""
ORDERS = {"l2": 2, "linf": np.inf}
both_norms = pytest.mark.parametrize("norm", ["l2", "linf"])


def theirs(model, box=(0.0, 1.0)):
    """Return the same model for the toolbox, giving out logits; it computes in float32."""
    layer = torch.nn.Linear(model.n_features, model.n_classes)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(model.weights[:, 1:].copy()))
        layer.bias.copy_(torch.from_numpy(model.weights[:, 0].copy()))
    return estimators.PyTorchClassifier(
        layer.eval(),
        loss=torch.nn.CrossEntropyLoss(),
        input_shape=(model.n_features,),
        nb_classes=model.n_classes,
        clip_values=box,
        device_type="cpu",
    )


def one_hot(labels):
    return np.eye(N_CLASSES, dtype=np.float32)[labels]


@both_norms
@pytest.mark.parametrize("target", [None, 2])
def test_fgsm_is_equal_pixel_by_pixel(norm, target):
    model, images, labels = learnt_model()
    if target is not None:
        others = model.predict(images) != target
        images, labels = images[others], labels[others]
    config = ATTACKS["fgsm"].settings(
        norm=norm, budget=BUDGETS[norm], objective="cross_entropy", target=target
    )
    ours = list(ATTACKS["fgsm"](model, config, images, labels).run(keep_images=True))[-1].images
    attack = evasion.FastGradientMethod(
        theirs(model), norm=ORDERS[norm], eps=BUDGETS[norm], targeted=target is not None
    )
    wanted = labels if target is None else np.full_like(labels, target)
    found = attack.generate(images.astype(np.float32), one_hot(wanted))
    np.testing.assert_allclose(ours, found, atol=1e-5, rtol=0)


@both_norms
def test_pgd_succeeds_as_often_from_the_same_start(norm):
    """Both begin at the images: it has no way to be given another start."""
    model, images, labels = learnt_model()
    budget = BUDGETS[norm]
    config = ATTACKS["pgd"].settings(
        norm=norm,
        budget=budget,
        steps=STEPS,
        step_size=0.1,
        objective="cross_entropy",
        random_start=False,
    )
    ours = ATTACKS["pgd"](model, config, images, labels).finish()
    attack = evasion.ProjectedGradientDescent(
        theirs(model),
        norm=ORDERS[norm],
        eps=budget,
        eps_step=0.1 * budget,
        max_iter=STEPS,
        num_random_init=0,
        batch_size=len(images),
        verbose=False,
    )
    found = attack.generate(images.astype(np.float32), one_hot(labels))
    within_two_points(ours.success, model.predict(found.astype(np.float64)) != labels)


def test_their_deepfool_finds_the_closed_form():
    """In L2, the only one it has."""
    model, images, labels = rightly_read()
    images, labels = images[:N_FEW], labels[:N_FEW]
    exact = smallest_changes(model.weights, Split(images.astype(np.float32), labels)).sizes["l2"]
    attack = evasion.DeepFool(
        theirs(model, box=None), epsilon=1e-4, nb_grads=N_CLASSES, verbose=False
    )
    found = attack.generate(images.astype(np.float32)).astype(np.float64)
    assert (model.predict(found) != labels).all()
    sizes = NORMS["l2"].sizes(found - images)
    np.testing.assert_allclose(sizes, exact, rtol=0.01, atol=1e-5)


@both_norms
def test_no_attack_of_theirs_needs_less_than_the_exact_size(norm):
    """In the box, where the exact size takes a search."""
    model, images, labels = rightly_read()
    changes = exact_in_box()
    exact = changes.sizes[norm]
    attack = evasion.ProjectedGradientDescent(
        theirs(model),
        norm=ORDERS[norm],
        eps=float(np.median(exact)),
        eps_step=0.1 * float(np.median(exact)),
        max_iter=STEPS,
        batch_size=len(images),
        verbose=False,
    )
    found = attack.generate(images.astype(np.float32), one_hot(labels)).astype(np.float64)
    turned = model.predict(found) != labels
    assert turned.any()
    assert (NORMS[norm].sizes(found - images)[turned] >= exact[turned] * (1 - 1e-5)).all()
