"""The sets that ship with the program."""
