"""The domain: agents, players, and the profiles that games report. No framework imports."""
