"""Tests of the room of transitions."""
