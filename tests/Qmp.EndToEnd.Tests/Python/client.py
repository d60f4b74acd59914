"""Talks to a monitor with QEMU's own client, and prints what came of it.

Argument: the monitor's socket.
"""
import asyncio
import sys

from qemu.qmp import EventListener, ExecuteError, QMPClient, Runstate


async def refused(client, *words, **options):
    try:
        await client.execute(*words, **options)
        print("accepted:", *words)
    except ExecuteError as error:
        print(error.error_class, str(error))


async def main(path):
    client = QMPClient("test")
    await client.connect(path)
    print(client.greeting.QMP.capabilities, client.runstate == Runstate.RUNNING)
    everything = EventListener()
    stops = EventListener(names="STOP")
    with client.listen(everything, stops):
        print(await client.execute("query-status"))
        print(await client.execute("stop"))
        print((await stops.get())["event"])
        print(await client.execute("cont"))
        print([(await everything.get())["event"], (await everything.get())["event"]])
    print(await client.execute("yank", {"instances": []}, oob=True))
    print(await client.execute_msg(client.make_execute_msg("query-status", oob=False)))
    print(await client._raw({"execute": "query-status", "id": "\u00e9 \" \U0001f600"}, assign_id=False))
    print(await asyncio.gather(*[client.execute("query-name") for _ in range(100)]))
    print(len(await client.execute("query-qmp-schema")) > 100)
    await refused(client, "no-such-command")
    await refused(client, "migrate", {"uri": 1})
    await refused(client, "qmp_capabilities")
    await refused(client, "stop", oob=True)
    await refused(client, "migrate", {"uri": "nonsense:"})
    await client.disconnect()
    print(client.runstate == Runstate.IDLE)

    # Again, with the same client; then the machine ends.
    await client.connect(path)
    print(await client.execute("quit"))
    try:
        await client.disconnect()
    except EOFError:
        pass  # the machine has hung up first


asyncio.run(main(sys.argv[1]))
