"""Hosts where many firms have a page each: a website there is no domain of one of them."""

from __future__ import annotations

HOSTS: frozenset[str] = frozenset((
    "facebook.com", "fb.com", "fb.me", "instagram.com", "yelp.com", "yelp.test", "linktr.ee",
    "linkedin.com", "twitter.com", "x.com", "tiktok.com", "youtube.com", "youtu.be", "google.com",
    "goo.gl", "g.page", "business.site", "sites.google.com", "maps.app.goo.gl", "wixsite.com",
    "weebly.com", "squarespace.com", "wordpress.com", "blogspot.com", "godaddysites.com",
    "square.site", "myshopify.com", "etsy.com", "ebay.com", "amazon.com", "yellowpages.com",
    "bbb.org", "angi.com", "thumbtack.com", "homeadvisor.com", "nextdoor.com", "tripadvisor.com",
    "opentable.com", "doordash.com", "grubhub.com", "ubereats.com", "bit.ly", "github.io",
))  # fmt: skip


def is_shared(domain: str) -> bool:
    """Tell whether this is such a host, or belongs to one."""
    labels = domain.split(".")
    return any(".".join(labels[at:]) in HOSTS for at in range(len(labels)))
