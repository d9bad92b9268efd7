"""Who may give codes of a scheme: of an owner's those who write for that owner, of an official register the region's administrator."""

from collections.abc import Sequence

from api.domain.errors import NotAllowed


def own_schemes(foreign: Sequence[str]) -> None:
    """Raises NotAllowed where codes of `foreign` schemes would change: of registers or owners for whom the caller does not write."""
    if foreign:
        raise NotAllowed(f"Codes of {foreign[0]} are given by its owner.", "scheme-not-yours", pointer=f"/external_ids/{foreign[0]}")
