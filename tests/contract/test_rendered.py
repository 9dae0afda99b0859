"""Rendered files are up to date, agree with each other, and hold what the decisions promise."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from functions.catalogue import FUNCTIONS
from functions.kernel.events import EVENT_TYPES, DeliveryRequested, Event
from functions.kernel.host.function import RINGING_TOPIC, Function
from infra.render.__main__ import main
from infra.render.files import CONTRACTS, rendered, stale, write
from infra.render.resiliency import seconds_of_retries
from infra.render.topics import all_topics

ROOT = Path(__file__).parents[2]
COMPONENTS = ROOT / "components"

pytestmark = pytest.mark.requirement("FLOW-022")


def documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((COMPONENTS / name).read_text()))


def pubsub(key: str) -> str:
    document = documents("pubsub.yaml")[0]
    return str(next(entry["value"] for entry in document["spec"]["metadata"] if entry["name"] == key))


def scopes(key: str) -> dict[str, set[str]]:
    apps = (app.partition("=") for app in pubsub(key).replace(" ", "").split(";"))
    return {name: set(topics.split(",")) for name, _, topics in apps}


def test_no_rendered_file_is_stale() -> None:
    assert stale(ROOT, rendered()) == []


def test_check_names_each_stale_file_and_render_puts_it_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = rendered()
    write(tmp_path, expected)
    (tmp_path / "components/pubsub.yaml").write_text("changed by hand\n")
    (tmp_path / "components/resiliency.yaml").unlink()
    orphan = tmp_path / "components/configuration/gone.yaml"
    orphan.write_text(expected["components/configuration/alarm.yaml"])
    (tmp_path / "components/own.yaml").write_text("# written by a person\n")

    code = main(["--root", str(tmp_path), "--check"])

    named = capsys.readouterr().out.splitlines()[:-1]
    assert (code, named) == (
        1,
        ["components/configuration/gone.yaml", "components/pubsub.yaml", "components/resiliency.yaml"],
    )
    assert main(["--root", str(tmp_path)]) == 0
    assert main(["--root", str(tmp_path), "--check"]) == 0
    assert not orphan.exists()
    assert (tmp_path / "components/own.yaml").exists()


def test_each_rendered_yaml_file_says_so_in_its_first_line() -> None:
    for path, text in rendered().items():
        if path.endswith(".yaml"):
            assert text.splitlines()[0] == "# rendered by `make render` from functions/catalogue.py: do not edit"


def test_each_handled_event_has_a_subscription_with_a_dead_letter_topic_of_its_own() -> None:
    handled = {
        (subscription["scopes"][0], subscription["spec"]["topic"]): subscription["spec"]["deadLetterTopic"]
        for subscription in documents("subscriptions.yaml")
        if subscription["spec"]["routes"]["default"] == "/events"
    }
    assert handled == {
        (function.name, function.consumes.topic): f"dead-letter.{function.name}"
        for function in FUNCTIONS
        if function.consumes
    }


def test_each_dead_letter_topic_is_heard_by_the_dead_letter_function_and_has_none_itself() -> None:
    subscriptions = [
        subscription for subscription in documents("subscriptions.yaml") if subscription["scopes"] == ["dead-letter"]
    ]
    assert {subscription["spec"]["routes"]["default"] for subscription in subscriptions} == {
        f"/dead-letters/{function.name}" for function in FUNCTIONS if function.consumes
    }
    assert not [subscription for subscription in subscriptions if "deadLetterTopic" in subscription["spec"]]


def test_the_page_is_woken_by_every_event_that_somebody_may_see() -> None:
    woken = {
        subscription["spec"]["topic"]
        for subscription in documents("subscriptions.yaml")
        if subscription["spec"]["routes"]["default"] == "/wake"
    }
    assert woken == {event_type.topic for event_type in EVENT_TYPES} - {DeliveryRequested.topic}


def test_a_bulk_is_what_the_function_takes_in_one_transaction() -> None:
    for subscription in documents("subscriptions.yaml"):
        function = next(function for function in FUNCTIONS if function.name == subscription["scopes"][0])
        bulk = subscription["spec"].get("bulkSubscribe")
        warming = subscription["spec"]["topic"] == RINGING_TOPIC
        assert (bulk["maxMessagesCount"] if bulk else 1) == (1 if warming else function.max_batch)


@pytest.mark.requirement("FLOW-008")
def test_every_delivery_is_retried_for_minutes_but_not_for_ever() -> None:
    (document,) = documents("resiliency.yaml")
    used = {subscription["spec"]["pubsubname"] for subscription in documents("subscriptions.yaml")}
    assert used == {component["metadata"]["name"] for component in documents("pubsub.yaml")}
    policies = document["spec"]["policies"]
    for pubsub_name in used:
        inbound = document["spec"]["targets"]["components"][pubsub_name]["inbound"]
        assert policies["retries"][inbound["retry"]]["maxRetries"] > 0
        assert inbound["timeout"] in policies["timeouts"]
    # Dapr itself ends exponential retries after 15 minutes, whatever the policy says.
    assert 4 * 60 < seconds_of_retries() < 15 * 60


def test_every_topic_is_protected_and_scoped_to_who_declares_it() -> None:
    known = set(all_topics(FUNCTIONS))
    assert set(pubsub("protectedTopics").split(", ")) == set(pubsub("allowedTopics").split(", ")) == known
    publishing, hearing = scopes("publishingScopes"), scopes("subscriptionScopes")
    for function in FUNCTIONS:
        own = {function.dead_letter_topic} if function.consumes else set()
        own |= {RINGING_TOPIC} if function.rings else set()
        assert publishing.get(function.name, set()) == {event.topic for event in function.emits} | own
    for subscription in documents("subscriptions.yaml"):
        assert subscription["spec"]["topic"] in hearing[subscription["scopes"][0]]
    assert set().union(*publishing.values()) == known
    assert set().union(*hearing.values()) == known


@pytest.mark.requirement("CLUSTER-014")
def test_each_lane_of_a_function_is_a_consumer_of_its_own_with_nothing_but_its_topic() -> None:
    first, *others = documents("pubsub.yaml")
    wide = [function for function in FUNCTIONS if function.lanes > 1]
    assert len(others) == max(function.lanes for function in FUNCTIONS) - 1
    for function in wide:
        assert function.consumes
        used = [
            subscription["spec"]["pubsubname"]
            for subscription in documents("subscriptions.yaml")
            if subscription["scopes"] == [function.name] and subscription["spec"]["topic"] == function.consumes.topic
        ]
        assert len(used) == len(set(used)) == function.lanes
        assert used[0] == first["metadata"]["name"]
    for lane in others:
        metadata = {entry["name"]: entry.get("value") for entry in lane["spec"]["metadata"]}
        users = [function for function in wide if function.name in lane["scopes"]]
        topics = {topic for f in users if f.consumes for topic in (f.consumes.topic, f.dead_letter_topic)}
        assert set(metadata["allowedTopics"].split(", ")) == set(metadata["protectedTopics"].split(", ")) == topics


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_each_emitted_event_is_declared(function: Function) -> None:
    """By the events that the function's service makes: what one of them declares, all of it may."""
    service = [other for other in FUNCTIONS if other.service == function.service]
    declared = {event.__name__ for other in service for event in other.emits}
    folder = ROOT / "functions" / function.service.replace("-", "_")
    sources = [file.read_text() for file in folder.rglob("*.py")]
    made = {event.__name__ for event in EVENT_TYPES if any(f"{event.__name__}(" in text for text in sources)}
    assert made <= declared


