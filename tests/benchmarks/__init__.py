"""What the API costs beside the bare statement it sends: `./run python -m tests.benchmarks`. Figures are CPU time, which other work on the machine moves less."""
