"""Load and scale measurements. `./gamedesk bench` runs them; README.md says how they are made."""
