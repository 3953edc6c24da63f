"""Database backends that carry the scope into the database session."""
