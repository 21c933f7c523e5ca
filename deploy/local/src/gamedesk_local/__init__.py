"""GameDesk on one machine: a real PostgreSQL, a real NATS server, every service, without containers."""
