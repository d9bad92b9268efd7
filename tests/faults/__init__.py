"""What happens to the real server, in a process of its own, when things go wrong: kills, stalls, floods."""
