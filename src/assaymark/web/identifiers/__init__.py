"""Pages of an organisation's identifier: its keys over time, replacing one, telling that others may have had one."""
