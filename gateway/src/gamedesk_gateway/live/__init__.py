"""Live updates: what changes anywhere, told to the pages that it concerns, as server-sent events."""
