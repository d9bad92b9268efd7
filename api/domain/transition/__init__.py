"""Elections: terms of office, the days on which the law refuses acts, and how what is there outlives both."""
