"""Who is calling: access tokens are verified by each service itself, against a mounted file of public keys."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any

import jwt
from connexion.context import context
from connexion.exceptions import OAuthProblem
from connexion.security import BearerSecurityHandler
from starlette.datastructures import Headers

from gamedesk_chassis.principal import ALGORITHM, AUDIENCE, ISSUER, LEEWAY, Principal
from gamedesk_chassis.watched_file import WatchedFile

_REQUIRED_CLAIMS = ["exp", "iat", "iss", "aud", "sub"]
# What reading a token may raise; one may be nested so deep that Python gives up.
NOT_VALID = (jwt.PyJWTError, ValueError, RecursionError)
_CACHE_SIZE = 4096


class TokenVerifier:
    """Verifies EdDSA access tokens; cheap enough for the event loop (a verified token is remembered)."""

    def __init__(self, jwks_file: Path) -> None:
        self._keys = WatchedFile(jwks_file, "key file", _public_keys)
        self._verified_with = self._keys.current()
        self._verified: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def verify(self, token: str) -> dict[str, Any]:
        """The claims of a valid access token, or one of NOT_VALID."""
        keys = self._keys.current()
        if keys is not self._verified_with:
            self._verified.clear()
            self._verified_with = keys
        claims = self._verified.get(token)
        if claims is None:
            claims = _decoded(token, keys)
            self._verified[token] = claims
            if len(self._verified) > _CACHE_SIZE:
                self._verified.popitem(last=False)
        elif claims["exp"] + LEEWAY.total_seconds() <= time.time():
            raise jwt.ExpiredSignatureError("expired")
        return claims

    def principal(self, token: str) -> Principal:
        claims = self.verify(token)
        return Principal(claims["sub"], claims["role"], claims.get("team", ""))

    def knows(self, headers: Headers) -> bool:
        """Whether a request brings a valid access token: for the layer that sees it first."""
        scheme, _, token = headers.get("authorization", "").strip().partition(" ")
        try:
            return scheme.lower() == "bearer" and bool(self.verify(token.strip()))
        except NOT_VALID:
            return False

    def security_map(self) -> dict[str, Any]:
        """For Connexion's `security_map`: bearer tokens are checked by this verifier."""
        verifier = self

        def token_info(token: str) -> dict[str, Any]:
            try:
                return verifier.verify(token)
            except NOT_VALID:
                raise OAuthProblem(detail="The access token is not valid") from None

        class Bearer(BearerSecurityHandler):
            def _resolve_func(self, security_scheme: dict[str, Any]) -> Any:
                return token_info

        return {"bearer": Bearer}


def _public_keys(text: str) -> dict[str, jwt.PyJWK]:
    return {key["kid"]: jwt.PyJWK(key) for key in json.loads(text)["keys"]}


def _decoded(token: str, keys: dict[str, jwt.PyJWK]) -> dict[str, Any]:
    key = keys.get(jwt.get_unverified_header(token).get("kid", ""))
    if key is None:
        raise jwt.InvalidKeyError("unknown key")
    claims = jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],
        audience=AUDIENCE,
        issuer=ISSUER,
        leeway=LEEWAY,
        options={"require": _REQUIRED_CLAIMS, "strict_aud": True},
    )
    if claims.get("typ") != "access" or claims.get("role") not in ("agent", "lead", "admin"):
        raise jwt.InvalidTokenError("not an access token")
    return claims


def current_principal() -> Principal:
    """The caller of the request at hand (only in operations that declare `security`)."""
    claims = context["token_info"]
    return Principal(claims["sub"], claims["role"], claims.get("team", ""))


def narrow_current_principal(principal: Principal) -> None:
    """From here on the request at hand is that caller's; what the token says counts no more."""
    context["token_info"] = {**context["token_info"], "role": principal.role, "team": principal.team}
