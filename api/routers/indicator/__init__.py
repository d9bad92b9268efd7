"""The indicator room."""