@pytest.mark.requirement("FLOW-019")
def test_each_app_reads_only_the_secrets_it_declares() -> None:
    for function in FUNCTIONS:
        (document,) = documents(f"configuration/{function.name}.yaml")
        (scope,) = document["spec"]["secrets"]["scopes"]
        assert scope["defaultAccess"] == "deny"
        assert scope["allowedSecrets"] == list(function.secrets)
        assert document["spec"]["accessControl"]["defaultAction"] == "deny"


def test_only_chat_api_may_call_another_function() -> None:
    allowed = {
        (policy["appId"], function.name)
        for function in FUNCTIONS
        for document in documents(f"configuration/{function.name}.yaml")
        for policy in document["spec"]["accessControl"]["policies"]
    }
    assert allowed == {("chat-api", "delivery-requested")}


def test_asyncapi_has_every_topic_and_every_reference_leads_somewhere() -> None:
    folder = ROOT / CONTRACTS
    document = yaml.safe_load((folder / "asyncapi.yaml").read_text())
    assert set(document["channels"]) == set(all_topics(FUNCTIONS))
    for reference in references(document):
        if reference.startswith("#/"):
            found = document
            for part in reference[2:].split("/"):
                found = found[part]
        else:
            assert (folder / reference).is_file()
    for operation in document["operations"].values():
        channel = operation["channel"]["$ref"]
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation["messages"])


def references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [reference for item in value for reference in references(item)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    return own + [reference for item in value.values() for reference in references(item)]


@pytest.mark.parametrize("event_type", EVENT_TYPES, ids=lambda event_type: event_type.topic)
def test_each_topic_has_a_schema_and_an_example(event_type: type[Event]) -> None:
    for folder in ("schemas", "examples"):
        assert (ROOT / CONTRACTS / folder / f"{event_type.topic}.json").is_file()
