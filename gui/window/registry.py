"""The pages of the window and the tabs of each: a new one is a folder and an entry here.

Where the class is stands in words: its module is read beside the window, or when the page or tab is
asked for. A person should not wait for it to see something learn.
"""

from gui.shared.page import PageEntry
from gui.shared.tabs import Scope, Tab

LEARN_TABS = (
    Tab(
        "Confusion",
        "How often each class is taken for each other; click a cell to see the images",
        "gui.learn.confusion.panel.ConfusionPanel",
    ),
    Tab(
        "When to stop",
        "How sure the best epoch is, what patience would have done, and the run over its epochs",
        "gui.learn.stopping.panel.StoppingPanel",
    ),
)
"""Beside the class atlas."""

ATTACK_SCOPES = (
    Scope(
        "One image",
        "One image changed until it is read as something else",
        (
            Tab(
                "the film",
                "The chosen image, its change and the result, step by step",
                "gui.attack.film.panel.FilmPanel",
            ),
            Tab(
                "compare losses",
                "The same image pushed by three losses, and why the squared one may not move it",
                "gui.attack.losses.panel.LossesPanel",
            ),
            Tab(
                "all targets",
                "The chosen image changed toward every class at once, as little as is enough",
                "gui.attack.targets.panel.TargetsPanel",
            ),
            Tab(
                "mend",
                "The smallest change that makes a mistake right, and one that breaks what is right",
                "gui.attack.repair.panel.RepairPanel",
            ),
            Tab(
                "your turn",
                "Paint the change yourself, with the same budget as the optimiser",
                "gui.attack.by_hand.panel.ByHandPanel",
            ),
        ),
    ),
    Scope(
        "Every class",
        "What it costs to make each class each other, beside what is confused",
        (
            Tab(
                "the costs",
                "What it costs to make each class each other, beside which is taken for which",
                "gui.attack.pairs.panel.PairsPanel",
            ),
        ),
    ),
    Scope(
        "Every image",
        "How much change all images withstand: exact, and under attacks",
        (
            Tab(
                "the curves",
                "How much change the images withstand: exact, and under attacks",
                "gui.attack.robustness.panel.RobustnessPanel",
            ),
            Tab(
                "the same change",
                "The film's change, or one found for all, added to every image of the part",
                "gui.attack.same_change.panel.SameChangePanel",
            ),
            Tab(
                "transfer",
                "Images changed to fool this run's model, tested on the models of the other runs",
                "gui.attack.transfer.panel.TransferPanel",
            ),
        ),
    ),
)
"""What the Attack page looks at; the first view of each is seen at once."""

PAGES = (
    PageEntry(
        "Learn",
        "What is learnt, and where it fails.",
        "gui.learn.page.LearnPage",
        name="learn",
        shortcut="Ctrl+1",
        icon="play",
        tabs=LEARN_TABS,
        has_preset=True,
    ),
    PageEntry(
        "Attack",
        "Change an image until it is read as something else.",
        "gui.attack.page.AttackPage",
        name="attack",
        shortcut="Ctrl+2",
        icon="attack",
        tabs=ATTACK_SCOPES,
    ),
    PageEntry(
        "Tune",
        "Every run with its settings, their curves, and whether one is better than another.",
        "gui.tune.page.TunePage",
        name="tune",
        shortcut="Ctrl+3",
        icon="axes",
    ),
    PageEntry(
        "Images",
        "All images, what is in them and how they are split; a sheet to draw one of your own.",
        "gui.images.page.ImagesPage",
        name="images",
        shortcut="Ctrl+4",
        icon="data",
    ),
)
"""In the order of their buttons."""
