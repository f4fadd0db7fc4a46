"""Everyone whom the sandbox plays, in one list that a reader can see."""

from __future__ import annotations

from collections.abc import Sequence

from integrations.sandbox.apollo import Apollo
from integrations.sandbox.clearbit import Clearbit
from integrations.sandbox.dns import Dns, Hosting
from integrations.sandbox.dynamics import Dynamics
from integrations.sandbox.entra import Entra
from integrations.sandbox.fcc import Fcc
from integrations.sandbox.google_geocoding import GoogleGeocoding
from integrations.sandbox.google_places import GooglePlaces
from integrations.sandbox.hubspot import HubSpot
from integrations.sandbox.hunter import Hunter
from integrations.sandbox.numverify import NumVerify
from integrations.sandbox.partner_center import PartnerCenter
from integrations.sandbox.peopledatalabs import PeopleDataLabs
from integrations.sandbox.pipedrive import Pipedrive
from integrations.sandbox.posting import Poster
from integrations.sandbox.rdap import Rdap
from integrations.sandbox.responder import Responder
from integrations.sandbox.salesforce import Salesforce
from integrations.sandbox.slack import Slack
from integrations.sandbox.truecaller import Truecaller
from integrations.sandbox.twilio import Twilio
from integrations.sandbox.twilio_messaging import TwilioMessaging
from integrations.sandbox.twilio_trust_hub import TwilioTrustHub
from integrations.sandbox.verizon import Verizon
from integrations.sandbox.whitepages import Whitepages
from integrations.sandbox.yelp import Yelp
from integrations.sandbox.zerobounce import ZeroBounce


def responders(poster: Poster) -> Sequence[Responder]:
    """Return a responder of every provider, none of which has been asked anything yet.

    What they post of themselves goes by the poster, which also knows the sandbox's settings.
    """
    entra = Entra()
    return (
        Twilio(),
        NumVerify(),
        PeopleDataLabs(),
        Apollo(),
        Clearbit(),
        Hunter(),
        GooglePlaces(),
        Yelp(),
        ZeroBounce(),
        Whitepages(),
        Truecaller(),
        GoogleGeocoding(),
        Verizon(),
        Fcc(),
        TwilioTrustHub(),
        TwilioMessaging(poster),
        Dns(),
        Rdap(),
        Hosting(),
        Slack(),
        HubSpot(),
        Pipedrive(),
        Salesforce(),
        PartnerCenter(entra.tokens),
        entra,
        Dynamics(entra),
    )
