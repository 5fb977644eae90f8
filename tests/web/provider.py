"""An OpenID Connect provider on this machine: it signs with a pair of keys, checks PKCE, and can be made to lie."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse

CLIENT = "pages"
SECRET = "of the client"  # noqa: S105 - of a provider that exists in tests only
Claims = dict[str, Any]


class Provider:
    """Who signs in is `person`; `change` has the last word on the claims, `sign` on how they are signed."""

    def __init__(self) -> None:
        from joserfc.jwk import RSAKey

        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.other = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.issuer = ""
        self.honest()
        self._codes: dict[str, dict[str, str]] = {}

    def honest(self) -> None:
        """Tell the truth about Ann."""
        self.person: Claims = {
            "sub": "1-ann",
            "email": "ann@shop.example",
            "email_verified": True,
            "groups": ["buyers"],
        }
        self.change: Callable[[Claims], Claims] = lambda claims: claims
        self.sign: Callable[[Claims], str] = self.signed
        self.answer: Callable[[dict[str, str]], dict[str, str]] = lambda params: params

    def signed(self, claims: Claims) -> str:
        """An ID token with the provider's key."""
        from joserfc import jwt

        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)

    def signed_by_another(self, claims: Claims) -> str:
        """One with another key under the same name."""
        from joserfc import jwt

        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.other)

    def signed_by_secret(self, claims: Claims) -> str:
        """One with the client's secret, which is no key of the provider."""
        from joserfc import jwt
        from joserfc.jwk import OctKey

        return jwt.encode({"alg": "HS256", "kid": "one"}, claims, OctKey.import_key(SECRET * 4), algorithms=["HS256"])

    def tampered(self, claims: Claims) -> str:
        """One whose claims were changed after it was signed."""
        head, _, mark = self.signed(claims).split(".")
        return ".".join((head, _encoded({**claims, "groups": ["owners"]}), mark))

    def unsigned(self, claims: Claims) -> str:
        """One without a signature."""
        return f"{_encoded({'alg': 'none'})}.{_encoded(claims)}."

    def application(self) -> FastAPI:
        """The provider's addresses."""
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def about() -> Any:
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/me",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
                "authorization_response_iss_parameter_supported": True,
            }

        @app.get("/keys")
        def keys() -> Any:
            return {"keys": [self.key.as_dict(private=False)]}

        @app.get("/authorize")
        def authorize(request: Request) -> Any:
            asked = dict(request.query_params)
            assert asked["response_type"] == "code"
            assert asked["code_challenge_method"] == "S256"
            code = secrets.token_urlsafe(8)
            self._codes[code] = asked
            params = self.answer({"code": code, "state": asked["state"], "iss": self.issuer})
            return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(params)}", 303)

        @app.post("/token")
        def token(
            request: Request,
            code: str = Form(),
            code_verifier: str = Form(),
            redirect_uri: str = Form(),
        ) -> Any:
            basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            asked = self._codes.pop(code, {})
            challenge = _text(hashlib.sha256(code_verifier.encode()).digest())
            if request.headers.get("authorization") != f"Basic {basic}":
                return JSONResponse({"error": "invalid_client"}, 401)
            if asked.get("code_challenge") != challenge or asked.get("redirect_uri") != redirect_uri:
                return JSONResponse({"error": "invalid_grant"}, 400)
            now = int(time.time())
            claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
            told = self.change({**claims, **self.person})
            return {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(told)}

        @app.get("/me")
        def me() -> Any:
            return self.person

        return app


def _encoded(data: Any) -> str:
    import json

    return _text(json.dumps(data).encode())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
