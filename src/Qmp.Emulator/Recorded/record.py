#!/usr/bin/env python3
"""Records what a QEMU says of its types, machines, CPU models and options, for RecordedCatalogue to read.

usage: record.py EMULATOR FILE        (FILE: qemu-VERSION.zip in this folder)

Names, types, defaults and numbers are kept; descriptions are not, unless they only list values. A question that ends
the emulator is left out, and the emulator started again.
"""
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
import zipfile

MACHINE = ["-M", "none", "-S"]

# The devices of machines, by slot and function.
BUILT_IN = {
    "pc": {(0, 0): "i440FX", (1, 0): "PIIX3", (1, 1): "piix3-ide", (1, 3): "PIIX4_PM"},
    "q35": {(0, 0): "mch", (31, 0): "ICH9-LPC", (31, 2): "ich9-ahci", (31, 3): "ICH9-SMB"},
}

# What devices need, by the beginning of their names: properties, and options before them.
NEEDED = {
    "AC97": (",audiodev=n", "-audiodev", "none,id=n"),
    "ES1370": (",audiodev=n", "-audiodev", "none,id=n"),
    "virtio-sound": (",audiodev=n", "-audiodev", "none,id=n"),
    "virtio-blk": (",drive=n", "-blockdev", "null-co,node-name=n"),
    "nvme": (",drive=n,serial=1", "-blockdev", "null-co,node-name=n,size=1048576"),
    "pci-bridge": (",chassis_nr=7",),
    "virtio-9p": (",fsdev=n,mount_tag=n", "-fsdev", "synth,id=n"),
    "virtio-crypto": (",cryptodev=n", "-object", "cryptodev-backend-builtin,id=n"),
    "ivshmem-plain": (",memdev=n", "-object", "memory-backend-ram,id=n,size=1M,share=on"),
    "pxb": (",bus_nr=8",),
}


