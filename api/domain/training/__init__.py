"""Training and technical assistance (step 5): what is taught, where it was, who helped whom."""
