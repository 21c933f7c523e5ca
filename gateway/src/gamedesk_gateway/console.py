"""The console's files, packed and cached as they may be."""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

_IMMUTABLE = "public, max-age=31536000, immutable"  # the name holds a hash of the content
_HASHED_FOLDER = "assets"
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_NO_FILE = "There is no such file\n"
_NOT_BUILT = (
    "The console has not been built: `./gamedesk up` builds it, or `npm run build` in console/ with\n"
    "GAMEDESK_CONSOLE_DIR naming the result. The API is there: /api/openapi.json\n"
)


class Console:
    """An ASGI app. A path that names no file and has no dot in its last segment is a view of the page itself."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder.resolve() if folder else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answer(scope) if scope["method"] in ("GET", "HEAD") else _text(405, "Only GET\n")
        await answer(scope, receive, send)

    def _answer(self, scope: Scope) -> Response:
        if self._folder is None or not (self._folder / "index.html").is_file():
            return _text(404, _NOT_BUILT)
        headers = Headers(scope=scope)
        wanted = scope["path"].strip("/")
        try:
            file = self._file(wanted)
        except OSError:  # a name that no file system takes
            return _text(404, _NO_FILE)
        if file is not None and file.suffix != ".html":
            return self._send(file, headers, _IMMUTABLE if wanted.startswith(f"{_HASHED_FOLDER}/") else "no-cache")
        if file is None and "." in wanted.rpartition("/")[2]:
            return _text(404, _NO_FILE)
        return self._send(file or self._folder / "index.html", headers, "no-store")

    def _file(self, wanted: str) -> Path | None:
        """The file of that path below the folder, without hidden ones; None for everything else."""
        assert self._folder
        if not wanted or "\0" in wanted or any(part.startswith(".") for part in wanted.split("/")):
            return None
        file = (self._folder / wanted).resolve()
        return file if file.is_relative_to(self._folder) and file.is_file() else None

    @staticmethod
    def _send(file: Path, request: Headers, caching: str) -> Response:
        headers = {"Cache-Control": caching, "Vary": "Accept-Encoding"}
        accepted = {part.partition(";")[0].strip() for part in request.get("accept-encoding", "").split(",")}
        media_type = _MEDIA_TYPES.get(file.suffix)
        for encoding, suffix in _ENCODINGS:
            packed = file.with_name(file.name + suffix)
            if encoding in accepted and packed.is_file():
                return FileResponse(packed, headers={**headers, "Content-Encoding": encoding}, media_type=media_type)
        return FileResponse(file, headers=headers, media_type=media_type)


_MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".woff2": "font/woff2",
    ".png": "image/png",
}


def _text(status: int, text: str) -> Response:
    return PlainTextResponse(text, status)
