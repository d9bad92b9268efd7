"""Committees and their law: bylaws as rules that can be computed, councils' instruments, bodies, seats and who holds them."""
