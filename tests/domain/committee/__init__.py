"""Tests of the committee room."""
