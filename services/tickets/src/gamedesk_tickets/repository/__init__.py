"""The only place with SQL. The first argument is always the transaction."""
