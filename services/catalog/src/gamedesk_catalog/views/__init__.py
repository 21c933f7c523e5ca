"""Domain objects as the JSON of the contract."""
