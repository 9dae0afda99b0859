"""infra/terraform: what the providers take, in good form, with no unexplained finding, and what the platform needs."""

import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache, partial
from pathlib import Path

import pytest
import yaml

from infra.local.tools.checkov import checkov
from infra.local.tools.opentofu import tofu
from infra.local.tools.tflint import tflint
from tests.contract.cluster.overlays import ROOT, of_kind, overlay, run, tool
from tests.contract.terraform_files import Module, parser
from tests.contract.terraform_schema import SOURCES, schema, schemas

TERRAFORM = ROOT / "infra/terraform"
FOLDERS = ("aks", "gke", "oke", "neon")
CLUSTERS = ("aks", "gke", "oke")

pytestmark = pytest.mark.requirement("CLUSTER-007")

RANGES = {"aks": '["203.0.113.7/32"]', "gke": '{ office = "203.0.113.0/29" }', "oke": '["203.0.113.7/32"]'}
VALID = {
    "aks": {
        "subscription_id": "00000000-0000-4000-8000-000000000000",
        "admin_group_ids": '["00000000-0000-4000-8000-000000000001"]',
    },
    "gke": {"project_id": "example-project"},
    "oke": {"tenancy_id": "ocid1.tenancy.oc1..example", "compartment_id": "ocid1.compartment.oc1..example"},
    "neon": {"org_id": "org-example-12345678"},
}
INVALID = [
    ("aks", "authorized_ranges", "[]"),
    ("aks", "authorized_ranges", '["0.0.0.0/0"]'),
    ("aks", "kubernetes_version", "1.32"),
    ("aks", "subscription_id", "mine"),
    ("aks", "admin_group_ids", "[]"),
    ("gke", "authorized_ranges", '{ all = "0.0.0.0/0" }'),
    ("gke", "architecture", "riscv64"),
    ("gke", "min_nodes", "1"),
    ("oke", "authorized_ranges", '["0.0.0.0/0"]'),
    ("oke", "kubernetes_version", "1.34"),
    ("oke", "compartment_id", "taskwake"),
    ("neon", "suspend_after_seconds", "5"),
    ("neon", "pg_version", "15"),
]


@cache
def module(folder: Path) -> Module:
    """Read once: the parser takes its time."""
    tool(parser)
    return Module.read(folder)


def problems(folder: Path) -> list[str]:
    for name in module(folder).providers().keys() & SOURCES.keys():
        tool(partial(schema, name))
    return list(module(folder).problems())


@pytest.mark.parametrize("name", FOLDERS)
def test_the_providers_take_every_argument_and_have_every_attribute(name: str) -> None:
    assert problems(TERRAFORM / name) == []


@pytest.mark.parametrize(
    ("name", "before", "after", "said"),
    [
        ("aks", "sku_tier  ", "tier  ", "no argument 'tier'"),
        ("aks", "network_plugin_mode", "plugin_mode", "no argument 'plugin_mode'"),
        ("aks", "dns_prefix  ", "zones  ", "no argument 'zones'"),
        ("aks", "oidc_issuer_url", "issuer_url", "no attribute 'issuer_url'"),
        ("gke", 'dynamic "taint"', 'dynamic "taints"', "no block 'taints'"),
        ("gke", "workload_identity_config {", "workload_identity {", "no block 'workload_identity'"),
        ("gke", "member     = google", "members = google", "the argument 'member' is missing"),
        ("oke", "node_shape         =", "shape =", "the argument 'node_shape' is missing"),
        ("oke", "endpoint_config {", "endpoint {", "no block 'endpoint'"),
        ("oke", "management_endpoint = oci_kms_vault.this", "management_endpoint = oci_kms_vault.other", "there is no"),
        ("neon", "suspend_timeout_seconds", "suspend_timeout", "no argument 'suspend_timeout'"),
        ("neon", "database_host_pooler", "host_pooler", "no attribute 'host_pooler'"),
    ],
)
def test_what_a_provider_does_not_take_is_noticed(
    tmp_path: Path, name: str, before: str, after: str, said: str
) -> None:
    folder = shutil.copytree(TERRAFORM / name, tmp_path / name)
    changed = 0
    for file in folder.glob("*.tf"):
        text = file.read_text()
        changed += text.count(before)
        file.write_text(text.replace(before, after, 1))
    assert changed

    assert any(said in problem for problem in problems(folder))


@pytest.mark.parametrize("name", FOLDERS)
def test_the_pinned_provider_is_the_one_whose_schema_is_read(name: str) -> None:
    ((provider, version),) = module(TERRAFORM / name).providers().items()

    if provider in SOURCES:
        assert version == SOURCES[provider].provider_version
    else:
        assert schemas(provider).keys() == {"resource.neon_project"}
        assert version == "0.15.0"


