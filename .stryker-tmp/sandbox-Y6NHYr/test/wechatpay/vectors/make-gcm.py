"""Makes gcm.json with the AESGCM of python's `cryptography`: a second implementation, not the one under test.

    python3 test/wechatpay/vectors/make-gcm.py

The key is for these tests only and opens nothing.
"""
import base64
import json
import pathlib

import cryptography
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

HERE = pathlib.Path(__file__).parent
KEY = "TEST-ONLY-apiv3-key-of-32-bytes!"
CASES = [
    ("a notification", "fdasflkja484", "payscore", '{"out_order_no":"1234323JKHDFE1243252","state":"DONE"}'),
    ("a Chinese text", "61f9c719728a", "transaction", '{"service_introduction":"某某酒店"}'),
    ("empty associated data", "0123456789ab", "", '{"state":"DOING"}'),
    ("an empty text", "ba9876543210", "payscore", ""),
    ("a certificate", "d215b0511e9c", "certificate", (HERE / "TEST-ONLY-platform-cert.pem").read_text()),
]


def seal(name: str, nonce: str, associated_data: str, plaintext: str) -> dict[str, str]:
    sealed = AESGCM(KEY.encode()).encrypt(nonce.encode(), plaintext.encode(), associated_data.encode())
    return {
        "name": name,
        "nonce": nonce,
        "associated_data": associated_data,
        "plaintext": plaintext,
        "ciphertext": base64.b64encode(sealed).decode(),
    }


made = {
    "made_by": f"python3 cryptography {cryptography.__version__}, AESGCM",
    "apiv3_key": KEY,
    "resources": [seal(*case) for case in CASES],
}
(HERE / "gcm.json").write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n")
