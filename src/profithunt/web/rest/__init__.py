"""The HTTP interface for programs and agents: the queue of opportunities under `/api`, with OpenAPI."""

from profithunt.web.rest.app import api_app, one_at_a_time
from profithunt.web.rest.router import rest_router

__all__ = ["api_app", "one_at_a_time", "rest_router"]
