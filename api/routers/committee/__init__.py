"""How committees, their law and their members are asked for."""
