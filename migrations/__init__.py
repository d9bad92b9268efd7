"""The schema, one revision a room, written by hand as SQL; `amuprev migrate` applies it as the owner."""
