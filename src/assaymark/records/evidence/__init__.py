"""What is kept with any record: files by content hash, comments, links to requirements of standards."""
