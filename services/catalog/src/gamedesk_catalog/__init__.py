"""Game items, their prices, and the packs built from them."""
