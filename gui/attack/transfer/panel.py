"""Transfer: images crafted on the model shown, tested on the models of the other runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.attack.norms import NORMS
from core.parameters import Parameter
from core.words import significant
from gui.attack.transfer.study import question, transfer_study
from gui.attack.transfer.table import REMOVED, TransferTable
from gui.attack.view import AttackView
from gui.shared.columns import label, sentences
from gui.shared.crafting import crafting
from gui.shared.panel import StudyProgress
from gui.shared.run_models import models_of, other_runs
from gui.shared.size_choice import SHORT
from gui.shared.words import PARTS, an
from gui.theme import grow
from gui.widgets.basics.card import Card
from gui.widgets.basics.controls import button
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import below, beside
from gui.widgets.basics.number_field import NumberField
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.images.image_strip import ImageStrip, StripImage

if TYPE_CHECKING:
    from core.attack.whole_parts.transfer import Example, TransferResult
    from gui.attack.transfer.study import TransferQuestion
    from gui.session.session import Session
    from gui.shared.run_models import RunModel

DEFAULT_IMAGES = 1000

N_IMAGES = Parameter(
    "int",
    "Images",
    "How many images are changed, chosen at random, always the same ones; 0 for all of the part.",
    low=0,
    high=10_000_000,
    zero_word="all images",
    zero_text="all",
)

_ONE_RUN = (
    "There is only this run to test on. For another one press N (new seed), or change a setting on "
    "Learn and press R (start again); this run stays in the list."
)
_ATTACK_HELP = "What changes them; choose another attack, target or budget on One image."
_STRIP_HELP = "Click to play how this image was changed."
_LONGEST_NAME = 12
_SIZES = "below each, the size of its change: ", "size of the change: ", ""
_SIDE = 84


class TransferPanel(AttackView):
    """A table that fills, and below it images that fool all models, or only one."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._drawn: TransferResult | None = None
        self.head: QWidget = QWidget(self)
        self.n_images = NumberField(N_IMAGES, self.head)
        grow(self.n_images, fixed_width=84)
        self.attack_button = button("", self.head, _ATTACK_HELP, "verb", self._choose_attack)
        self.who, self.whom = label("", self.head), FittingLabel("", self.head)
        self.n_images.setToolTip(wrapped(N_IMAGES.help))
        self.n_images.show_value(DEFAULT_IMAGES)
        self.words = FittingLabel("", self, look="muted")
        view, runs = session.view, session.runs.changed
        follows = (session.attack.config_changed, runs, view.run_started, view.run_shown)
        self.study = transfer_study(session, self._wanted, follows, self)
        self.progress = StudyProgress(
            self.study,
            "changing images",
            "Stop; what is done stays.",
            "Change the images that are left.",
            self.head,
        )
        self.note = sentences(self, "muted")
        self.table = TransferTable(self)
        self.all_strip, self.only_strip = (
            ImageStrip(f"images that fool {whom}", _STRIP_HELP, self, wraps=True, side=_SIDE)
            for whom in ("all models", "only this run")
        )
        self.only_strip.set_empty_words("Each of them fools another run, too.")
        self._lay_out()
        self._show_examples(None)
        self._connect()
        self.follow(self.study)

    def _lay_out(self) -> None:
        self.head.setLayout(
            beside(
                label("Change", self.head, buddy=self.n_images),
                self.n_images,
                self.who,
                self.attack_button,
                (self.whom, 1),
                self.progress,
                spacing=8,
            )
        )
        table = Card("What the runs read", self.table, self.words, parent=self)
        # What the grey numbers below the images are.
        self.sizes = FittingLabel("", self, look="caption"), FittingLabel("", self, look="caption")
        self.all_card = Card("Fool all", self.all_strip, self.sizes[0], parent=self)
        self.only_card = Card("Fool only this run", self.only_strip, self.sizes[1], parent=self)
        self.all_title, self.only_title = self.all_card.title, self.only_card.title
        strips = beside((self.all_card, 1), (self.only_card, 1), spacing=8)
        policy = QSizePolicy.Policy
        table.setSizePolicy(policy.Preferred, policy.Maximum)
        self.setLayout(below(table, (strips, 1), self.note, spacing=8))

    def _connect(self) -> None:
        self.n_images.committed.connect(self.study.ask)
        self.n_images.refused.connect(self._session.messages.warn)
        for strip in (self.all_strip, self.only_strip):
            strip.opened.connect(self._play)
        session = self._session
        for signal in (session.attack.config_changed, session.runs.changed, session.view.run_shown):
            signal.connect(self.refresh)

    def figure_words(self) -> str:
        """Return which images were crafted, and how."""
        return self.words.text()

    def _wanted(self) -> TransferQuestion | None:
        return question(self._session, int(self.n_images.number()))

    @property
    def result(self) -> TransferResult | None:
        """What was found, as far as it was crafted; None where that could not be done."""
        return None if self.study.problem else self.study.found

    def show_known(self) -> None:
        """Show what is known."""
        self._show_sentence()
        answer, result, view = self.study.answer, self.result, self._session.view
        models = models_of(view, other_runs(view))
        if answer is not None and result is not None:
            models = answer.question.models
        counts = () if result is None else result.models
        self.table.fill(models, counts, self._session.runs)
        if result is not self._drawn:
            self._drawn = result
            self._show_examples(result)
        self._show_words(models, None if answer is None else answer.question, result)

    def _show_sentence(self) -> None:
        """Say what is going to be done, with the attack as it is chosen now."""
        attack, runs = self._session.attack, self._session.runs
        entry, now = runs.entry(runs.shown_key), crafting(attack)
        self.who.setText(f"{PARTS[attack.config.part]} images by")
        self.attack_button.setText(now.words())
        name = "this run" if entry is None else short(entry.name, _LONGEST_NAME)
        dataset, target = self._session.view.dataset, now.config.target
        aim = ""
        # The attack fits its target to other data a moment after they are there.
        if dataset is not None and target is not None and target < dataset.n_classes:
            aim = f"toward {an(short(dataset.class_names[target], _LONGEST_NAME))} "
        fool = f"{aim}to fool {name}"
        self.whom.set_wordings(
            f"{fool}: do the others fall for them?", f"{fool}: and others?", fool, aim
        )

    def _show_words(
        self,
        models: tuple[RunModel, ...],
        asked: TransferQuestion | None,
        result: TransferResult | None,
    ) -> None:
        if result is not None and asked is not None:
            n, total = result.n_images, result.n_total
            done = f"{n:,}" if n == total else f"{n:,} of {total:,}"
            what = f"{done} {PARTS[asked.part]} images, {result.models[0].n_fooled:,} fool this run"
            self.words.set_wordings(f"{what}: {asked.crafting.words()}", what, done)
        else:
            part = PARTS[self._session.attack.config.part]
            self.words.set_wordings(f"of the {part} part", "")
        notes = [] if models else [self.why_nothing("", "")]
        notes.append(self.study.problem)
        if result is not None and result.n_images and not result.models[0].n_fooled:
            notes.append("No image fools this run: allow a larger budget, or more steps.")
        if len(models) == 1:
            notes.append(_ONE_RUN)
        words = " ".join(note for note in notes if note)
        self.note.setText(words)
        # What is to be done stands where the images would be.
        is_empty = not (self.all_strip.images or self.only_strip.images)
        self.note.setVisible(bool(words) and not is_empty)
        is_alone = is_empty and (result is None or not result.models[0].n_fooled)
        self.only_card.setVisible(len(models) > 1 and not is_alone)
        why = words or "Changing images ..."
        self.all_strip.set_empty_words(why if is_alone else "None of them fools every run.")

    def _show_examples(self, result: TransferResult | None) -> None:
        all_title, only_title = "Fool all", "Fool only this run"
        fool_all: tuple[Example, ...] = ()
        fool_only: tuple[Example, ...] = ()
        if result is not None:
            n, fool_all = len(result.models), result.fool_all
            all_title = f"Fool this run  {result.models[0].n_fooled:,}"
            if n > 1:
                everyone = "both models" if n == 2 else f"all {n} models"
                all_title = f"Fool {everyone}  {result.n_all:,}"
                only_title = f"Fool only this run  {result.n_only:,}"
                fool_only = result.fool_only
        self.all_card.set_title(all_title)
        self.only_card.set_title(only_title)
        for sizes, examples in zip(self.sizes, (fool_all, fool_only), strict=True):
            words = "" if result is None else SHORT[result.norm]  # type: ignore[index]
            sizes.set_wordings(*(f"{start}{words}" for start in _SIZES) if examples else ("",))
        self.all_strip.set_images([self._image(one) for one in fool_all])
        self.only_strip.set_images([self._image(one) for one in fool_only])

    def _image(self, one: Example) -> StripImage:
        session, answer, result = self._session, self.study.answer, self.result
        dataset = session.view.dataset
        assert dataset is not None
        assert answer is not None
        assert result is not None
        request = answer.question
        names = dataset.class_names
        true, read = names[one.label], names[int(one.after[0])]
        size = significant(one.size, 2)
        told = []
        for model, after in zip(request.models, one.after, strict=True):
            entry = session.runs.entry(model.key)
            run = REMOVED if entry is None else entry.name
            told.append(f"{names[int(after)]} by {run}")
        return StripImage(
            index=one.index,
            values=one.image.reshape(dataset.image_shape),
            below=(
                (f"{true} → {read}", f"{true}→{read}", f"→{read}"),
                (size, size.lstrip("0")),
            ),
            words=f"{PARTS[request.part]} image {one.index:,}, {true}, with a change of "
            f"{significant(one.size)} ({NORMS[result.norm].label}): read as {', '.join(told)}",
        )

    @Slot()
    def _choose_attack(self) -> None:
        """Go where the attack is chosen."""
        self.tab_requested.emit("the film")

    @Slot(int)
    def _play(self, index: int) -> None:
        """Play the attack on this image, toward what it was crafted for."""
        answer, attack = self.study.answer, self._session.attack
        if answer is not None:
            target = answer.question.crafting.config.target
            if target is not None and attack.target is not None:
                attack.set_setting("target", target)  # else each image has one that suits it
            attack.choose(answer.question.part, index, play=True)
            self.tab_requested.emit("the film")
