"""The room of how committees are doing."""
