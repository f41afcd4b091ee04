"""Sets people know by name: fetched, verified, kept."""
