"""Tests of the house itself: its committed data files and how they are built."""
