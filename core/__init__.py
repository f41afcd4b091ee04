"""The NumPy core of Perceptron Explorer: data, perceptron, training, diagnostics, attacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.lazy import lazily

if TYPE_CHECKING:
    from core.data.config import DataConfig as DataConfig
    from core.data.dataset import Dataset as Dataset
    from core.data.samples import Split as Split
    from core.errors import DatasetError as DatasetError
    from core.errors import ExplorerError as ExplorerError
    from core.errors import ReportError as ReportError
    from core.errors import SettingError as SettingError
    from core.insight.diagnostics import Diagnosis as Diagnosis
    from core.insight.diagnostics import Mistake as Mistake
    from core.insight.diagnostics import diagnose as diagnose
    from core.learning.config import TrainingConfig as TrainingConfig
    from core.learning.history import History as History
    from core.learning.perceptron import SoftmaxPerceptron as SoftmaxPerceptron
    from core.learning.perceptron import softmax as softmax
    from core.learning.training import Trainer as Trainer
    from core.sources import open_dataset as open_dataset
else:
    __getattr__ = lazily(
        __name__,
        {
            "data.config": "DataConfig",
            "data.dataset": "Dataset",
            "data.samples": "Split",
            "errors": "DatasetError ExplorerError ReportError SettingError",
            "insight.diagnostics": "Diagnosis Mistake diagnose",
            "learning.config": "TrainingConfig",
            "learning.history": "History",
            "learning.perceptron": "SoftmaxPerceptron softmax",
            "learning.training": "Trainer",
            "sources": "open_dataset",
        },
    )
