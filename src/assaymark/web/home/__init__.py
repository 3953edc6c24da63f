"""Where a person lands: the choice of a workplace, the clause matrix, my work."""
