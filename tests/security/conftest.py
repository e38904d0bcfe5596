"""The sites of the web side's tests, attacked here: a fresh one, and one whose cases have moved on."""

from tests.api.conftest import demo_house, site
from tests.api.link.conftest import ministry, registry
from tests.api.pages.conftest import played, story

__all__ = ["demo_house", "ministry", "played", "registry", "site", "story"]
