"""The images of each class, counted and averaged."""
