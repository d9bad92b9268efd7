"""How terms of office, blackout windows and transitions are asked for."""
