"""The alert room."""
