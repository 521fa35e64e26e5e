"""Who may call the routes, and how."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie

from conftest import StartJupyter
from jupyter_server.auth import Authorizer
from support.home import Home
from support.server import Jupyter
from tornado.routing import PathMatches, Rule, RuleRouter

from jupyterlab_datalayer_secrets.call import Call
from jupyterlab_datalayer_secrets.page_handler import PageHandler

UID = "01M86MREPXFE9SDGGWN89AAXSV"


class Nobody(Authorizer):
    """May look at everything but secrets."""

    def is_authorized(self, handler: object, user: object, action: str, resource: str) -> bool:
        return resource != "datalayer_secrets"


def routes(jupyter: Jupyter) -> list[tuple[str, str]]:
    """Verb and path of all for pages that the extension added to the server, found by looking at the server."""
    found = []
    for verb, path, open_to_all in all_routes(jupyter):
        if not open_to_all:
            found.append((verb, path.replace("secrets/([^/]+)", f"secrets/{UID}").replace("([^/]+)", "local")))
    return found


def all_routes(jupyter: Jupyter) -> list[tuple[str, str, bool]]:
    """Verb and pattern, and whether Jupyter asks nobody who he is."""
    return [
        (verb, path_of(rule), getattr(getattr(rule.target, verb.lower()), "__allow_unauthenticated", False))
        for rule in rules(jupyter.app.web_app.default_router)
        if rule.target.__module__.startswith("jupyterlab_datalayer_secrets")
        for verb in rule.target.SUPPORTED_METHODS
        if implements(rule.target, verb)
    ]


def path_of(rule: Rule) -> str:
    assert isinstance(rule.matcher, PathMatches)
    return rule.matcher.regex.pattern.rstrip("$")


def rules(router: RuleRouter) -> Iterator[Rule]:
    for rule in router.rules:
        if isinstance(rule.target, RuleRouter):
            yield from rules(rule.target)
        elif isinstance(rule.target, type):
            yield rule


def implements(handler: type[PageHandler], verb: str) -> bool:
    method = getattr(handler, verb.lower())
    return verb != "OPTIONS" and method is not handler._unimplemented_method


async def test_the_routes_are_these_and_no_others(jupyter: Jupyter) -> None:
    base = "/datalayer-secrets"
    assert sorted(routes(jupyter)) == sorted(
        [
            ("POST", f"{base}/ensure"),
            ("GET", f"{base}/api/vault/v1/status"),
            ("POST", f"{base}/api/vault/v1/setup"),
            ("POST", f"{base}/api/vault/v1/unlock"),
            ("POST", f"{base}/api/vault/v1/lock"),
            ("PUT", f"{base}/api/vault/v1/slots/passphrase"),
            ("GET", f"{base}/api/vault/v1/vaults"),
            ("POST", f"{base}/api/vault/v1/vaults"),
            ("DELETE", f"{base}/api/vault/v1/vaults/local"),
            ("GET", f"{base}/vaults/local/api/iam/v1/secrets"),
            ("POST", f"{base}/vaults/local/api/iam/v1/secrets"),
            ("PUT", f"{base}/vaults/local/api/iam/v1/secrets/{UID}"),
            ("DELETE", f"{base}/vaults/local/api/iam/v1/secrets/{UID}"),
            ("POST", f"{base}/vaults/local/api/vault/v1/secrets/{UID}/replace"),
            ("GET", f"{base}/grants"),
            ("POST", f"{base}/grants"),
            ("POST", f"{base}/grants/revoke"),
            ("POST", f"{base}/notebooks/state"),
            ("PUT", f"{base}/notebooks/redaction"),
        ]
    )


async def test_the_only_one_that_asks_nobody_who_he_is_is_that_for_kernels(jupyter: Jupyter) -> None:
    route = ("GET", "/datalayer-secrets/kernel/(variables|secrets|secrets/[^/]+)")
    assert [(verb, path) for verb, path, open_to_all in all_routes(jupyter) if open_to_all] == [route]


async def test_every_route_refuses_who_is_not_signed_in_to_jupyter(jupyter: Jupyter, home: Home) -> None:
    await jupyter.start()
    for verb, path in routes(jupyter):
        for headers in ({}, {"Authorization": "token wrong"}, {"Authorization": f"Bearer {UID}"}):
            reply = await jupyter.raw(verb, path, b"{}" if verb != "GET" else None, dict(headers))
            assert (verb, path, reply.status) == (verb, path, 403)
            assert "code" not in reply.text


async def test_every_route_refuses_who_is_not_authorized(start: StartJupyter, home: Home) -> None:
    jupyter = await start({"ServerApp": {"authorizer_class": Nobody}})
    for verb, path in routes(jupyter):
        reply = await jupyter.raw(
            verb, path, b"{}" if verb != "GET" else None, {"Authorization": f"token {jupyter.token}"}
        )
        assert (verb, path, reply.status) == (verb, path, 403)
    assert home.run is None


async def test_no_route_lies_outside_of_its_prefix(start: StartJupyter) -> None:
    jupyter = await start({"ServerApp": {"base_url": "/user/a/"}})
    assert len(routes(jupyter)) == 19
    assert all(path.startswith("/user/a/datalayer-secrets/") for _, path in routes(jupyter))
    await jupyter.set_up()
    assert (await jupyter.ask("GET", "/api/vault/v1/status")).json["status"]["state"] == "open"
    token = {"Authorization": f"token {jupyter.token}"}
    assert (await jupyter.raw("GET", "/datalayer-secrets/api/vault/v1/status", None, token)).status == 404


async def sign_in_by_cookie(jupyter: Jupyter) -> dict[str, str]:
    """The cookies of a browser that opened the address with the token."""
    reply = await jupyter.raw("GET", f"/login?token={jupyter.token}")
    assert reply.status == 302
    cookies: dict[str, str] = {}
    for page in (reply, await jupyter.raw("GET", "/login")):
        for line in page.headers.splitlines():
            if line.lower().startswith("set-cookie:"):
                cookies |= {name: morsel.value for name, morsel in SimpleCookie(line.partition(":")[2]).items()}
    return cookies


async def test_every_change_by_cookie_needs_the_xsrf_token(jupyter: Jupyter) -> None:
    await jupyter.start()
    cookies = await sign_in_by_cookie(jupyter)
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    for verb, path in routes(jupyter):
        headers = {"Cookie": cookie, "Content-Type": "application/json"}
        body = None if verb == "GET" else b"{}"
        bare = await jupyter.raw(verb, path, body, headers)
        if verb == "GET":
            assert "success" in bare.json, "looking changes nothing"
            continue
        assert (verb, path, bare.status) == (verb, path, 403)
        assert "code" not in bare.text
        whole = await jupyter.raw(verb, path, body, {**headers, "X-XSRFToken": cookies["_xsrf"]})
        assert "success" in whole.json, "what is ours answers"


async def test_another_web_page_gets_nothing(jupyter: Jupyter) -> None:
    cookies = await sign_in_by_cookie(jupyter)
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-XSRFToken": cookies["_xsrf"],
        "Origin": "https://elsewhere.example",
    }
    for verb, path in routes(jupyter):
        reply = await jupyter.raw(verb, path, None if verb == "GET" else b"{}", headers)
        assert (verb, path, reply.status) == (verb, path, 404)
        assert "Access-Control-Allow-Origin" not in reply.headers


BEYOND = (
    "/vaults/local/api/iam/v1/secrets/values",
    "/vaults/local/api/iam/v1/secrets/{uid}",
    "/api/vault/v1/tokens",
    "/api/vault/v1/changes",
    "/api/vault/v1/stop",
    "/api/vault/v1/leave",
    "/hello",
    "/vaults/local/api/vault/v1/audit",
    "/api/iam/v1/secrets",
    "/vaults/local/../../api/vault/v1/tokens",
    "/vaults/local/api/iam/v1/secrets/..%2f..%2fvalues",
)


async def test_what_the_service_offers_beyond_is_not_there(jupyter: Jupyter) -> None:
    await jupyter.set_up()
    uid = await jupyter.create("A", "canary-beyond")
    for path in BEYOND:
        for verb in ("GET", "POST"):
            reply = await jupyter.ask(verb, path.format(uid=uid), None if verb == "GET" else {})
            assert reply.status in (404, 405), (verb, path)
            assert "canary-beyond" not in reply.text


async def test_the_token_for_pages_cannot_reveal(jupyter: Jupyter, home: Home) -> None:
    await jupyter.set_up()
    uid = await jupyter.create("A", "canary-reveal")
    loopback = jupyter.extension.page()._service._loopback
    assert loopback is not None
    run = home.run
    assert run is not None
    for path in (f"/vaults/local/api/iam/v1/secrets/{uid}", "/api/iam/v1/secrets/values"):
        answer = loopback.ask(Call("GET", path))
        assert answer.status == 403
        assert b"canary-reveal" not in answer.body
