"""Logins of every kind and way, with what a person would type."""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from crm_sync.signing_in import Login, kind

ADDRESSES = {
    "salesforce": "https://acme.my.salesforce.com",
    "dynamics": "https://acme.crm4.dynamics.com",
    "pipedrive": "https://acme.pipedrive.com",
}


@cache
def rsa_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def typed_for(way):
    """What a person would type for a way."""
    known = {"tenant": "acme.onmicrosoft.com", "username": "sync@acme.test"}
    found = {one.name: known.get(one.name, f"{one.name}-of-ours") for one in way.typed}
    if "private_key" in found:
        found["private_key"] = pem()
    return found


def pem():
    return (
        rsa_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
    )


def public_pem():
    form = PublicFormat.SubjectPublicKeyInfo
    return rsa_key().public_key().public_bytes(Encoding.PEM, form).decode("ascii")


def login(slug, way, sandbox_url="", address=None):
    of = kind(slug)
    there = ADDRESSES.get(slug, "") if address is None else address
    return Login(of, of.way(way), typed_for(of.way(way)), there, sandbox_url)
