"""Pages of images: all that there are, and those a person draws."""
