"""When a country has a rule alert: its own days, where those that come with the service do not fit."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field as Limits
from sqlmodel import Field

from api.domain.alert.alerts import shipped
from api.domain.errors import Invalid
from api.domain.fields import Fields, Key, Row, Slug, Text, new_id, patch_of

Days = Annotated[int, Limits(ge=-365, le=730)]


class AlertSettingDefinition(Fields):
    """What may be said anew of a setting."""

    days: Days
    """How many days before its day the rule alerts; after it where negative."""
    basis: Text
    """The law, or the decision, that this comes from."""


class AlertSettingFields(AlertSettingDefinition):
    """How long before its day a rule alerts in a country."""

    rule: Slug
    """Code of a rule (GET /v1/alert-rules)."""


class AlertSettingNew(AlertSettingFields):
    """The body that sets a rule."""

    id: Annotated[UUID, Limits(default_factory=new_id)]
    """Bring your own UUIDv7 to make the request safe to repeat, or leave it out."""


AlertSettingPatch = patch_of(AlertSettingDefinition)


class AlertSetting(AlertSettingFields, Row, table=True):
    """The row."""

    __tablename__ = "alert_setting"
    PUBLIC: ClassVar[bool] = True

    country_id: Key = Field(foreign_key="country.id")


class AlertSettingOut(AlertSettingFields, Row):
    """A setting as it is read."""

    country_id: int
    country: str
    """ISO 3166-1 alpha-2."""


def of_a_rule(code: str) -> None:
    """Raises Invalid where there is no such rule."""
    codes = [rule.code for rule in shipped()]
    if code not in codes:
        raise Invalid("There is no such rule; see GET /v1/alert-rules.", "rule-unknown", pointer="/rule", choices=codes)
