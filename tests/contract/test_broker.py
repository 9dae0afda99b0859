"""infra/platform/redpanda: the topics of the catalogue, and logins that may what their functions may."""

import pytest

from functions.catalogue import FUNCTIONS
from infra.render.redpanda import password_secret
from infra.render.topics import all_topics, heard_by, published_by
from tests.contract.cluster.overlays import of_kind, overlay
from tests.contract.platform_files import CLOUDS, objects

pytestmark = pytest.mark.requirement("CLUSTER-008")


def test_redpanda_has_each_topic_and_no_other() -> None:
    topics = of_kind(objects("redpanda"), "Topic")

    assert topics.keys() == set(all_topics(FUNCTIONS))
    for topic in topics.values():
        assert topic["spec"]["partitions"] == 12
        assert topic["spec"]["replicationFactor"] == 3


def test_each_login_may_what_its_function_may_and_nothing_else() -> None:
    users = of_kind(objects("redpanda"), "User")

    assert users.keys() == {function.name for function in FUNCTIONS}
    for function in FUNCTIONS:
        rules = {
            (rule["resource"]["type"], rule["resource"]["name"], operation)
            for rule in users[function.name]["spec"]["authorization"]["acls"]
            for operation in rule["operations"]
        }
        written, read = set(published_by(function)), set(heard_by(function, FUNCTIONS))
        groups = {("group", function.name, operation) for operation in ("Read", "Describe") if read}
        expected = {("topic", topic, "Write") for topic in written} | {("topic", topic, "Read") for topic in read}
        assert rules == expected | {("topic", topic, "Describe") for topic in written | read} | groups


def test_a_login_is_brought_to_where_the_cloud_overlays_look_for_it() -> None:
    brought = of_kind(objects("access"), "ExternalSecret")
    keys = {f"{name}:{entry['secretKey']}" for name, each in brought.items() for entry in each["spec"]["data"]}

    for name in CLOUDS:
        for anchor in of_kind(overlay(name), "Deployment").values():
            annotation = anchor["spec"]["template"]["metadata"]["annotations"]["dapr.io/env-from-secret"]
            wanted = {entry.partition("=")[2] for entry in annotation.split(",")}
            assert wanted <= keys, anchor["metadata"]["name"]


def test_external_secrets_may_read_what_it_brings_and_nothing_else() -> None:
    (rule,) = of_kind(objects("redpanda"), "Role")["broker"]["rules"]
    brought = of_kind(objects("access"), "ExternalSecret").values()

    assert rule["verbs"] == ["get"]
    assert set(rule["resourceNames"]) == {each["spec"]["data"][0]["remoteRef"]["key"] for each in brought}
    assert {password_secret(function) for function in FUNCTIONS} < set(rule["resourceNames"])


def test_redpanda_takes_nobody_unknown_and_needs_no_privilege() -> None:
    settings = of_kind(objects("redpanda"), "Redpanda")["broker"]["spec"]["clusterSpec"]

    assert settings["auth"]["sasl"]["enabled"] is True
    assert settings["tls"]["enabled"] is True
    assert settings["external"]["enabled"] is False
    assert settings["tuning"]["tune_aio_events"] is False
    assert settings["config"]["cluster"]["auto_create_topics_enabled"] is False
