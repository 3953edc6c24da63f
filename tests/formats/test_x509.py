"""The self-signed certificate that carries an issuer's key into a PDF."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assaymark.formats.x509 import self_signed
from tests.trust_cast import HANSE, NOW


def made(name: str = "Hanse Cert GmbH", country: str = "DE") -> x509.Certificate:
    certificate = self_signed(signer=HANSE, name=name, country=country, valid_from=NOW)
    return x509.load_der_x509_certificate(certificate.dump())


class TestTheCertificate:
    def test_carries_the_issuers_key(self) -> None:
        key = made().public_key()
        assert isinstance(key, Ed25519PublicKey)
        assert key.public_bytes_raw() == HANSE.public_key

    def test_is_signed_by_that_key(self) -> None:
        made().verify_directly_issued_by(made())

    def test_names_the_body(self) -> None:
        assert made().subject.rfc4514_string() == "CN=Hanse Cert GmbH,O=Hanse Cert GmbH,C=DE"

    def test_cuts_a_name_to_what_the_form_allows(self) -> None:
        assert len(made(name="N" * 200).subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value) == 64

    def test_leaves_out_a_country_that_is_no_code(self) -> None:
        assert not made(country="Germany").subject.get_attributes_for_oid(x509.NameOID.COUNTRY_NAME)

    def test_holds_from_its_day_without_end(self) -> None:
        assert made().not_valid_before_utc == NOW
        assert made().not_valid_after_utc.year == 9999

    def test_is_for_signing_only(self) -> None:
        usage = made().extensions.get_extension_for_class(x509.KeyUsage)
        assert usage.critical
        assert (usage.value.digital_signature, usage.value.content_commitment) == (True, True)
        assert not usage.value.key_cert_sign

    def test_is_the_same_bytes_each_time(self) -> None:
        one, two = (self_signed(signer=HANSE, name="x", valid_from=NOW).dump() for _ in range(2))
        assert one == two
