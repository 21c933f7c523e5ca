"""Agents, players, and their game profiles synced from the games' servers."""
