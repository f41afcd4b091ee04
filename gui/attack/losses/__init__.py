"""One image under three losses."""
