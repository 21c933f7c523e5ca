"""The headers that keep a browser from doing with our answers what they are not meant for: on every answer to a
request, errors, files and event streams included. What the chassis' front refuses before is a problem document with
`nosniff`, which a browser shows as text at most."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gamedesk_gateway.routes import API

# What the console does: its own modules, styles and pictures, pictures made from what was pasted (blob:), small ones
# within its styles (data:), requests and the event stream's worker at its own address. Nothing inline, no eval.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# An answer of the API is nobody's page: opened as one, a picture or a text runs nothing and loads nothing.
API_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for readers of CSP level 1
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            *("accelerometer", "autoplay", "camera", "display-capture", "fullscreen", "geolocation", "gyroscope"),
            *("microphone", "midi", "payment", "publickey-credentials-get", "usb", "xr-spatial-tracking"),
        )
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HSTS = "max-age=31536000"
_TELLTALES = ("server", "x-powered-by")


class SecurityHeaders:
    """Wraps the whole gateway. `https`: people reach it by TLS alone, which browsers are told to remember."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        always: Mapping[str, str] = {**_ALWAYS, **({"Strict-Transport-Security": _HSTS} if https else {})}
        self._app = app
        self._page = {**always, "Content-Security-Policy": PAGE_POLICY}
        self._api = {**always, "Content-Security-Policy": API_POLICY}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        wanted = self._api if path == API or path.startswith(f"{API}/") else self._page

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(wanted)
                for name in _TELLTALES:
                    del headers[name]
            await send(message)

        await self._app(scope, receive, answer)
