"""Files, comments and links to requirements, on every record page that takes them."""
