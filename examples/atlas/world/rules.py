"""Rules that only the database can check."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError
from ultrafox import UnprocessableEntity


@contextmanager
def country_must_exist() -> Iterator[None]:
    """The foreign key decides, so no second query asks, and no country can vanish in between."""
    try:
        yield
    except IntegrityError as error:
        raise UnprocessableEntity("`country_id` must be the code of a country; /api/countries lists them.") from error
