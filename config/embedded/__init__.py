"""Runs the project's own PostgreSQL and Redis when no DATABASE_URL or REDIS_URL is set."""

from .places import ServiceFailed
from .services import PROJECT, Services, default_services, running

__all__ = ["PROJECT", "ServiceFailed", "Services", "default_services", "running"]
