"""Plays Microsoft Entra, whose tokens the played Dynamics and Partner Center take."""

from integrations.sandbox.entra.responder import Entra, Issued

__all__ = ["Entra", "Issued"]
