"""What people have to do: everything with a due date, from every idea, in one list."""
