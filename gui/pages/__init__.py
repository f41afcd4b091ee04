"""What a person looks at; a new page is one file here and one line in ``main_window.py``."""
