"""Documents: files that many things refer to, each with its own answer to who may read it."""
