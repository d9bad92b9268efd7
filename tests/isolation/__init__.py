"""Nobody reaches what is another's: once in bare SQL, where row security is all there is, once over HTTP, with and without row security."""
