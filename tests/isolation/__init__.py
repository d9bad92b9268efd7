"""Nobody reaches what is another's: once in bare SQL, where row security is all there is, and once over HTTP, with row security and without."""
