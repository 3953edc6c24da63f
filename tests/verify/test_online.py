"""Verifying online: a bare credential leads to its chain and status, within a budget, and only if that is signed."""

from __future__ import annotations

import orjson

from assaymark.formats import jws
from assaymark.formats.credential_claims import certificate_claims
from assaymark.verify import Answer, CertificateVerdict, Code, Input, Policy, verify
from tests.trust_cast import ANCHORS, CERTIFICATE, HANSE, NOW, STRANGER, Chain, Issuer

YES, UNKNOWN = Answer.YES, Answer.UNKNOWN


class Web:
    """What the cast publishes, by address; remembers what was asked for."""

    def __init__(self, chain: Chain) -> None:
        self.asked: list[str] = []
        self.pages: dict[str, bytes] = {}
        accreditation, recognition = chain.parents()
        assert chain.accreditation
        assert chain.recognition
        self.pages[chain.accreditation.credential_id] = accreditation.encode()
        self.pages[chain.recognition.credential_id] = recognition.encode() + b"\n"
        for issuer in chain.issuers():
            status = issuer.content.status
            suspension, revocation = issuer.lists(NOW)
            self.pages |= {
                status.suspension_list: suspension.encode(),
                status.revocation_list: revocation.encode(),
                status.log: issuer.log(NOW).encode(),
            }

    def __call__(self, url: str) -> bytes:
        self.asked.append(url)
        if url not in self.pages:
            raise OSError("no route")
        return self.pages[url]


def judge(web: Web, policy: Policy | None = None, data: bytes | None = None) -> CertificateVerdict:
    inputs = [Input("certificate", data or Chain().token.encode())]
    return verify(inputs, at=NOW, now=NOW, anchors=ANCHORS, fetch=web, policy=policy)[0]


def answers(verdict: CertificateVerdict) -> list[Answer]:
    return [finding.answer for finding in verdict.findings.values()]


class TestOnline:
    def test_a_bare_credential_gets_four_times_yes(self) -> None:
        assert answers(judge(Web(Chain()))) == [YES, YES, YES, YES]

    def test_each_address_is_asked_once(self) -> None:
        web = Web(Chain())
        judge(web)
        assert len(web.asked) == len(set(web.asked)) == 11

    def test_todays_suspension_is_found_behind_an_older_bundle(self) -> None:
        chain = Chain()
        chain.of_certificate.suspended = True
        old = Chain().bundle(NOW.replace(day=20))
        assert judge(Web(chain), data=old).in_force.code is Code.SUSPENDED

    def test_what_cannot_be_fetched_is_unknown_and_named(self) -> None:
        web = Web(Chain())
        web.pages.clear()
        verdict = judge(web)
        assert answers(verdict) == [YES, UNKNOWN, UNKNOWN, UNKNOWN]
        assert any("could not be fetched (no route)" in notice for notice in verdict.notices)

    def test_a_list_signed_by_somebody_else_does_not_count(self) -> None:
        web = Web(Chain())
        suspension, revocation = Issuer(STRANGER, CERTIFICATE).lists(NOW)
        web.pages[CERTIFICATE.status.suspension_list] = suspension.encode()
        web.pages[CERTIFICATE.status.revocation_list] = revocation.encode()
        del web.pages[CERTIFICATE.status.log]
        assert judge(web).in_force.answer is UNKNOWN

    def test_a_page_of_something_else_is_left_out(self) -> None:
        web = Web(Chain())
        web.pages[CERTIFICATE.status.suspension_list] = b"<html>hello</html>"
        web.pages[CERTIFICATE.status.log] = b'{"json": "but no bundle"}'
        verdict = judge(web)
        assert verdict.in_force.answer is UNKNOWN
        assert any("neither a token nor a bundle" in notice for notice in verdict.notices)

    def test_the_budget_of_addresses_is_kept(self) -> None:
        web = Web(Chain())
        verdict = judge(web, Policy(max_fetches=2))
        assert len(web.asked) == 2
        assert any("the limit of 2 addresses is reached" in notice for notice in verdict.notices)

    def test_nothing_is_fetched_for_what_is_not_authentic(self) -> None:
        web = Web(Chain())
        judge(web, data=Chain().token.encode()[:-1])
        assert web.asked == []

    def test_a_credential_cannot_make_the_verifier_ask_without_end(self) -> None:
        entries = [
            {
                "type": "BitstringStatusListEntry",
                "statusPurpose": "suspension",
                "statusListIndex": 1,
                "statusListCredential": f"https://x.example/{n}",
            }
            for n in range(100)
        ]
        claims = certificate_claims(CERTIFICATE) | {"credentialStatus": entries}
        token = jws.sign(orjson.dumps(claims), signer=HANSE, typ="vc+jwt", cty="vc")
        web = Web(Chain())
        verdict = judge(web, data=token.encode())
        assert "more than eight status entries" in verdict.authentic.reason
        assert web.asked == []
