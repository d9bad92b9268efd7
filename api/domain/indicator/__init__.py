"""The indicator room: what is counted, by whom, where and when, and what may honestly be computed from it."""
