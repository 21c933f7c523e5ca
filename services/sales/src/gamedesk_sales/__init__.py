"""Sales touches, follow-ups and orders."""
