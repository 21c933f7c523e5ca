"""Clients of systems outside GameDesk."""
