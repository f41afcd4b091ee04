"""Parts used by several pages; none of them knows a page or the session."""
