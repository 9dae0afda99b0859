"""ETag, If-Match and If-None-Match of what is no task: lists, filters, webhooks, and oneself."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from tests.integration.world import Person

pytestmark = pytest.mark.requirement("PROD-432")

HOOK = {"url": "https://example.org/", "topics": ["task.due.v1"]}


@dataclass(frozen=True)
class Resource:
    """How one is made (null: it is there), two changes of it, what its deletion says, and a field for any text."""

    made: tuple[str, Any] | None
    changes: tuple[dict[str, Any], dict[str, Any]]
    farewell: dict[str, Any] | None = None
    named: str = "name"

    async def path(self, person: Person) -> str:
        if self.made is None:
            return "/me"
        under, body = self.made
        return f"{under}/{(await person.post(under, body))['id']}"


RESOURCES = {
    "list": Resource(("/lists", {"name": "Home"}), ({"name": "House"}, {"name": "Garden"})),
    "filter": Resource(("/filters", {"name": "x", "query": "p1"}), ({"query": "p2"}, {"position": 9})),
    "webhook": Resource(("/webhooks", HOOK), ({"enabled": False}, {"topics": ["task.created.v1"]}), named="url"),
    "oneself": Resource(
        None,
        (
            {"quiet_from": "22:00", "quiet_until": "07:00"},
            {"default_reminders": [{"minutes_before": 5}]},
        ),
        {"confirm": "Sam"},
    ),
}


@pytest.fixture(params=RESOURCES)
def resource(request: pytest.FixtureRequest) -> Resource:
    return RESOURCES[request.param]


async def test_its_etag_is_that_of_what_is_read_after_each_write(sam: Person, resource: Resource) -> None:
    seen = set()
    if resource.made:
        under, body = resource.made
        made = await sam.http.post(under, json=body)
        assert made.headers["etag"] == (await sam.http.get(f"{under}/{made.json()['id']}")).headers["etag"]
    path = await resource.path(sam)
    for change in resource.changes:
        answer = await sam.http.patch(path, json=change)
        assert answer.status_code == 200, answer.text
        assert answer.headers["etag"] == (await sam.http.get(path)).headers["etag"]
        seen.add(answer.headers["etag"])
    assert len(seen) == 2


async def test_what_is_known_is_not_sent_again_until_it_changes(sam: Person, resource: Resource) -> None:
    path = await resource.path(sam)
    etag = (await sam.http.get(path)).headers["etag"]
    for tags in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        known = await sam.http.get(path, headers={"If-None-Match": tags})
        assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", etag)
    await sam.http.patch(path, json=resource.changes[0])
    assert (await sam.http.get(path, headers={"If-None-Match": etag})).status_code == 200


async def test_what_was_changed_meanwhile_is_left_as_it_is(sam: Person, resource: Resource) -> None:
    path = await resource.path(sam)
    etag = (await sam.http.get(path)).headers["etag"]
    changed = await sam.http.patch(path, json=resource.changes[0], headers={"If-Match": etag})
    assert changed.status_code == 200
    for tags in (etag, f"W/{changed.headers['etag']}", '"x"'):
        for method, body in (("PATCH", resource.changes[1]), ("DELETE", resource.farewell)):
            answer = await sam.http.request(method, path, json=body, headers={"If-Match": tags})
            assert (answer.status_code, answer.headers["content-type"]) == (412, "application/problem+json")
            assert changed.headers["etag"] in answer.json()["detail"]
    assert (await sam.http.get(path)).headers["etag"] == changed.headers["etag"]


async def test_what_is_as_it_was_read_is_deleted(sam: Person, resource: Resource) -> None:
    path = await resource.path(sam)
    etag = (await sam.http.get(path)).headers["etag"]
    answer = await sam.http.request("DELETE", path, json=resource.farewell, headers={"If-Match": etag})
    assert answer.status_code == 204


async def test_of_two_changes_at_once_of_what_was_read_one_is_done(sam: Person, resource: Resource) -> None:
    path = await resource.path(sam)
    for turn in range(5):
        etag = (await sam.http.get(path)).headers["etag"]
        answers = await asyncio.gather(
            *(
                sam.http.patch(
                    path, json={resource.named: f"https://example.org/{turn}{each}"}, headers={"If-Match": etag}
                )
                for each in "ab"
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        [done] = [answer for answer in answers if answer.status_code == 200]
        assert (await sam.get(path))[resource.named] == done.json()[resource.named]


async def test_a_change_and_a_deletion_at_once_are_never_both_done(sam: Person, resource: Resource) -> None:
    path = await resource.path(sam)
    etag = (await sam.http.get(path)).headers["etag"]
    changed, deleted = await asyncio.gather(
        sam.http.patch(path, json=resource.changes[0], headers={"If-Match": etag}),
        sam.http.request("DELETE", path, json=resource.farewell, headers={"If-Match": etag}),
    )
    assert (changed.status_code, deleted.status_code) in {(200, 412), (404, 204), (401, 204)}


async def test_a_secret_is_given_once_to_who_read_the_webhook_as_it_is(sam: Person) -> None:
    hook = await sam.http.post("/webhooks", json=HOOK)
    path = f"/webhooks/{hook.json()['id']}"
    headers = {"If-Match": hook.headers["etag"]}
    answers = await asyncio.gather(*(sam.http.post(f"{path}/secret/rotate", headers=headers) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    [rotated] = [answer for answer in answers if answer.status_code == 200]
    assert (await sam.http.get(path)).headers["etag"] == rotated.headers["etag"]


async def test_what_is_anothers_is_not_found_whatever_tag_is_asked_for(sam: Person, kim: Person) -> None:
    for name, resource in RESOURCES.items():
        if name == "oneself":
            continue
        path = await resource.path(kim)
        etag = (await kim.http.get(path)).headers["etag"]
        for tags in (etag, "*", '"x"'):
            answer = await sam.http.patch(path, json=resource.changes[0], headers={"If-Match": tags})
            assert answer.status_code == 404, name


async def test_a_change_sent_again_with_its_key_is_not_held_against_what_it_changed_itself(
    sam: Person, resource: Resource
) -> None:
    path = await resource.path(sam)
    headers = {"If-Match": (await sam.http.get(path)).headers["etag"], "Idempotency-Key": "a"}
    first, again = [await sam.http.patch(path, json=resource.changes[0], headers=headers) for _ in range(2)]
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.headers["etag"] == again.headers["etag"]
