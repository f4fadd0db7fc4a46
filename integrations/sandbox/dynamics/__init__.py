"""Plays the Dataverse Web API of Dynamics 365: accounts, contacts and leads."""

from integrations.sandbox.dynamics.responder import Dynamics

__all__ = ["Dynamics"]
