"""PostgreSQL: the tables, and the one transaction in which a message is handled."""
