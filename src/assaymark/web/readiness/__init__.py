"""Pages of readiness: the clause matrix as lines, and every named check with what it found."""
