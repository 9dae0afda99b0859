"""The web page, and the one-time login that opens it."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from functions.chat_api import page_files
from functions.chat_api.access import check_own_page, forget_session, open_session, session_cookie, set_session
from functions.chat_api.context import Api
from functions.kernel.credential import hashed
from functions.kernel.errors import NotFoundError, UnauthenticatedError

router = APIRouter(include_in_schema=False)

ASK_AGAIN = "no-cache"
FOR_EVER = "public, max-age=31536000, immutable"


@router.get("/")
@router.get("/app")
@router.get("/app/{view:path}")
async def index(request: Request) -> Response:
    """The page, at each of its views' addresses. It is nobody's secret; what it shows comes from the API."""
    return _sent(request, page_files.INDEX, ASK_AGAIN)


@router.get("/page/{name}")
async def page_file(name: str, request: Request) -> Response:
    """A file of the page, as it is now."""
    return _sent(request, name, ASK_AGAIN)


@router.get("/page/{version}/{name}")
async def page_file_of_version(version: str, name: str, request: Request) -> Response:
    """A file of the page, for ever; of another version than this one, as it is now."""
    return _sent(request, name, FOR_EVER if version == page_files.load()[0] else ASK_AGAIN)


def _sent(request: Request, name: str, cache: str) -> Response:
    file = page_files.load()[1].get(name)
    if file is None:
        raise NotFoundError("the page has no such file")
    headers = {"cache-control": cache, "etag": file.etag, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.gzipped, media_type=file.media_type, headers=headers | {"content-encoding": "gzip"})
    return Response(file.plain, media_type=file.media_type, headers=headers)


def browser_of(request: Request) -> str:
    """What a browser calls itself, as far as a person wants to read it."""
    return "".join(c for c in request.headers.get("user-agent", "") if c.isprintable())[:200]


@router.get("/login")
async def log_in(login: str, api: Api, request: Request) -> RedirectResponse:
    """Turn the printed one-time login into a session cookie."""
    api.limits.guess(request, login)
    opened = await open_session(api.database, login, browser_of(request))
    if opened is None:
        api.limits.was_wrong(request, login)
        if "text/html" in request.headers.get("accept", ""):
            return RedirectResponse("/", 303)  # the page itself says how to log in, or shows that one is logged in
        raise UnauthenticatedError("this login was used already, or is too old: `taskwake login` prints a new one")
    api.limits.was_right(request, login)
    answer = RedirectResponse("/", 303)
    set_session(request, answer, opened[1])
    return answer


@router.post("/logout", status_code=204)
async def log_out(api: Api, request: Request) -> Response:
    """End the session."""
    check_own_page(request)
    session = request.cookies.get(session_cookie(request), "")
    await api.database.fetch("SELECT close_session(%s)", (hashed(session),))
    answer = Response(status_code=204)
    forget_session(request, answer)
    return answer
