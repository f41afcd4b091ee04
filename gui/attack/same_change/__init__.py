"""One change on every image of a part."""
