"""The Qt window over the NumPy core."""
