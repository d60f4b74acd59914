"""Talks to a server with QEMU's own Python client; prints what it got, one JSON value a line."""

import asyncio
import json
import sys

from qemu.qmp import ExecuteError, QMPClient


async def main(path):
    qmp = QMPClient("test")
    await qmp.connect(path)
    print(json.dumps(qmp.greeting._asdict()["QMP"]["version"]["qemu"]))
    print(json.dumps(await qmp.execute("query-ready")))
    print(json.dumps(await qmp.execute("echo", {"what": {"a": [1, None, "\u00e4"]}})))
    try:
        await qmp.execute("nonsense")
    except ExecuteError as error:
        print(json.dumps([error.error_class, str(error)]))
    with qmp.listener("STOP") as listener:
        await qmp.execute("stop")
        event = await listener.get()
        print(json.dumps([event["event"], event["data"], sorted(event["timestamp"])]))
    answers = await asyncio.gather(*(qmp.execute("echo", {"what": n}) for n in range(100)))
    print(json.dumps(answers == list(range(100))))
    await qmp.disconnect()


asyncio.run(main(sys.argv[1]))
