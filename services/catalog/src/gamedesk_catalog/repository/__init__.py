"""The only place with SQL. Functions take the transaction first and give domain objects."""
