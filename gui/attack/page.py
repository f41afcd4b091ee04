"""The Attack page: one image, every class or every image, in one size and one box."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from core.exact.pairs import NORMS
from gui.attack.controls import AttackControls
from gui.attack.film.panel import FilmPanel
from gui.shared.epochs_transport import EpochsTransport
from gui.shared.page import Page
from gui.shared.size_choice import SizeChoice
from gui.shared.tabs import PanelTabs
from gui.widgets.basics.card import card
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.layouts import below, beside, holding
from gui.widgets.basics.lazy_tabs import TabRow
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.images.beside import BesideOpened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QHideEvent, QIcon, QShowEvent

    from gui.session.session import Session
    from gui.shared.tabs import Scope, Tab
    from gui.shared.transport import Transport
    from gui.widgets.images.image_card import ImageCard

FILM = "the film"
_NORM_HELP = (
    "How the size of a change is measured, here and in every view: its length (the root of the sum "
    "of squares), its largest pixel, or how many pixels are changed at all."
)


class AttackPage(Page):
    """Scopes and the size of a change in a row, a sentence below them, and what there is to see.

    Parameters
    ----------
    scopes : the film is the first view of the first
    """

    def __init__(
        self, session: Session, scopes: Sequence[Scope], parent: QWidget | None = None
    ) -> None:
        super().__init__(session, parent)
        self._scopes = {scope.words: scope for scope in scopes}
        self._scope_of = {tab.words: scope for scope in scopes for tab in scope.views}
        self._seen = {scope.words: scope.views[0].words for scope in scopes}
        self._is_on_stage = False
        self.controls = AttackControls(session, self)
        self.film_panel = FilmPanel(session, self)
        self.images = self.film_panel.images
        self.switch = TabRow({scope.words: scope.help for scope in scopes}, self)
        self.size_choice = SizeChoice(session.attack.measure, _NORM_HELP, self, tuple(NORMS))
        self.more_views = ViewsButton(self)
        tabs = [tab for scope in scopes for tab in scope.views if tab.words != FILM]
        self.tabs = PanelTabs(session, (FILM, self.film_panel), tabs, self)
        self._lay_out()
        self.switch.chosen.connect(self._scope_chosen)
        self.more_views.chosen.connect(self.show_tab)
        self.tab_requested.connect(self.show_tab)
        self.sample_requested.connect(self.images.opened.open_sample)
        self.content_requested.connect(self.images.opened.open)
        self.images.card.attack_requested.connect(self._attack_sample)
        self._show_view()

    def _lay_out(self) -> None:
        size = FittingLabel("", self)
        size.set_wordings("size", "")
        measured = size, self.size_choice
        row = holding(beside(self.switch, None, *measured, spacing=8), self)
        self._words = FittingLabel("", self)
        self._words.setObjectName("muted")
        self._heads = below(self.controls, self._words)
        self._words.hide()
        self._shown_head: QWidget = self.controls
        top = Qt.AlignmentFlag.AlignTop
        sentence = holding(beside((self._heads, 1), (self.more_views, 0, top), spacing=10), self)
        seen = BesideOpened(self.tabs)
        seen.addWidget(self.images.card)
        said = card(sentence, (12, 6, 12, 6))
        self._choices = row, said
        """What is chosen, above what is seen."""
        self.setLayout(below(row, said, (seen, 1), spacing=8))

    @property
    def cards(self) -> tuple[ImageCard, ...]:
        """The card of an opened image."""
        return (self.images.card,)

    @property
    def shown(self) -> str:
        """The view that is seen."""
        return self._seen[self._scope.words]

    @property
    def _scope(self) -> Scope:
        return self._scopes[self.switch.chosen_words]

    @cached_property
    def _epochs(self) -> EpochsTransport:
        return EpochsTransport(self._session, self)

    @property
    def transport(self) -> Transport:
        """What the bar below drives: a view's own, else the epochs of the run shown."""
        own: Transport | None = getattr(self.tabs.currentWidget(), "transport", None)
        return self._epochs if own is None else own

    @property
    def _is_one_image(self) -> bool:
        return self._scope is next(iter(self._scopes.values()))

    @property
    def stage_words(self) -> str:
        """What the stage says of what is seen, where the sentence itself is not there."""
        return self.controls.words if self.shown == FILM else ""

    def set_on_stage(self, is_on: bool) -> None:
        """Let the film have the whole stage; any other view keeps what is chosen for it."""
        self._is_on_stage = is_on
        self.film_panel.set_on_stage(is_on)
        self._show_view()

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Use these icons on the buttons."""
        self.controls.set_icons(icons)

    def showEvent(self, event: QShowEvent) -> None:
        """Compute the film only while somebody looks."""
        super().showEvent(event)
        self._session.attack.set_active(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop computing."""
        super().hideEvent(event)
        self._session.attack.set_active(False)

    @Slot(str, int)
    def _attack_sample(self, part: str, index: int) -> None:
        """Play the attack on an image that was opened from a view."""
        self.images.card.close()
        self._session.attack.choose(part, index, play=True)
        self.show_film()

    def show_film(self) -> None:
        """Show the image chosen, whatever was looked at last."""
        self.show_tab(FILM)

    @Slot(str)
    def show_tab(self, words: str) -> None:
        """Show a scope by its name, as it was left, or the view of that name."""
        if words in self._scopes:
            self.switch.choose(words)
            return
        scope = self._scope_of[words]
        self._seen[scope.words] = words
        self.switch.choose(scope.words)
        self._show_view()

    @Slot(str)
    def _scope_chosen(self, _: str) -> None:
        self._show_view()

    def _show_view(self) -> None:
        """Show the view chosen of the scope chosen, with its sentence and the sizes it knows."""
        scope, words = self._scope, self.shown
        self.tabs.show_panel(words)
        panel = self.tabs.currentWidget()
        self.more_views.offer(scope.views, words)
        of_images = not self._is_one_image or getattr(panel, "of_images", False)
        self.size_choice.show_for(getattr(panel, "norms", tuple(NORMS)), of_images=of_images)
        head: QWidget | None = getattr(panel, "head", None)
        if head is None:
            head = self.controls if self._is_one_image else self._words
            self._words.set_wordings(next(tab.help for tab in scope.views if tab.words == words))
        if self._heads.indexOf(head) < 0:
            self._heads.addWidget(head)
        for one in (self._shown_head, head):
            one.setVisible(one is head)
        self._shown_head = head
        self.controls.show_for(getattr(panel, "uses", ()))
        for part in self._choices:
            part.setVisible(not (self._is_on_stage and words == FILM))
        self.transport_changed.emit()


class ViewsButton(QToolButton):
    """The other views of a scope; one that is chosen stays chosen and shows its name."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("views")
        self.setAccessibleName("views")
        self.setToolTip(wrapped("What else there is to see of it; what is chosen stays."))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self.setMenu(self._menu)

    def offer(self, views: Sequence[Tab], chosen: str) -> None:
        """Offer these views, of which one is seen; the first is what a person sees at once."""
        self._menu.clear()
        group = QActionGroup(self._menu)
        for tab in views:
            action = self._menu.addAction(tab.words)
            action.setToolTip(wrapped(tab.help))
            action.setCheckable(True)
            action.setChecked(tab.words == chosen)
            group.addAction(action)
            action.triggered.connect(lambda _=False, words=tab.words: self.chosen.emit(words))
        self.setText("more views" if chosen == views[0].words else chosen)
        self.setVisible(len(views) > 1)
