"""Pages that show standards as readable trees."""
