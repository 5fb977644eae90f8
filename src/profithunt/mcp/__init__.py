"""Agents at the queue, through the Model Context Protocol: the same list, decisions and limits as people have.

The official SDK is the package `mcp`; it comes with the extra `mcp` and takes a second to load.
"""

from __future__ import annotations

from profithunt.mcp.desk import Desk
from profithunt.mcp.server import PATH, application, over_http, over_stdio, server_of

__all__ = ["PATH", "Desk", "application", "over_http", "over_stdio", "server_of"]
