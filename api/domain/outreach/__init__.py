"""Who could be at the table: stakeholders that were mapped, what is missing, institutions that are invited, open calls."""
