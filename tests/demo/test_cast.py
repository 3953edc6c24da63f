"""Who is in the demo world: invented, distinct, and with a way in for every role."""

from __future__ import annotations

from itertools import chain

from assaymark.core.parties import Role
from assaymark.demo.cast import HALDEN, HOUSES, sign_ins

MEMBERS = [(house, member) for house in HOUSES for member in house.members]


class TestTheCast:
    def test_has_a_machine_shop_of_twelve(self) -> None:
        assert len(HALDEN.members) == 12

    def test_uses_addresses_that_nobody_owns(self) -> None:
        assert all(house.email(member).endswith(".example") for house, member in MEMBERS)

    def test_has_every_address_once(self) -> None:
        addresses = [house.email(member) for house, member in MEMBERS]
        assert len(addresses) == len(set(addresses))

    def test_has_somebody_to_sign_in_for_every_role_of_a_member(self) -> None:
        roles = set(chain.from_iterable(member.roles for _, member in MEMBERS if member.story))
        assert roles == set(Role) - {Role.GUEST_AUDITOR}


class TestTheTableOfSignIns:
    def test_begins_with_the_machine_shop(self) -> None:
        assert [line.organisation for line in sign_ins()[:5]] == ["Halden Precision Ltd"] * 5

    def test_names_those_with_a_reason_to_sign_in(self) -> None:
        assert len(sign_ins()) == sum(bool(member.story) for _, member in MEMBERS)

    def test_says_roles_in_words(self) -> None:
        marsh = next(line for line in sign_ins() if line.name == "G. Marsh")
        assert (marsh.roles, marsh.story) == ("Auditor, Decision maker", "decides, but not on own audits")
