"""A ballot drawn by nothing but Python's hashlib, from the published procedure.

Reads a JSON list of ballots and writes what each of them gives.
"""

import hashlib
import json
import sys


def sha256(text):
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def run(ballot):
    scheme, ids = ballot["scheme"], sorted(ballot["entries"])
    digest = sha256("".join(entry + "\n" for entry in ids))
    secrets = ballot["secrets"]
    terms = "".join(f"|{body}={secrets[body] or ''}" for body in sorted(secrets))
    randomness = ballot["signature"] and hashlib.sha256(bytes.fromhex(ballot["signature"])).hexdigest()
    seed = sha256(f"ballot-seed-v1|{scheme}|{digest}{terms}|beacon={randomness or ''}")
    tickets = sorted((sha256(f"ballot-ticket-v1|{seed}|{entry}"), entry) for entry in ids)
    order = [(ticket, entry) for ticket, entry in tickets if entry not in ballot["struck"]]
    return {
        "digest": digest,
        "commitments": {
            body: sha256(f"ballot-commit-v1|{scheme}|{body}|{digest}|{secret}") for body, secret in secrets.items() if secret
        },
        "seed": seed,
        "results": [
            {"rank": rank, "entry": entry, "ticket": ticket, "won": rank <= ballot["places"]}
            for rank, (ticket, entry) in enumerate(order, 1)
        ],
    }


json.dump([run(ballot) for ballot in json.load(sys.stdin)], sys.stdout)
