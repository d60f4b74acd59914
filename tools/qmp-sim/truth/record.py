#!/usr/bin/env python3
"""Migrates a guest of known dirty rate between two QEMUs, and records what query-migrate said.

usage: record.py --tsc HZ [--qemu PROGRAM] [--runs N] [--only TEXT] [--series FILE] OUTPUT

HZ are the ticks of the host's time stamp counter a second, by which an emulated guest counts its time: a rate of 10 in cases.json is 10 MiB
in 10^9 ticks. OUTPUT gets one line of JSON for each run: the name of its case (cases.json), how it ended, and the last answer. With --series, FILE gets
all answers of the first run, each with its time in seconds: a recording for `qmp-sim fit`.
"""
import argparse, json, os, shutil, socket, subprocess, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
MEBI = 1 << 20


class Qmp:
    def __init__(self, path):
        for _ in range(300):
            try:
                self.socket = socket.socket(socket.AF_UNIX)
                self.socket.connect(path)
                break
            except OSError:
                time.sleep(0.05)
        self.file = self.socket.makefile("rw")
        self.events = []
        self.file.readline()
        self.run("qmp_capabilities")

    def run(self, command, **arguments):
        self.file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            line = json.loads(self.file.readline())
            if "event" in line:
                self.events.append(line)
            elif "error" in line:
                raise RuntimeError(f"{command}: {line['error']['desc']}")
            else:
                return line["return"]


def assemble(case, folder):
    start = 16 * MEBI
    symbols = {
        "FILL_START": start, "FILL_END": start + case["fill"] * MEBI,
        "WS_START": start, "WS_END": start + case["set"] * MEBI,
        "NS": round(4096e9 / (case["rate"] * MEBI)), "LAG": case.get("lag", 1000000000),
    }
    flags = [f"--defsym={name}={value}" for name, value in symbols.items()]
    subprocess.run(["as", "--32", *flags, "-o", f"{folder}/g.o", f"{HERE}/guest.s"], check=True)
    subprocess.run(["ld", "-m", "elf_i386", "-Ttext=0x100000", "-e", "start", "-o", f"{folder}/guest", f"{folder}/g.o"], check=True)


def migrate(qemu, case, series):
    folder = tempfile.mkdtemp(prefix="truth")
    machines = []
    try:
        assemble(case, folder)
        for name in ("src", "dst"):
            words = [qemu, "-machine", "pc,accel=tcg", "-nodefaults", "-display", "none", "-m", f"{case['memory']}M",
                     "-kernel", f"{folder}/guest", "-serial", f"file:{folder}/{name}.serial",
                     "-qmp", f"unix:{folder}/{name}.qmp,server=on,wait=off"]
            machines.append(subprocess.Popen(words + (["-incoming", "defer"] if name == "dst" else [])))
        source, destination = Qmp(f"{folder}/src.qmp"), Qmp(f"{folder}/dst.qmp")
        for _ in range(600):
            if os.path.getsize(f"{folder}/src.serial"):
                break
            time.sleep(0.05)
        capabilities = case.get("capabilities", []) + ["events", "return-path"]
        parameters = {"max-bandwidth": case["bandwidth"] * MEBI, "downtime-limit": case["limit"]}
        if "channels" in case:
            parameters["multifd-channels"] = case["channels"]
        for machine in (source, destination):
            machine.run("migrate-set-capabilities", capabilities=[{"capability": c, "state": True} for c in capabilities])
            machine.run("migrate-set-parameters", **parameters)
        time.sleep(1.5)  # the working set has been written
        uri = f"unix:{folder}/mig"
        destination.run("migrate-incoming", uri=uri)
        begin = time.time()
        source.run("migrate", uri=uri)
        follows = False
        while True:
            info = source.run("query-migrate")
            now = time.time() - begin
            if series is not None:
                series.write(json.dumps({"t": round(now, 4), "return": info}) + "\n")
            if info["status"] in ("completed", "failed", "cancelled"):
                break
            if now > case.get("give-up", 60):
                info["gave-up"] = True
                source.run("migrate_cancel")
                break
            if "postcopy" in case and not follows and now >= case["postcopy"]:
                source.run("migrate-start-postcopy")
                follows = True
            time.sleep(0.02)
        return {"case": case["name"], "wall": round(time.time() - begin, 3), "return": info}
    finally:
        for machine in machines:
            machine.kill()
            machine.wait()
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("output")
    parser.add_argument("--tsc", type=int, required=True)
    parser.add_argument("--qemu", default="qemu-system-x86_64")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="")
    parser.add_argument("--series")
    arguments = parser.parse_args()
    cases = json.load(open(f"{HERE}/cases.json"))
    with open(arguments.output, "a") as output:
        output.write(json.dumps({"tsc": arguments.tsc}) + "\n")
        for number in range(arguments.runs):
            for case in cases:
                if arguments.only not in case["name"]:
                    continue
                series = open(arguments.series, "w") if arguments.series and number == 0 else None
                result = migrate(arguments.qemu, case, series)
                output.write(json.dumps(result) + "\n")
                output.flush()


main()
