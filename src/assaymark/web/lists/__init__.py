"""A list of suppliers checked on a page: upload, answers, download. No account, nothing is kept."""
