"""Launches an emulator as QEMU's own tests do, by qemu.machine.QEMUMachine, in each of its ways to be reached."""
import os
import sys

from qemu.machine import QEMUMachine

program, folder = sys.argv[1:]
for address in (None, os.path.join(folder, "monitor"), ("127.0.0.1", 0)):
    if isinstance(address, tuple):
        import socket
        with socket.socket() as free:
            free.bind(address)
            address = free.getsockname()
    vm = QEMUMachine(program, monitor_address=address, base_temp_dir=folder)
    vm.set_machine("none")
    with vm:
        vm.launch()
        print(vm.qmp("query-status"))
        vm.cmd("stop")
        print(vm.event_wait("STOP")["event"])
        print(vm.qmp("no-such-command"))
        vm.shutdown()
    print(vm.exitcode())
