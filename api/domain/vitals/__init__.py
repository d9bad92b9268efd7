"""How a committee is doing: a vector first, one number second, and the items of GOPI-Prevención."""
