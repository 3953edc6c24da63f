"""What is remembered: one Django app per idea, each with models, actions (writes) and queries (reads)."""
