"""Lists as spreadsheets (B11)."""
