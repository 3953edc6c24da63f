"""Search over everything that the person may read."""
