"""The AMUPREV API: municipal violence prevention committees, their figures, and the network between them.

Read in this order: domain/ (what is true), roles.py inside it (who may do what), access.py (who is asking), levels.py (about which
places), pages.py and db.py (the two doors), routers/ (how it is asked for), app.py (how it is put together).
"""

__version__ = "0.1.0"
