"""Who acts: an agent named when the server starts, or the owner of the token that each call carries."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from profithunt.api import Shop
from profithunt.api.act import Act
from profithunt.errors import Forbidden, NotFound, UsageError

SECRET: Final[ContextVar[str | None]] = ContextVar("secret", default=None)
"""The token of the call at hand, where calls carry one."""
_ADD: Final = "profithunt act user NAME --agent --role agent --level suggest"


class Desk:
    """The queue of a shop for one call at a time. With `agent` every call is that agent's; with `secret` its owner's.

    With neither, each call must carry a token. People have no place here: their acts would count as an agent's.
    """

    def __init__(self, shop: Shop, *, agent: str | None = None, secret: str | None = None) -> None:
        self.shop = shop
        self._agent = agent
        self._secret = secret
        self._lock = threading.RLock()

    def check(self) -> None:
        """Raise UsageError where nobody, or no agent, would act."""
        with self.act():
            pass

    @contextmanager
    def act(self) -> Iterator[Act]:
        """The queue as the caller works on it. Raises Forbidden, NotFound."""
        with self._lock:
            act = self._who()
            who = act.whoami()
            if not who.is_agent:
                raise Forbidden(
                    f"{who.name} is a person; only agents act here, so that what they do is told apart",
                    do=f"add one with: {_ADD}",
                )
            yield act

    def knows(self, secret: str) -> bool:
        """Whether a token counts."""
        with self._lock:
            return self.shop.act.of_token(secret) is not None

    def _who(self) -> Act:
        secret = self._secret or SECRET.get()
        if secret is not None:
            act = self.shop.act.of_token(secret)
            if act is None:
                raise Forbidden("the token is wrong, revoked or over", do="make one with: profithunt api-token")
            return act
        if self._agent is None:
            raise UsageError("it is not said which agent acts", do="say --agent NAME, or give a token")
        act = self.shop.act.as_(self._agent)
        try:
            act.whoami()
        except NotFound as error:
            raise NotFound(
                f"there is no agent {self._agent!r}", do=f"someone who may manage adds it with: {_ADD}"
            ) from error
        return act
