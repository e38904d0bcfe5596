"""A ministry with one case, and the registry office that was asked to check the identity."""

import pytest

from tests.api.link.offices import Ministry, Office
from tests.support.client import Site


@pytest.fixture
def ministry(site: Site) -> Ministry:
    return Ministry(site)


@pytest.fixture
def registry(ministry: Ministry) -> Office:
    """The civil registry: one ask, answered SESUAI or with what does not fit."""
    ministry.opens()
    return ministry.office("KEMENDAGRI")
