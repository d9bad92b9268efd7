"""The regional network: the second application."""
