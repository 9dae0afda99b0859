"""The web page, and the one-time login that opens it."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from functions.chat_api.access import check_own_page, forget_session, open_session, session_cookie, set_session
from functions.chat_api.context import Api
from functions.kernel.credential import hashed
from functions.kernel.errors import NotFoundError, UnauthenticatedError

router = APIRouter(include_in_schema=False)

PAGE = Path(__file__).parent.parent / "page"


@router.get("/")
async def index() -> FileResponse:
    """The page itself is nobody's secret; what it shows comes from the API."""
    return FileResponse(PAGE / "index.html", headers={"cache-control": "no-cache"})


@router.get("/page/{name}")
async def page_file(name: str) -> Response:
    """A file of the page."""
    if name not in {path.name for path in PAGE.iterdir()}:
        raise NotFoundError("the page has no such file")
    return FileResponse(PAGE / name, headers={"cache-control": "no-cache"})


def browser_of(request: Request) -> str:
    """What a browser calls itself, as far as a person wants to read it."""
    return "".join(c for c in request.headers.get("user-agent", "") if c.isprintable())[:200]


@router.get("/login")
async def log_in(login: str, api: Api, request: Request) -> RedirectResponse:
    """Turn the printed one-time login into a session cookie."""
    api.limits.guess(request, login)
    opened = await open_session(api.database, login, browser_of(request))
    if opened is None and "text/html" in request.headers.get("accept", ""):
        return RedirectResponse("/", 303)  # the page itself says how to log in, or shows that one is logged in
    if opened is None:
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
