"""Watch lists: whose certificates an organisation keeps an eye on, and every change of their verdicts."""
