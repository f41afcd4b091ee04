"""What a person made, kept in one file: a SQLite database that survives a kill."""

SUFFIX = ".perceptron"
