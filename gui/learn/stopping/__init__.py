"""Where learning should stop, and how sure that is."""
