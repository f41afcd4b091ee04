"""The NumPy core of Perceptron Explorer: data, perceptron, training, diagnostics, attacks."""

from __future__ import annotations

from core.data_config import DataConfig
from core.dataset import Dataset, Split
from core.diagnostics import Diagnosis, Mistake, diagnose
from core.errors import DatasetError, ExplorerError, ReportError, SettingError
from core.history import History
from core.perceptron import SoftmaxPerceptron, softmax
from core.sources import open_dataset
from core.training import Trainer, TrainingConfig

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
