"""Asks everything of a demo, as everybody, with what schemathesis invents.

    run.py NOMINATIONS EXAMPLES

A demo is made and served anew for each role, so that what one did is no excuse for what another finds. Where the budget of a
minute is spent, the next is waited for. Ends with 1 where an answer was wrong or the log has a panic or a fault of the service's own.
"""

import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).parent
# Everybody whom the demo lets in, by what they may: None is signed out.
ROLES = [None, "employer-1", "nztech-assessor", "nztech-lead", "inz-officer", "observer"]
KNOWN = """{
  classExceptions { id slug bodies { id slug } roles { code } }
  applications(first: 50) { nodes { id reference employer { nzbn } informationRequests { id } evidence { id } } }
}"""
FAULT = re.compile(r"panicked|\bINTERNAL\b|\bERROR\b")


def post(url, body, token=None):
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait(url, service):
    for _ in range(300):
        if service.poll() is not None:
            sys.exit("the service ended by itself")
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("the service does not come up")


def known_to(url, token):
    """What there is for this role, by the names of the arguments and fields that take it."""
    found = {}

    def collect(value):
        if isinstance(value, dict):
            for name, inner in value.items():
                if isinstance(inner, str):
                    found.setdefault(name, set()).add(inner)
                else:
                    collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)

    collect(post(f"{url}/graphql", {"query": KNOWN}, token)["data"])
    known = {name: sorted(values) for name, values in found.items()}
    known["classException"] = known["slug"]
    for name in ("application", "ballot", "release", "employer", "ids"):
        known[name] = known["id"]
    known["role"] = known["code"]
    return known


def ask_everything(role, url, examples, folder):
    token = role and post(f"{url}/demo/sign-in", {"person": role})["token"]
    command = [
        pathlib.Path(sys.executable).with_name("schemathesis"), "--no-color", "run", f"{url}/graphql",
        "--checks", "answers_by_the_schema", "--mode", "positive", "--phases", "fuzzing",
        "--max-examples", examples, "--generation-database", "none", "--warnings", "off", "--no-shrink", "--rate-limit", "auto",
    ]  # fmt: skip
    if token:
        command += ["--header", f"Authorization: Bearer {token}"]
    settings = {"SCHEMATHESIS_HOOKS": str(HERE / "hooks.py"), "KNOWN": json.dumps(known_to(url, token))}
    run = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, cwd=folder)
    return run.returncode, run.stdout + run.stderr


def play(role, program, examples):
    """Whether all was well with this role."""
    with tempfile.TemporaryDirectory() as folder:
        database, log = f"{folder}/demo.db", pathlib.Path(folder, "log")
        subprocess.run([program, "demo", "--database", database, "--applications", "120"], check=True, stdout=subprocess.DEVNULL)
        address = f"127.0.0.1:{free_port()}"
        with log.open("w") as to:
            serve = [program, "serve", "--database-url", f"sqlite://{database}", "--listen", address]
            service = subprocess.Popen(serve, stdout=to, stderr=to)
        try:
            wait(f"http://{address}", service)
            begun = time.monotonic()
            code, told = ask_everything(role, f"http://{address}", examples, folder)
            seconds = time.monotonic() - begun
        finally:
            service.terminate()
            service.wait(30)
        faults = [line for line in log.read_text().splitlines() if FAULT.search(line)]
    tested = re.search(r"Tested: (\d+)", told)
    cases = re.search(r"(\d+) generated.*", told)
    print(f"{role or 'signed out'}: {tested and tested[1]} operations, {cases and cases[0]}, {seconds:.0f} s, {len(faults)} faults in the log", flush=True)
    good = code == 0 and tested and cases and not faults
    if not good:
        print(told, *faults[:20], sep="\n", flush=True)
    return bool(good)


if __name__ == "__main__":
    program, examples = sys.argv[1:]
    sys.exit(0 if all([play(role, program, examples) for role in ROLES]) else 1)
