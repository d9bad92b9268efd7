"""Answers that are computed: series, tables, the latest of everything, and what lies behind each figure. SQL sums, the domain judges."""
