"""What can be done: one function, one use case, one transaction. The first argument is always the transaction."""
