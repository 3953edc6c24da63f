"""Timestamp authorities for tests: each has a root of its own; nothing leaves the machine."""

from __future__ import annotations

import datetime as dt
from functools import cache

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

_START = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_END = dt.datetime(2040, 1, 1, tzinfo=dt.UTC)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


class Authority:
    """A timestamp authority; ``purpose`` other than timestamps makes its certificate unfit; it lasts until ``end``."""

    def __init__(
        self,
        name: str,
        *,
        purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.TIME_STAMPING,
        end: dt.datetime = _END,
    ) -> None:
        root_key = rsa.generate_private_key(65537, 2048)
        key = rsa.generate_private_key(65537, 2048)
        root = self._certify(f"{name} root", root_key.public_key(), f"{name} root").add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        leaf = self._certify(name, key.public_key(), f"{name} root", end).add_extension(
            x509.ExtendedKeyUsage([purpose]), critical=True
        )
        self.name = name
        self.root_pem = root.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        self.root = asn1.Certificate.load(root.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))
        self._leaf = asn1.Certificate.load(
            leaf.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
        )
        self._key = keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

    @staticmethod
    def _certify(name: str, key: rsa.RSAPublicKey, issuer: str, end: dt.datetime = _END) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name(issuer))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(_START)
            .not_valid_after(end)
        )

    def stamper(self, at: dt.datetime) -> DummyTimeStamper:
        """What pyHanko asks for timestamps."""
        return DummyTimeStamper(self._leaf, self._key, fixed_dt=at)

    def answer(self, request: bytes, *, at: dt.datetime) -> bytes:
        """Answer a request (DER) as the authority does over HTTP."""
        answer: bytes = self.stamper(at).request_tsa_response(tsp.TimeStampReq.load(request)).dump()
        return answer


@cache
def chronos() -> Authority:
    """The authority that tests trust."""
    return Authority("Chronos Time")


@cache
def unknown() -> Authority:
    """An authority that nobody named."""
    return Authority("Unknown Time")