class Emulator:
    """A QEMU and its monitor."""

    def __init__(self, program, words):
        path = tempfile.mkdtemp() + "/qmp"
        command = [program, *words, "-nodefaults", "-display", "none", "-qmp", f"unix:{path},server=on,wait=off"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.file = None
        for _ in range(400):
            if self.process.poll() is not None:
                raise EOFError("the emulator does not start: " + " ".join(command))
            try:
                self.socket = socket.socket(socket.AF_UNIX)
                self.socket.connect(path)
                break
            except OSError:
                time.sleep(0.02)
        self.file = self.socket.makefile("rw")
        greeting = self.file.readline()
        if not greeting:
            raise EOFError("the emulator ends: " + " ".join(command))
        self.version = json.loads(greeting)["QMP"]["version"]
        self.ask("qmp_capabilities")

    def ask(self, command, **arguments):
        """The reply to a command; EOFError if it ends the emulator."""
        self.file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            try:
                line = self.file.readline()
            except ConnectionError:
                line = ""
            if not line:
                raise EOFError(command)
            reply = json.loads(line)
            if "event" not in reply:
                return reply

    def end(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait()


def needs(name):
    """What a device of that type cannot be without: more of its own words, and options."""
    return next((NEEDED[start] for start in NEEDED if name.startswith(start)), ("",))


class Recorder:
    def __init__(self, program):
        self.program = program
        self.emulator = Emulator(program, MACHINE)
        self.properties = {}
        self.lists = {}

    def ask(self, command, **arguments):
        try:
            return self.emulator.ask(command, **arguments)
        except EOFError:
            print("ended by", command, arguments, file=sys.stderr)
            self.emulator.process.wait()
            self.emulator = Emulator(self.program, MACHINE)
            return {"return": []}

    def values(self, description):
        """The values that a description lists, or None."""
        found = re.search(r"\(([^\s()]+(?:/[^\s()]+)+)\)", description) or re.fullmatch(r"([^\s()]+(?:/[^\s()]+)+)", description)
        return found and found.group(1)

    def list_of(self, reply):
        """The number of a list of properties; -1 for an error."""
        if "error" in reply:
            return -1
        numbers = []
        for found in reply["return"]:
            values = self.values(found.pop("description", ""))
            if values:
                found["description"] = values
            numbers.append(self.properties.setdefault(json.dumps(found), len(self.properties)))
        return self.lists.setdefault(json.dumps(numbers, separators=(",", ":")), len(self.lists))

    def models(self):
        """What the human monitor tells of device models: bus, category, alias, and whether users may make them."""
        text = self.ask("human-monitor-command", **{"command-line": "info qdm"})["return"]
        models = {}
        category = ""
        for line in text.splitlines():
            if line.endswith(":"):
                category = line[:-1]
            found = re.match(r'name "([^"]*)"(?:, bus (\S+?))?(?:, alias "([^"]*)")?(?:, desc "[^"]*")?(, no-user)?$', line)
            if found:
                model = models.setdefault(found[1], {"bus": found[2], "alias": found[3], "user": found[4] is None, "categories": []})
                model["categories"].append(category)
        return models

    def types(self):
        listed = self.ask("qom-list-types", abstract=True)["return"]
        parents = {t["name"]: t.get("parent") for t in listed}
        models = self.models()
        types = []
        for found in listed:
            name = found["name"]
            row = dict(found)
            row["device"] = self.list_of(self.ask("device-list-properties", typename=name))
            row["object"] = self.list_of(self.ask("qom-list-properties", typename=name))
            if name in models:
                row.update({k: v for k, v in models[name].items() if v})
            types.append(row)
        self.buses(types, parents)
        return {
            "properties": [json.loads(p) for p in self.properties],
            "lists": [json.loads(p) for p in self.lists],
            "types": types,
        }

    def buses(self, types, parents):
        """Which buses a device brings with it: name and type of those of a device whose id is ID."""

        def is_bus(name):
            while name:
                if name == "bus":
                    return True
                name = parents.get(name)
            return False

        for found in types:
            if not found.get("user") or found.get("bus") not in ("PCI", "usb-bus", "SCSI", "virtio-bus", "ISA", "PCIE"):
                continue
            more, *needed = needs(found["name"])
            words = ["-M", "q35", "-S", *needed]
            if found["bus"] == "usb-bus":
                words += ["-device", "qemu-xhci"]
            try:
                machine = Emulator(self.program, [*words, "-device", f"{found['name']},id=ID{more}"])
            except (EOFError, OSError, json.JSONDecodeError):
                continue
            pairs = []
            for path in ("/machine/peripheral/ID", "/machine/peripheral/ID/virtio-backend"):
                reply = machine.ask("qom-list", path=path)
                pairs += [(p["name"], p["type"][6:-1]) for p in reply.get("return", []) if p["type"].startswith("child<")]
            machine.end()
            found_buses = sorted(p for p in pairs if is_bus(p[1]))
            if found_buses:
                found["buses"] = [{"name": n, "type": t} for n, t in found_buses]

    def expansions(self, definitions):
        """Each CPU model spelled out, as what differs from the first one."""
        answer = {}
        for kind in ("static", "full"):
            models = {}
            reference = None
            for name in [d["name"] for d in definitions]:
                reply = self.ask("query-cpu-model-expansion", type=kind, model={"name": name})
                if "error" in reply:
                    models[name] = {"error": reply["error"]["desc"]}
                    continue
                model = reply["return"]["model"]
                reference = reference or model["props"]
                own = {k: v for k, v in model["props"].items() if reference.get(k) != v or k not in reference}
                models[name] = {"name": model["name"], "props": own, "lacks": [k for k in reference if k not in model["props"]]}
            answer[kind] = {"reference": reference, "models": models}
        return answer

    def options(self):
        options = self.ask("query-command-line-options")["return"]
        for option in options:
            for parameter in option["parameters"]:
                parameter.pop("help", None)
        return options

    def pci(self, types):
        """What query-pci tells of each device: of those of machines, and of one of each type that users may make."""
        told = {}
        for machine, built_in in BUILT_IN.items():
            for device in self.devices(["-M", machine, "-S"]):
                if (device["slot"], device["function"]) in built_in:
                    self.keep(told, built_in[device["slot"], device["function"]], device)
        for name in types:
            more, *words = needs(name)
            for device in self.devices(["-M", "q35", "-S", *words, "-device", f"{name},id=x{more}"]):
                if device["qdev_id"] == "x":
                    self.keep(told, name, device)
        return told

    def devices(self, words):
        try:
            emulator = Emulator(self.emulator.process.args[0], words)
        except (EOFError, OSError):
            return []
        try:
            return [device for bus in emulator.ask("query-pci").get("return", []) for device in bus["devices"]]
        except EOFError:
            return []
        finally:
            emulator.end()

    @staticmethod
    def keep(told, name, device):
        for place in ("bus", "slot", "function", "qdev_id"):
            device.pop(place)
        told[name] = device

    def write(self, path):
        definitions = self.ask("query-cpu-definitions")["return"]
        types = self.types()
        parts = {
            "version": self.emulator.version,
            "types": types,
            "pci": self.pci([t["name"] for t in types["types"] if t.get("user") and t.get("bus") in ("PCI", "PCIE")]),
            "machines": self.ask("query-machines")["return"],
            "machines-compat": self.ask("query-machines", **{"compat-props": True})["return"],
            "cpus": definitions,
            "cpu-models": self.expansions(definitions),
            "options": self.options(),
            "commands": [c["name"] for c in self.ask("query-commands")["return"]],
            "tpm": {k: self.ask(f"query-tpm-{k}")["return"] for k in ("models", "types")},
        }
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, value in parts.items():
                entry = zipfile.ZipInfo(name + ".json", (2025, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, json.dumps(value, separators=(",", ":")), compresslevel=9)
        self.emulator.end()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    Recorder(sys.argv[1]).write(sys.argv[2])
