"""The console's session: an encrypted cookie, its renewal, and the layer that turns it into a bearer token."""
