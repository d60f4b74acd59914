"""Leads a migration from fault point to fault point with QEMU's own client.

Arguments: the monitors of source and destination, the URI, and the points of each, separated by commas.
Prints a line for each point at which something was held.
"""
import asyncio
import sys

from qemu.qmp import ExecuteError, QMPClient

CAPABILITIES = ["events", "return-path", "switchover-ack", "pause-before-switchover"]


async def connect(path, points):
    client = QMPClient()
    await client.connect(path)
    for point in points:
        await client.execute("x-fault-set", {"point": point, "action": "hold"})
    await client.execute("migrate-set-capabilities", {
        "capabilities": [{"capability": c, "state": True} for c in CAPABILITIES]})
    return client


async def release(client, name):
    held = [f["point"] for f in await client.execute("x-query-faults") if f["held"]]
    for point in held:
        status = await client.execute("query-status")
        info = await client.execute("query-migrate")
        print(name, point, status["status"], info.get("status"))
        await client.execute("x-fault-release", {"point": point})


async def main(source_path, destination_path, uri, source_points, destination_points):
    source = await connect(source_path, source_points.split(","))
    destination = await connect(destination_path, destination_points.split(","))
    await destination.execute("migrate-incoming", {"uri": uri})
    await source.execute("migrate", {"uri": uri})
    left = True
    while left:
        if (await source.execute("query-migrate"))["status"] == "pre-switchover":
            try:
                await source.execute("migrate-continue", {"state": "pre-switchover"})
            except ExecuteError:
                pass  # it has gone on since
        await release(source, "source")
        await release(destination, "destination")
        faults = await source.execute("x-query-faults") + await destination.execute("x-query-faults")
        left = any(f["hits"] == 0 or f["held"] for f in faults)
    for client in (source, destination):
        status = None
        while status != "completed":
            status = (await client.execute("query-migrate"))["status"]
        await client.disconnect()


asyncio.run(main(*sys.argv[1:]))
