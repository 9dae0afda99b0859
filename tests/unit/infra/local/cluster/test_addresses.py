from itertools import combinations, islice
from pathlib import Path

import pytest

from infra.local.cluster.addresses import BLOCKS, SPACE, Addresses, candidates

pytestmark = pytest.mark.requirement("CLUSTER-011")


def test_no_two_copies_share_an_address_or_a_name() -> None:
    copies = [Addresses(number) for number in (0, 1, 2, BLOCKS - 1)]

    for one, other in combinations(copies, 2):
        assert not one.block.overlaps(other.block)
        assert one.name != other.name
        assert one.interface != other.interface


@pytest.mark.parametrize("number", [0, 1, BLOCKS - 1])
def test_what_a_copy_has_lies_in_its_block_without_overlap(number: int) -> None:
    addresses = Addresses(number)
    parts = (addresses.link, addresses.pods, addresses.services)

    assert addresses.block.subnet_of(SPACE)
    assert all(part.subnet_of(addresses.block) for part in parts)
    assert not any(one.overlaps(other) for one, other in combinations(parts, 2))
    assert {addresses.machine, addresses.node} < set(addresses.link.hosts())
    assert {addresses.api_service, addresses.dns_service} < set(addresses.services.hosts())


def test_the_name_of_an_interface_is_one_that_linux_takes() -> None:
    assert len(Addresses(BLOCKS - 1).interface) <= 15


def test_a_folder_leads_to_the_same_block_each_time_and_to_every_other_after_it() -> None:
    order = [addresses.number for addresses in candidates(Path("/home/somebody/taskwake"))]

    assert order[:3] == [addresses.number for addresses in islice(candidates(Path("/home/somebody/taskwake")), 3)]
    assert sorted(order) == list(range(BLOCKS))
    assert next(candidates(Path("/elsewhere"))).number != order[0]
