"""Images: one, a strip, a mosaic, a wall."""
