"""Who could be at the table: maps of stakeholders, the gap report, invitations to a seat, open calls."""
