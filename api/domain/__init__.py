"""What is true, whoever asks and wherever it is kept: no web, no wire, nothing awaited. Every rule can be tested with plain values."""
