"""Staff who are signed in to an application of the test client."""

from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from bot.staff import Role, StaffAccounts
from bot.web.staff_session import COOKIE, csrf_token

PASSWORD = "correct horse"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class SignedIn:
    """Calls as one of the staff, from a page of our own and with the CSRF token unless told."""

    client: TestClient
    token: str

    @property
    def cookie(self) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={self.token}"}

    def call(self, method: str, path: str, **more: object) -> Response:
        headers = {"X-Deskmate-CSRF": csrf_token(self.token)} | OWN_PAGE | self.cookie
        return self.client.request(method, path, headers=headers, follow_redirects=False, **more)


def accounts_of(client: TestClient) -> StaffAccounts:
    accounts: StaffAccounts = client.app.state.service.accounts
    return accounts


def session_of(app: FastAPI, name: str, role: Role = "agent", shown: str = "") -> str:
    """Make the account where it is not there, and sign it in: the token of a new session."""
    accounts: StaffAccounts = app.state.service.accounts
    if name not in {one.name for one in accounts.list()}:
        accounts.add(name, PASSWORD, role, shown)
    return accounts.sign_in(name, PASSWORD, "here")


def signed_in(client: TestClient, name: str, role: Role = "agent", shown: str = "") -> SignedIn:
    return SignedIn(client, session_of(client.app, name, role, shown))
