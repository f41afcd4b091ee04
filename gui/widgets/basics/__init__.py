"""Small parts: fields, labels, cards, tabs."""
