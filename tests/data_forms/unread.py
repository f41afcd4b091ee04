"""Files of other programs that are not read, named for what they are."""

from __future__ import annotations

from test_core_sources_foreign import FILES

from data_forms import Form
from data_forms.pickles import written

TITLE = "Files that are not read"


def named(name: str, words: str) -> Form:
    """Return the form of one of the files that are tested."""
    return Form(words, written(name, FILES[name][0]), opens=False)


FORMS = [
    named("data.xlsx", "Excel"),
    Form("old Excel", written("data.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), opens=False),
    named("data.ods", "OpenDocument"),
    named("data.docx", "Word"),
    Form("PDF", written("data.pdf", b"%PDF-1.7"), opens=False),
    named("data.pt", "PyTorch"),
    Form("SQLite", written("data.db", b"SQLite format 3\0"), opens=False),
    named("a.arff", "ARFF"),
    named("a.tfrecord", "TFRecord"),
    named("a.json", "JSON"),
    Form("7z", written("data.7z", b"7z\xbc\xaf\x27\x1c"), opens=False),
    Form(
        "a pickle of tensors",
        written("data.pkl", b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n."),
        opens=False,
    ),
]
