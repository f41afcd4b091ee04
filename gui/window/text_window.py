"""A window of words: help, shortcuts, about."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget


class TextWindow(QDialog):
    """Shows one text, beside the program, without stopping it; Escape closes it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.browser = QTextBrowser(self)
        self.browser.setOpenExternalLinks(True)
        layout = QVBoxLayout(self)
        layout.addWidget(self.browser)
        self.resize(780, 620)

    def show_html(self, title: str, html: str, section: str = "") -> None:
        """Show a text, from the anchor of that name on."""
        self.setWindowTitle(title)
        self.browser.setAccessibleName(title)
        self.browser.setHtml(html)
        self.show()
        self.raise_()
        if section:
            self.browser.scrollToAnchor(section)
