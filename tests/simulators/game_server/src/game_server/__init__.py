"""A simulated game server: the API that a studio implements for GameDesk, with faults on demand."""
