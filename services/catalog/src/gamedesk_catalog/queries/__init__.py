"""What can be asked. Reads only; the first argument is always the transaction."""
