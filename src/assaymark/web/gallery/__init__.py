"""The gallery: every component and drawing on one page, for those who build pages. Not there in production."""
