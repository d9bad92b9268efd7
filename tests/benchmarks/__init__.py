"""What the API costs beside the bare statement it sends: `./run python -m tests.benchmarks`.

Figures are CPU time, because other work on the machine moves it less than time by the clock.
"""
