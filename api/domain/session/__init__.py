"""Sessions of committees: who was there, whether it could decide, what it decided, its minutes and what was agreed."""
