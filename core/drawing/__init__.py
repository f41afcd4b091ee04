"""From lines on a sheet to an image of the data."""
