"""The domain: items with the game's price and the agents' own, packs made of them. No framework imports."""
