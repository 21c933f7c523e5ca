"""The domain: tickets, their clocks, and what they are organised by. No framework imports."""
