"""Peak memory of a process that trains on everything there is.

Run as a script this file *is* that process; :func:`measure` starts it and reads what it prints.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from result import Result, at_most

TOPIC = "memory"
TARGET_MB = 700
EPOCHS = 2


def peak_mb() -> float:
    """Return this process's largest resident size so far, in 10**6 bytes.

    Linux carries ``ru_maxrss`` over from the process that started this one, so the kernel's count
    for this program alone is read where there is one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    import resource  # Unix alone has it, and the other benchmarks run without

    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest / 1e6 if sys.platform == "darwin" else largest * 1024 / 1e6


def train_on_everything() -> None:
    """Open the whole data set, train on all of it, diagnose; print the peak after each stage."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from material import mnist_folder
    from threadpoolctl import threadpool_limits

    from core.insight.diagnostics import diagnose
    from core.learning.config import TrainingConfig
    from core.learning.training import Trainer
    from core.sources import open_dataset

    folder = mnist_folder()
    stages = {"numpy and core imported": peak_mb()}
    dataset = open_dataset(str(folder) if folder else "strokes")
    stages["data set open"] = peak_mb()
    with threadpool_limits(limits=1):
        trainer = Trainer(dataset, TrainingConfig(epochs=EPOCHS, shuffle=True))
        for _ in trainer.run():
            pass
        stages["trained"] = peak_mb()
        for split in (dataset.train, dataset.test):
            diagnose(trainer.weights, split)
    stages["diagnosed"] = peak_mb()
    name = "MNIST" if folder else "stroke digits"
    print(json.dumps({"data": name, "images": dataset.train.n_samples, "stages": stages}))


def measure(quick: bool) -> list[Result]:
    """Run the process once; its peak does not depend on the moment as times do."""
    del quick
    command = [sys.executable, str(Path(__file__).resolve())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the measured process failed: {done.stderr.strip()[-500:]}")
    told = json.loads(done.stdout)
    stages: dict[str, float] = told["stages"]
    what = f"peak with {told['images']:,} images, {EPOCHS} epochs shuffled, diagnosed"
    rising = ", ".join(f"{name} {value:.0f}" for name, value in stages.items())
    note = f"{told['data']}; {rising}"
    return [at_most(TOPIC, what, stages["diagnosed"], "MB", TARGET_MB, note=note)]


if __name__ == "__main__":
    train_on_everything()
