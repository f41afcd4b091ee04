"""The NumPy core of Perceptron Explorer: data, perceptron, training, diagnostics, attacks."""

from __future__ import annotations

from core.data.config import DataConfig
from core.data.dataset import Dataset, Split
from core.errors import DatasetError, ExplorerError, ReportError, SettingError
from core.insight.diagnostics import Diagnosis, Mistake, diagnose
from core.learning.history import History
from core.learning.perceptron import SoftmaxPerceptron, softmax
from core.learning.training import Trainer, TrainingConfig
from core.sources import open_dataset

__all__ = [
    "DataConfig",
    "Dataset",
    "DatasetError",
    "Diagnosis",
    "ExplorerError",
    "History",
    "Mistake",
    "ReportError",
    "SettingError",
    "SoftmaxPerceptron",
    "Split",
    "Trainer",
    "TrainingConfig",
    "diagnose",
    "open_dataset",
    "softmax",
]
