"""The doors of sessions."""
