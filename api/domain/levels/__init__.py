"""The levels of the region: territory, which never moves, and organisations, which reach it by dated ties."""

from enum import StrEnum


class Level(StrEnum):
    """The lens a collection is read through, and the unit a role is held at."""

    REGION = "region"
    PROGRAMME = "programme"
    COUNTRY = "country"
    ASSOCIATION = "association"
    MUNICIPALITY = "municipality"
