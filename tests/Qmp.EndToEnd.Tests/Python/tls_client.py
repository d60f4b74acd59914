"""Talks to a monitor over TLS with QEMU's own client: tls_client.py PORT FOLDER."""

import asyncio
import ssl
import sys

from qemu.qmp import ExecuteError, QMPClient, Runstate


async def main(port, folder):
    context = ssl.create_default_context(cafile=f"{folder}/ca-cert.pem")
    context.load_cert_chain(f"{folder}/client-cert.pem", f"{folder}/client-key.pem")
    client = QMPClient("test")
    await client.connect(("127.0.0.1", port), context)
    print(client.runstate == Runstate.RUNNING)
    print((await client.execute("query-status"))["status"])
    print(len(await client.execute("query-qmp-schema")) > 100)
    try:
        await client.execute("no-such-command")
    except ExecuteError as error:
        print(error.error_class)
    print(await client.execute("quit"))
    try:
        await client.disconnect()
    except EOFError:
        pass  # the machine has hung up first
    print(client.runstate == Runstate.IDLE)


asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
