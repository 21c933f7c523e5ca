"""The one door: sign-in, routing, the composed home page, live updates."""
