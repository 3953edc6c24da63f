"""Watch lists: whose certificates an organisation keeps an eye on, and what changed."""
