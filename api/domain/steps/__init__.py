"""The eight steps, one page each, in the words of ICMA's "Eight Steps to Success": what proves a step, what is missing, when it lapses."""
