"""Django's PostgreSQL backend, which tells every session whose rows it may see (row-level security)."""
