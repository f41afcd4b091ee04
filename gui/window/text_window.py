"""A window of words: help, shortcuts, about."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from gui.window.actions import shortcuts_html
from gui.window.help_text import HELP_HTML, about_html


class TextWindow(QDialog):
    """Shows one text, beside the program, without stopping it; Escape closes it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.browser = QTextBrowser(self, openExternalLinks=True)
        self.whole = QSize()
        """The room that all shortcuts take."""
        layout = QVBoxLayout(self)
        layout.addWidget(self.browser)

    def show_help(self, page: str, looked_at: str) -> None:
        """Explain the window, from the page of that name on, or from a tab or view of it."""
        section = f"{page}:{looked_at}"
        known = f'name="{section}"' in HELP_HTML
        self._show_html("What am I looking at?", HELP_HTML, section if known else page)

    def show_shortcuts(self) -> None:
        """Show every shortcut, all at once."""
        html = shortcuts_html()
        self._show_html("Shortcuts", html)
        document = QTextDocument()
        document.setDefaultFont(self.browser.font())
        document.setHtml(html)
        self.whole = document.size().toSize() + QSize(40, 40)
        self.resize(self.whole.boundedTo(self.screen().availableSize() - QSize(16, 48)))

    def show_about(self) -> None:
        """Tell version and sources."""
        self._show_html("About", about_html())

    def _show_html(self, title: str, html: str, section: str = "") -> None:
        """Show a text, from the anchor of that name on."""
        self.setWindowTitle(title)
        self.browser.setAccessibleName(title)
        self.browser.setHtml(html)
        self.resize(780, 620)
        self.show()
        self.raise_()
        if section:
            self.browser.scrollToAnchor(section)
