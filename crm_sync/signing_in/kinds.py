"""The five kinds of CRM and how each is signed in to, in one list that a reader can see.

Sources: help.salesforce.com "OAuth Authorization Flows"; developers.hubspot.com "OAuth v3";
pipedrive.readme.io "OAuth authorization"; learn.microsoft.com "OAuth 2.0 device authorization
grant", "client credentials", "Referrals API authentication" (November 2026).
"""

from __future__ import annotations

from collections.abc import Mapping

from crm_sync.signing_in.ways import Kind, Typed, Way

GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
HOST = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"

CLIENT_ID = Typed("client_id", "Client ID", "of the app that was made for Switchboard", r"\S{3,}")
CLIENT_SECRET = Typed(
    "client_secret", "Client secret", "shown where the app was made", r"\S{3,}", is_secret=True
)
KEY = Typed("client_id", "Consumer key", "of the external client app", r"\S{3,}")
SECRET = Typed(
    "client_secret", "Consumer secret", "of the external client app", r"\S{3,}", is_secret=True
)
TENANT = Typed(
    "tenant", "Tenant",
    "the directory's ID (a GUID) or its domain, such as contoso.onmicrosoft.com",
    rf"(?:{GUID}|{HOST}(?:\.{HOST})+)",
)  # fmt: skip
PRIVATE_KEY = Typed(
    "private_key", "Private key",
    "PEM, of the certificate that was uploaded to the app; without a password",
    r"(?s)\s*-----BEGIN (?:RSA )?PRIVATE KEY-----.+-----END (?:RSA )?PRIVATE KEY-----\s*",
    is_secret=True, is_long=True,
)  # fmt: skip

SALESFORCE = Kind(
    "salesforce", "Salesforce",
    "https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_flows.htm",
    ways=(
        Way("code", "A person signs in",
            "Salesforce asks somebody whether Switchboard may act for them.", (KEY, SECRET)),
        Way("client_credentials", "Client credentials",
            "The app acts as the user that it is set to run as. Nobody signs in.", (KEY, SECRET)),
        Way("jwt", "JWT bearer",
            "The app's certificate signs for a user whom an administrator has approved beforehand.",
            (KEY, Typed("username", "User name", "of the user it acts as", r"\S+@\S+"),
             PRIVATE_KEY)),
    ),
    login="https://login.salesforce.com",
    authorize="/services/oauth2/authorize",
    token="/services/oauth2/token",  # noqa: S106 - a path
    pattern=rf"{HOST}(?:\.(?:sandbox|develop|scratch|demo|trailblaze))?\.my\.salesforce\.com",
    hint="the organisation's My Domain, such as acme.my.salesforce.com",
    domain="salesforce.com", named_by="instance_url",
    needs_address=True, logs_in_at_address=True,
    scopes={"code": "api refresh_token"},
)  # fmt: skip

HUBSPOT = Kind(
    "hubspot", "HubSpot", "https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide",
    ways=(
        Way("code", "A person signs in",
            "HubSpot asks somebody whether Switchboard may act for them.",
            (CLIENT_ID, CLIENT_SECRET)),
        Way("static", "Private app", "The token of a private app of the portal. Nobody signs in.",
            (Typed("token", "Private app token", "begins with pat-", r"\S{3,}", is_secret=True),),
            slug="private_app"),
    ),
    login="https://api.hubapi.com", consent_at="https://app.hubspot.com",
    authorize="/oauth/authorize", token="/oauth/v3/token",  # noqa: S106 - a path
    address="https://api.hubapi.com",
    scopes={"code": "oauth crm.objects.contacts.read crm.objects.contacts.write"
            " crm.objects.companies.read crm.objects.companies.write"
            " crm.schemas.contacts.read crm.schemas.contacts.write"
            " crm.schemas.companies.read crm.schemas.companies.write"},
)  # fmt: skip

PIPEDRIVE = Kind(
    "pipedrive", "Pipedrive", "https://pipedrive.readme.io/docs/marketplace-oauth-authorization",
    ways=(
        Way("code", "A person signs in",
            "Pipedrive asks somebody whether Switchboard may act for them.",
            (CLIENT_ID, CLIENT_SECRET)),
        Way("static", "API token",
            "The personal token of one user, under “Personal preferences, API”. Nobody signs in.",
            (Typed("api_token", "API token", "of a user who may see and change all persons",
                   r"\S{3,}", is_secret=True),),
            slug="api_token"),
    ),
    login="https://oauth.pipedrive.com",
    authorize="/oauth/authorize", token="/oauth/token",  # noqa: S106 - a path
    address="https://api.pipedrive.com",
    pattern=rf"{HOST}\.pipedrive\.com",
    hint="the company's address, such as acme.pipedrive.com; blank, the general one is used",
    domain="pipedrive.com", named_by="api_domain", has_basic=True,
)  # fmt: skip

DYNAMICS = Kind(
    "dynamics", "Dynamics 365",
    "https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow",
    ways=(
        Way("client_credentials", "Client credentials",
            "The app acts as an application user of Dynamics. Nobody signs in.",
            (TENANT, CLIENT_ID, CLIENT_SECRET)),
        Way("device_code", "A person types a code",
            "Somebody types a code at Microsoft; Switchboard acts for them.", (TENANT, CLIENT_ID)),
    ),
    login="https://login.microsoftonline.com",
    token="/{tenant}/oauth2/v2.0/token",  # noqa: S106 - a path
    device="/{tenant}/oauth2/v2.0/devicecode",
    pattern=rf"{HOST}\.crm[0-9]*\.dynamics\.com",
    hint="the environment's address, such as acme.crm4.dynamics.com",
    needs_address=True, played_as="entra",
    # Exactly one resource in a scope; MSAL and the v2 endpoint refuse several.
    scopes={"client_credentials": "{address}/.default",
            "device_code": "{address}/user_impersonation offline_access"},
)  # fmt: skip

PARTNER_CENTER = Kind(
    "partner_center", "Partner Center",
    "https://learn.microsoft.com/partner-center/developer/referral-api-authentication",
    ways=(
        Way("device_code", "A person types a code",
            "Somebody with the role of Referrals admin types a code at Microsoft. Referrals are"
            " given to an app with a person only, never to an app alone.", (TENANT, CLIENT_ID)),
        Way("code", "A person signs in",
            "Microsoft asks somebody with the role of Referrals admin whether Switchboard may act"
            " for them.", (TENANT, CLIENT_ID, CLIENT_SECRET)),
    ),
    login="https://login.microsoftonline.com",
    authorize="/{tenant}/oauth2/v2.0/authorize",
    token="/{tenant}/oauth2/v2.0/token",  # noqa: S106 - a path
    device="/{tenant}/oauth2/v2.0/devicecode",
    address="https://api.partner.microsoft.com", played_as="entra",
    scopes={"device_code": "https://api.partner.microsoft.com/.default offline_access",
            "code": "https://api.partner.microsoft.com/.default offline_access"},
)  # fmt: skip

ALL = (SALESFORCE, HUBSPOT, PIPEDRIVE, DYNAMICS, PARTNER_CENTER)
KINDS: Mapping[str, Kind] = {each.slug: each for each in ALL}


def kind(slug: str) -> Kind:
    """Return a kind of CRM. Raises LookupError for one that does not exist."""
    try:
        return KINDS[slug]
    except KeyError:
        raise LookupError(f"There is no CRM called {slug!r}") from None
