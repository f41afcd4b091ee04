"""The least a window over NumPy can be, which the program's start is held against.

It ends as soon as it was painted.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent


class EmptyWindow(QMainWindow):
    """Notes when it was first painted."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell, then end."""
        super().paintEvent(event)
        with open(os.environ["PERCEPTRON_EXPLORER_TIMING"], "a", encoding="utf-8") as stream:
            stream.write(f"first_paint {time.time():.6f}\n")
        QTimer.singleShot(0, self.close)


application = QApplication(sys.argv)
window = EmptyWindow()
window.setWindowTitle(f"NumPy {np.__version__}")
window.resize(1280, 720)
window.show()
sys.exit(application.exec())
