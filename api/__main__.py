"""`amuprev`: the command line of cli.py."""

from api.loading import unwatched

with unwatched():
    from api.cli import main

if __name__ == "__main__":
    main()
