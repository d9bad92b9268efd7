"""Signing in, inviting, granting, keys."""
