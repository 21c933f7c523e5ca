"""What can be done: one function, one use case, one transaction. The first argument is always the transaction.

Whatever changes a ticket locks its row first, adds to its timeline, and publishes its state (`changes`).
"""
