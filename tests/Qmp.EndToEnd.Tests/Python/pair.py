"""Runs two machines by qemu.machine.QEMUMachine: consoles, devices that come and go, a migration from one to the other."""
import os
import sys
import time

from qemu.machine import QEMUMachine

program, folder = sys.argv[1:]


def machine(name, *words):
    vm = QEMUMachine(program, name=name, base_temp_dir=folder)
    vm.set_machine("pc")
    vm.set_console()
    vm.add_args("-nodefaults", "-accel", "tcg", "-m", "64M", "-S", *words)
    return vm


uri = "unix:" + os.path.join(folder, "mig")
source, destination = machine("source"), machine("destination", "-incoming", "defer")
with source, destination:
    source.launch()
    destination.launch()
    print(source.console_socket.fileno() >= 0, source.is_running(), source.get_pid() is not None)
    for vm in (source, destination):
        print(vm.qmp("device_add", driver="virtio-net-pci", id="n0", mac="52:54:00:12:34:56"))
    print(source.qmp("device_add", driver="usb-tablet"))
    print(source.cmd("qom-get", path="/machine/peripheral/n0", property="mac"))
    for vm in (source, destination):
        vm.cmd("migrate-set-capabilities", capabilities=[{"capability": "events", "state": True}])
    print(destination.cmd("migrate-incoming", uri=uri))
    print(source.cmd("migrate", uri=uri))
    for vm in (source, destination):
        event = vm.event_wait("MIGRATION", match={"data": {"status": "completed"}}, timeout=30)
        print(event["data"])
    # The event comes first, the run state of the source a moment later.
    end = time.monotonic() + 30
    while source.cmd("query-status")["status"] == "finish-migrate" and time.monotonic() < end:
        time.sleep(0.01)
    print(source.cmd("query-status"), destination.cmd("query-status"))
print(source.exitcode(), destination.exitcode())
