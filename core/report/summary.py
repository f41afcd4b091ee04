"""``summary.json``: every number of a report, for programs."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.learning.history import History
    from core.report.run import RunResult


def _epoch_summaries(history: History) -> list[dict[str, Any]]:
    curves = {"epoch": [int(epoch) for epoch in history.epochs]}
    for metric in ("score", "log_likelihood"):
        for part in history.parts:
            curves[f"{part}_{metric}"] = history.curve(part, metric).tolist()
    return [dict(zip(curves, row, strict=True)) for row in zip(*curves.values(), strict=True)]


def make_summary(run: RunResult) -> dict[str, Any]:
    """Return the content of ``summary.json``, plain JSON types only; what is no number is None."""
    dataset, attack, last = run.dataset, run.attack, run.attack.steps[-1]
    config = asdict(run.arguments.data) | asdict(run.arguments.reading)
    config |= asdict(run.arguments.training)
    summary: dict[str, Any] = {
        "dataset": {
            "name": dataset.name,
            "source": dataset.source,
            "n_train": dataset.train.n_samples,
            "n_test": dataset.test.n_samples,
            "n_validation": 0 if dataset.validation is None else dataset.validation.n_samples,
            "image_shape": dataset.image_shape,
            "classes": dataset.class_names,
            "hash": dataset.content_hash,
        },
        "notes": run.notes,
        "config": config | {"attack": asdict(run.attack.config)},
        "epochs": _epoch_summaries(run.history),
        "best_epoch": run.history.best.epoch,
        "worst": [
            {
                "class": mistake.true_class,
                "predicted": mistake.predicted,
                "probability": mistake.probability,
                "index": mistake.index,
            }
            for mistake in run.train_diagnosis.worst
            if mistake is not None
        ],
        "attack": {
            "target": attack.config.target,
            "original": attack.outcome.original,
            "success_step": attack.outcome.success_step,
            "sentence": attack.sentence(dataset),
            "l2": last.l2,
            "linf": last.linf,
            "pixel_min": last.image.min(),
            "pixel_max": last.image.max(),
            "probabilities": [step.probabilities for step in attack.steps],
        },
        "seconds": {
            "train": run.last.seconds,
            "evaluate": run.evaluate_seconds,
            "total": time.perf_counter() - run.started,
        },
    }
    if attack.stopped_at is not None:
        summary["attack"]["stopped_at"] = attack.stopped_at
    if run.history.divergence is not None:
        summary["diverged"] = str(run.history.divergence)
    # Strict JSON has no NaN: a reader in another language would refuse the whole file.
    text = json.dumps(summary, default=lambda array: array.tolist())
    return dict(json.loads(text, parse_constant=lambda _: None))


def to_json(summary: dict[str, Any]) -> bytes:
    """Return strict JSON, in UTF-8."""
    return (json.dumps(summary, indent=1, allow_nan=False, ensure_ascii=False) + "\n").encode(
        "utf-8", "backslashreplace"
    )
