"""What verifying a whole register costs, held against the bare signatures of the same bytes, measured in the same run.

Bars: each certificate at most 1.8 × a bare libsodium verification, and less than a bare one by `cryptography`; 1.5
million certificates at most 130 s of processor time and 600 MB by signatures, 20 s by snapshot; linear in their number.

    python bench/verify.py                    # 15,000 and 45,000
    python bench/verify.py 15000 1500000      # the world's ISO 9001 certificates; takes some minutes and 14 GB of disk
    python bench/verify.py --folder DIR       # a world that was made before
"""

from __future__ import annotations

import base64
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from measure import ASSAYMARK, ROOT, Figure, fresh_home, report, run

sys.path.insert(0, str(ROOT / "src"))
SAMPLE = 4000


def bare(folder: Path) -> tuple[float, float]:
    """Seconds for one bare verification of certificates of the folder: by libsodium, by `cryptography`; best of 3."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    from assaymark.formats.did import public_key_of

    signed: list[tuple[bytes, bytes, bytes]] = []
    with next(iter(sorted(folder.glob("certificates-*.jwt")))).open("rb") as lines:
        for line in lines:
            message, _, signature = line.strip().rpartition(b".")
            header = json.loads(base64.urlsafe_b64decode(message.partition(b".")[0] + b"=="))
            signed.append((message, base64.urlsafe_b64decode(signature + b"=="), public_key_of(header["iss"])))
            if len(signed) == SAMPLE:
                break
    sodium = [VerifyKey(key) for _, _, key in signed]
    openssl = [Ed25519PublicKey.from_public_bytes(key) for _, _, key in signed]

    def by_sodium() -> None:
        for key, (message, signature, _) in zip(sodium, signed, strict=True):
            try:
                key.verify(message, signature)
            except BadSignatureError:
                continue

    def by_openssl() -> None:
        for key, (message, signature, _) in zip(openssl, signed, strict=True):
            try:
                key.verify(signature, message)
            except InvalidSignature:
                continue

    return _cpu(by_sodium) / len(signed), _cpu(by_openssl) / len(signed)


def _cpu(function: Callable[[], None]) -> float:
    def once() -> float:
        before = time.process_time()
        function()
        return time.process_time() - before

    return min(once() for _ in range(3))


def ours(folder: Path, *more: str) -> tuple[float, int]:
    """Processor seconds that `register verify` needs, and how many certificates; ends when the truth is not met."""
    command = [ASSAYMARK, "register", "verify", str(folder), "--json", *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    told = json.loads(done.stdout)
    truth = json.loads((folder / "truth.json").read_text())
    if told["verdicts"] != truth["verdicts"]:
        sys.exit(f"The counts differ from the truth: {told['verdicts']} and {truth['verdicts']}")
    return float(told["cpu_seconds"]), int(told["certificates"])


def measured(folder: Path) -> tuple[list[Figure], float]:
    """The figures of one world, and the processor time of each certificate in µs."""
    sodium, openssl = bare(folder)
    signed, many = ours(folder, "--jobs", "1")
    listed, _ = ours(folder, "--jobs", "1", "--snapshot")
    each = signed / many * 1e6
    big = many >= 1_000_000
    figures = [
        Figure(f"{many:,}: each, against libsodium", each, "µs", sodium * 1e6, "bare libsodium", 1.8 * sodium * 1e6),
        Figure(f"{many:,}: each, against cryptography", each, "µs", openssl * 1e6, "bare cryptography", openssl * 1e6),
        Figure(f"{many:,}: all by signatures", signed, "s", sodium * many, "bare libsodium", 130.0 if big else None),
        Figure(f"{many:,}: all by snapshot", listed, "s", sodium * many, "bare libsodium", 20.0 if big else None),
    ]
    return figures, each


def main() -> int:
    """Measure and print; every world's truth must be met exactly."""
    figures: list[Figure] = []
    if "--folder" in sys.argv:
        figures, _ = measured(Path(sys.argv[sys.argv.index("--folder") + 1]))
    else:
        sizes = [int(size) for size in sys.argv[1:]] or [15_000, 45_000]
        costs = []
        with fresh_home() as home:
            for size in sizes:
                folder = home / str(size)
                run([ASSAYMARK, "world", "make", "--certificates", str(size), "-o", str(folder), "--seed", "7"])
                found, each = measured(folder)
                figures += found
                costs.append(each)
        figures.append(
            Figure("linear: each of the most", costs[-1], "µs", costs[0], f"each of {sizes[0]:,}", costs[0] * 1.25)
        )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    figures.append(Figure("memory of the largest process", peak, "MB", 600.0, "the bar", 600.0))
    print("The truth was met exactly by signatures and by snapshot.")
    return report(figures)


if __name__ == "__main__":
    sys.exit(main())
