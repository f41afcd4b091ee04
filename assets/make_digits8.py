"""Make digits8.npz: ``uv run --with scikit-learn assets/make_digits8.py``."""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

digits = load_digits()
np.savez_compressed(
    Path(__file__).with_name("digits8.npz"),
    images=digits.images.astype(np.uint8),
    labels=digits.target.astype(np.uint8),
)