def test_everything_is_formatted() -> None:
    done = run([tool(tofu), "fmt", "-check", "-diff", "-recursive", TERRAFORM], env=without_settings())

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", FOLDERS)
def test_tflint_finds_nothing(name: str) -> None:
    options = [f"--chdir={TERRAFORM / name}", f"--config={TERRAFORM / '.tflint.hcl'}"]
    done = run([tool(tflint), *options], env=without_settings())

    assert done.returncode == 0, done.stdout + done.stderr


def test_checkov_finds_nothing_unexplained() -> None:
    argv = [sys.executable, "-m", "checkov.main", "-d", TERRAFORM, "--framework", "terraform"]
    env = {**os.environ, "PYTHONPATH": str(tool(checkov))}
    done = run([*argv, "--skip-download", "--quiet", "--compact", "-o", "json"], env=env)
    report = json.loads(done.stdout)

    assert [f"{each['check_id']} {each['resource']}" for each in report["results"]["failed_checks"]] == []
    assert report["summary"]["passed"] > 50
    for file in TERRAFORM.rglob("*.tf"):
        for skipped in re.findall(r"checkov:skip=(.*)", file.read_text()):
            assert len(skipped.partition(":")[2].split()) > 4, f"{file.name}: why is {skipped} skipped?"


def plan_of_variables(folder: Path, scratch: Path, values: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What OpenTofu says to these values, without any provider."""
    shutil.copy(folder / "variables.tf", scratch)
    options = [f"-var={name}={value}" for name, value in values.items()]
    argv = [tool(tofu), f"-chdir={scratch}", "plan", "-no-color", "-input=false", *options]
    return run(argv, env=without_settings())


@pytest.mark.parametrize("name", FOLDERS)
def test_the_variables_need_no_more_than_what_nobody_can_guess(tmp_path: Path, name: str) -> None:
    ranges = {"authorized_ranges": RANGES[name]} if name in RANGES else {}

    done = plan_of_variables(TERRAFORM / name, tmp_path, VALID[name] | ranges)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("name", "variable", "value"), INVALID)
def test_a_value_that_makes_no_sense_is_refused(tmp_path: Path, name: str, variable: str, value: str) -> None:
    ranges = {"authorized_ranges": RANGES[name]} if name in RANGES else {}

    done = plan_of_variables(TERRAFORM / name, tmp_path, VALID[name] | ranges | {variable: value})

    assert done.returncode == 1
    assert f'variable "{variable}"' in done.stderr


@pytest.mark.parametrize("name", FOLDERS)
def test_variables_and_outputs_say_what_they_are(name: str) -> None:
    found = module(TERRAFORM / name)

    for kind in ("variable", "output"):
        for label, body in found.named(kind).items():
            assert len(body.get("description", "")) > 10, f"{kind} {label}"
    for label, body in found.named("variable").items():
        assert "type" in body, label


@pytest.mark.parametrize("name", FOLDERS)
def test_the_state_is_kept_elsewhere(name: str) -> None:
    (backend,) = (block["backend"][0] for block in module(TERRAFORM / name).of("terraform"))

    assert {key.strip('"') for key in backend} & {"azurerm", "gcs", "s3"}
    assert (TERRAFORM / name / "backend.example.hcl").is_file()


def test_terraform_touches_nothing_inside_of_a_cluster() -> None:
    text = "".join(file.read_text() for file in TERRAFORM.rglob("*.tf"))

    assert not re.search(r"kubectl|local-exec|remote-exec|\bhelm_release\b|\bkubernetes_(?!cluster|version)\w+\"", text)


@pytest.mark.parametrize("name", CLUSTERS)
def test_there_is_an_output_for_each_value_that_the_platform_puts_in(name: str) -> None:
    platform = yaml.safe_load((ROOT / "infra/platform/platform.yaml").read_text())
    wanted = {output for part in platform["overlays"][name] for output in part.get("outputs", [])}

    assert wanted
    assert wanted <= module(TERRAFORM / name).named("output").keys()


def test_google_has_a_place_for_each_secret_that_the_overlay_brings() -> None:
    default = module(TERRAFORM / "gke").named("variable")["secrets"]["default"]
    brought = {
        entry["remoteRef"]["key"]
        for each in of_kind(overlay("gke"), "ExternalSecret").values()
        for entry in each["spec"]["data"]
        if each["spec"]["secretStoreRef"]["kind"] == "ClusterSecretStore"
    }

    assert {name.strip('"') for name in default} == brought


@pytest.mark.parametrize("name", FOLDERS)
def test_every_output_is_in_the_table_of_the_readme(name: str) -> None:
    readme = (TERRAFORM / "README.md").read_text()
    section = readme.split(f"\n### {name}\n", 1)[1].split("\n##", 1)[0]

    for output in module(TERRAFORM / name).named("output"):
        assert f"`{output}`" in section, output


def without_settings() -> dict[str, str]:
    """The environment without the person's own settings of Terraform's."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "TFLINT_"))}
