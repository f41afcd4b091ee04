"""The frame: bars, menus, messages, and what opens and saves."""
