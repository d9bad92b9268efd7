"""Access: people and service accounts, the offices they hold and for how long, and how they come in."""
