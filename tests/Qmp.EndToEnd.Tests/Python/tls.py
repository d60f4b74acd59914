"""Talks to a monitor over TLS: tls.py PORT FOLDER."""

import json
import socket
import ssl
import sys

port, folder = int(sys.argv[1]), sys.argv[2]
context = ssl.create_default_context(cafile=f"{folder}/ca-cert.pem")
context.load_cert_chain(f"{folder}/client-cert.pem", f"{folder}/client-key.pem")
with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
    with context.wrap_socket(plain, server_hostname="localhost") as stream:
        lines = stream.makefile("rw", encoding="utf-8", newline="\n")

        def ask(command):
            lines.write(json.dumps({"execute": command}) + "\n")
            lines.flush()
            while True:
                reply = json.loads(lines.readline())
                if "event" not in reply:
                    return reply

        assert "QMP" in json.loads(lines.readline())
        ask("qmp_capabilities")
        print(ask("query-status")["return"]["status"])
        print(ask("no-such-command")["error"]["class"])
        ask("quit")
        while lines.readline():
            pass
        print("closed")
