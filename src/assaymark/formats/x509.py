"""A self-signed X.509 certificate for an issuer's own key, so that PDF readers can say who signed (RFC 5280, 8410).

Trust does not come from this certificate: the verifier compares its public key with the issuer's identifier.
Deterministic: the serial number follows from key, name and dates.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from asn1crypto import core, keys, x509

from assaymark.formats.jws import Signer

_ED25519 = "1.3.101.112"
_FOREVER = dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)  # RFC 5280 4.1.2.5: no well-defined expiry


def self_signed(*, signer: Signer, name: str, country: str = "", valid_from: dt.datetime) -> x509.Certificate:
    """Return a certificate that names the issuer and carries its key; ``name`` is cut to the 64 characters allowed."""
    fields = {"organization_name": name[:64], "common_name": name[:64]}
    if len(country) == 2:
        fields = {"country_name": country.upper()} | fields
    subject = x509.Name.build(fields)
    algorithm = {"algorithm": _ED25519}
    spki = keys.PublicKeyInfo({"algorithm": {"algorithm": "ed25519"}, "public_key": signer.public_key})
    key_hash = hashlib.sha1(signer.public_key).digest()  # noqa: S324  RFC 5280 4.2.1.2 method 1, an identifier only
    seed = signer.public_key + name.encode() + valid_from.isoformat().encode()
    body = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": int.from_bytes(hashlib.sha256(seed).digest()[:16], "big") >> 1,
            "signature": algorithm,
            "issuer": subject,
            "validity": {"not_before": _time(valid_from), "not_after": _time(_FOREVER)},
            "subject": subject,
            "subject_public_key_info": spki,
            "extensions": [
                {
                    "extn_id": "key_identifier",
                    "extn_value": core.OctetString(key_hash),
                },
                {
                    "extn_id": "key_usage",
                    "critical": True,
                    "extn_value": x509.KeyUsage({"digital_signature", "non_repudiation"}),
                },
            ],
        }
    )
    return x509.Certificate(
        {
            "tbs_certificate": body,
            "signature_algorithm": algorithm,
            "signature_value": signer.sign(body.dump()),
        }
    )


def _time(moment: dt.datetime) -> x509.Time:
    moment = moment.astimezone(dt.UTC).replace(microsecond=0)
    return x509.Time({"utc_time" if moment.year < 2050 else "general_time": moment})
