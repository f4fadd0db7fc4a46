"""Discoveries against the sandbox."""

import pytest

from enrichment.discovery import service, work
from enrichment.discovery.places import read_places
from integrations.models import ApiCall
from integrations.search import Wanted

BOTH = ("google_places.text", "yelp.search")
YELP = ("yelp.search",)
MANY = "\n".join(str(zip_code) for zip_code in range(94102, 94134))


@pytest.fixture
def uploads(settings, tmp_path):
    """Where the files of imports go: a folder of this test's own."""
    settings.UPLOADS = tmp_path / "uploads"
    return settings.UPLOADS


@pytest.fixture
def discover(runtime, uploads):
    """Makes, approves and works a discovery; returns it as it stands then."""

    def run(places="94103", *, kind="", searches=BOTH, per_place=60, cap_usd=None, **options):
        row = made(places, kind=kind, searches=searches, per_place=per_place, **options)
        service.approve(row, cap_usd)
        return worked(row, runtime)

    return run


def made(places="94103", *, kind="", searches=BOTH, per_place=60, **options):
    """A discovery that waits for approval."""
    wanted = [Wanted(kind, near) for near in read_places(places).near]
    return service.create(wanted, searches=searches, per_place=per_place, **options)


def worked(row, runtime):
    """Work until nothing is due, and return the discovery anew."""
    while work.work(20.0, using=runtime):
        pass
    row.refresh_from_db()
    return row


def counts(row):
    """What was found and what became of it, without zeros."""
    return {name: n for name, n in {"found": row.found_count, **row.fates}.items() if n}


def calls():
    return ApiCall.objects.filter(outcome="answered").count()
