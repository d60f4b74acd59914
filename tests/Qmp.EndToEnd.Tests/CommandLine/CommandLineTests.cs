using Qmp.Emulator.Options;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.CommandLine;

/// <summary>What options mean, and what is said of wrong ones: QEMU 10.0.2's words, without the program's name.</summary>
internal sealed class CommandLineTests
{
    private const string IdentifierHint =
        "\nIdentifiers consist of letters, digits, '-', '.', '_', starting with a letter.";

    private const string SizeHint =
        "\nOptional suffix k, M, G, T, P or E means kilo-, mega-, giga-, tera-, peta-\nand exabytes, respectively.";

    [TestCase("-m", "foo", "Parameter 'size' expects a non-negative number below 2^64" + SizeHint)]
    [TestCase("-m", "1.5", "Parameter 'size' expects a non-negative number below 2^64" + SizeHint)]
    [TestCase("-m", "size=64M,foo=1", "Invalid parameter 'foo'")]
    [TestCase("-m", "-1", "Value '-1' is out of range for parameter 'size'")]
    [TestCase("-m", "slots=x", "Parameter 'slots' expects a number")]
    [TestCase("-m", "slots=99999999999999999999", "Value '99999999999999999999' is too large for parameter 'slots'")]
    [TestCase("-name", "foo,debug-threads=maybe", "Parameter 'debug-threads' expects 'on' or 'off'")]
    [TestCase("-name", "foo,bar=1", "Invalid parameter 'bar'")]
    [TestCase("-name", "foo,id=x", "Invalid parameter 'id'")]
    [TestCase("-uuid", "x", "failed to parse UUID string: wrong format")]
    [TestCase("-compat", "deprecated-input=foo", "Parameter 'deprecated-input' does not accept value 'foo'")]
    [TestCase("-compat", "foo=bar", "Parameter 'foo' is unexpected")]
    [TestCase("-compat", "foo", "Expected '=' after parameter 'foo'")]
    [TestCase("-compat", "help", "Help is not available for this option")]
    [TestCase("-compat", "deprecated-input.x=1", "Parameters 'deprecated-input.*' are unexpected")]
    [TestCase("-compat", "{\"deprecated-input\":1}", "Invalid parameter type for 'deprecated-input', expected: string")]
    [TestCase("-compat", "{\"deprecated-input\":", "JSON parse error, premature EOI")]
    [TestCase("-compat", "{} {}", "Expecting at most one JSON value")]
    [TestCase("-object", "memory-backend-ram", "Parameter 'id' is missing")]
    [TestCase("-object", "memory-backend-ram,id=a", "Parameter 'size' is missing")]
    [TestCase("-object", "memory-backend-ram,id=a,size=foo", "Parameter 'size' expects a size value")]
    [TestCase("-object", "memory-backend-ram,id=a,size=1M,share=maybe", "Parameter 'share' expects 'on' or 'off'")]
    [TestCase("-object", "memory-backend-ram,id=a,size=1M,foo=1,bar=2", "Invalid parameter 'bar'")]
    [TestCase("-object", "memory-backend-ram,id=1a,size=1M", "Parameter 'id' expects an identifier" + IdentifierHint)]
    [TestCase("-object", "foo,id=a", "Parameter 'qom-type' does not accept value 'foo'")]
    [TestCase("-object", "id=a", "Parameter 'qom-type' is missing")]
    [TestCase("-object", "{\"qom-type\":\"memory-backend-ram\",\"id\":\"a\",\"size\":\"x\"}",
        "Parameter 'size' expects uint64")]
    [TestCase("-chardev", "socket", "chardev: no id specified")]
    [TestCase("-chardev", "id=a", "chardev: \"a\" missing backend")]
    [TestCase("-chardev", "foo,id=a", "'foo' is not a valid char driver name")]
    [TestCase("-chardev", "socket,id=a", "Unable to parse FD number ")]
    [TestCase("-chardev", "socket,id=a,fd=foo,server=on,wait=off", "Unable to parse FD number foo")]
    [TestCase("-chardev", "socket,id=a,host=a", "chardev: socket: no port given")]
    [TestCase("-chardev", "socket,id=a,path=/x,host=a,port=1",
        "None or one of 'path', 'fd' or 'host' option required.")]
    [TestCase("-chardev", "socket,id=a,path=/x,wait=off",
        "'wait' option is incompatible with socket in client connect mode")]
    [TestCase("-chardev", "socket,id=a,path=/x,server=on,reconnect=1",
        "'reconnect' option is incompatible with socket in server listen mode")]
    [TestCase("-chardev", "socket,id=a,path=/x,reconnect=1,reconnect-ms=5",
        "'reconnect' and 'reconnect-ms' are mutually exclusive")]
    [TestCase("-chardev", "socket,id=a,host=x,port=1,ipv4=off,ipv6=off", "Cannot disable IPv4 and IPv6 at same time")]
    [TestCase("-chardev", "socket,id=a,host=x,port=1,to=x", "Parameter 'to' expects a number")]
    [TestCase("-chardev", "null,id=a,foo=1", "Invalid parameter 'foo'")]
    [TestCase("-chardev", "file,id=a", "chardev: file: no filename given")]
    [TestCase("-chardev", "pipe,id=a", "chardev: pipe: no device path given")]
    [TestCase("-chardev", "ringbuf,id=a,size=5", "size of ringbuf chardev must be power of two")]
    [TestCase("-mon", "chardev=a,mode=readline,pretty=on", "chardev \"a\" not found")]
    [TestCase("-monitor", "chardev:x", "chardev \"x\" not found")]
    [TestCase("-parallel", "chardev:x", "could not connect parallel device to character backend 'chardev:x'")]
    [TestCase("-sandbox", "foo", "Parameter 'enable' expects 'on' or 'off'")]
    [TestCase("-sandbox", "on,foo=1", "Invalid parameter 'foo'")]
    [TestCase("-sandbox", "on,spawn=maybe", "invalid argument for spawn")]
    [TestCase("-sandbox", "on,elevateprivileges=foo", "invalid argument for elevateprivileges")]
    [TestCase("-run-with", "user=nosuchuser", "User \"user=nosuchuser\" doesn't exist (and is not <uid>:<gid>)")]
    [TestCase("-run-with", "async-teardown=foo", "Parameter 'async-teardown' expects 'on' or 'off'")]
    [TestCase("-watchdog-action", "foo", "Parameter 'watchdog' does not accept value 'foo'")]
    [TestCase("-audiodev", "none", "Parameter 'id' is missing")]
    [TestCase("-audiodev", "foo,id=a", "Parameter 'driver' does not accept value 'foo'")]
    [TestCase("-audiodev", "none,id=a,timer-period=foo", "Parameter 'timer-period' expects integer")]
    [TestCase("-audiodev", "none,id=a,foo=1", "Parameter 'foo' is unexpected")]
    [TestCase("-icount", "shift=foo", "icount: Invalid shift value")]
    [TestCase("-g", "800x600", "Option not supported for this target")]
    [TestCase("-seed", "foo", "Invalid seed number: foo")]
    [TestCase("-smbios", "foo=1", "Must specify type= or file=")]
    [TestCase("-smbios", "type=foo", "Parameter 'type' expects a number")]
    [TestCase("-smbios", "type=99", "Don't know how to build fields for SMBIOS type 99")]
    [TestCase("-smbios", "file=/nonexistent", "Cannot read SMBIOS file /nonexistent")]
    [TestCase("-fw_cfg", "foo", "name, plus exactly one of file, string and gen_id, are needed")]
    [TestCase("-readconfig", "/nonexistent", "Could not open '/nonexistent': No such file or directory")]
    [TestCase("-serial", "chardev:x", "could not connect serial device to character backend 'chardev:x'")]
    [TestCase("-chardev", "stdio,id=a,signal=maybe", "Parameter 'signal' expects 'on' or 'off'")]
    [TestCase("-mon", "mode=control", "Parameter 'chardev' is missing")]
    [TestCase("-mon", "chardev=a,mode=foo", "Parameter 'mode' does not accept value 'foo'")]
    [TestCase("-mon", "chardev=foo,mode=control", "chardev \"foo\" not found")]
    [TestCase("-mon", "chardev=a,pretty=maybe", "Parameter 'pretty' expects 'on' or 'off'")]
    [TestCase("-qmp", "chardev:foo", "chardev \"foo\" not found")]
    [TestCase("-qmp", "tcp:localhost", "parse error: tcp:localhost")]
    [TestCase("-device", "foo", "'foo' is not a valid device model name")]
    [TestCase("-device", "addr=1", "Parameter 'driver' is missing")]
    [TestCase("-device", "loader,foo=1", "Property 'loader.foo' not found")]
    [TestCase("-device", "loader,addr=x", "Parameter 'addr' expects integer")]
    [TestCase("-device", "loader,data-len=400", "Parameter 'data-len' expects uint8_t")]
    [TestCase("-device", "{\"driver\":\"loader\",\"foo\":1}", "Property 'loader.foo' not found")]
    [TestCase("-device", "{\"driver\":\"loader\",\"addr\":\"x\"}", "Parameter 'addr' expects uint64")]
    [TestCase("-accel", "foo", "invalid accelerator foo")]
    [TestCase("-accel", "tcg,foo=1", "Property 'tcg-accel.foo' not found")]
    [TestCase("-accel", "tcg,thread=foo", "Invalid 'thread' setting foo")]
    [TestCase("-msg", "foo=1", "Invalid parameter 'foo'")]
    [TestCase("-rtc", "foo=1", "Invalid parameter 'foo'")]
    [TestCase("-overcommit", "mem-lock=foo", "parameter 'mem-lock' expects one of 'on', 'off', 'on-fault'")]
    [TestCase("-overcommit", "cpu-pm=maybe", "Parameter 'cpu-pm' expects 'on' or 'off'")]
    [TestCase("-audio", "foo", "Parameter 'driver' does not accept value 'foo'")]
    [TestCase("-object", "secret,id=s,data=x,format=foo", "Parameter 'format' does not accept value 'foo'")]
    [TestCase("-object", "iothread,id=i,poll-max-ns=x", "Parameter 'poll-max-ns' expects an int64 value")]
    [TestCase("-action", "reboot=foo", "Parameter 'reboot' does not accept value 'foo'")]
    [TestCase("-action", "foo=bar", "Invalid parameter 'foo'")]
    [TestCase("-add-fd", "fd=x,set=1", "Parameter 'fd' expects a number")]
    [TestCase("-add-fd", "set=1", "fd option is required and must be non-negative")]
    [TestCase("-add-fd", "fd=1,set=1", "fd cannot be a standard I/O stream")]
    [TestCase("-add-fd", "fd=999,set=1", "fd is not valid or already in use")]
    [TestCase("-incoming", "foo", "Parameter 'channel-type' does not accept value 'foo'")]
    [TestCase("-incoming", "foo:bar", "unknown migration protocol: foo:bar")]
    [TestCase("-incoming", "tcp:127.0.0.1:0,to=x", "error parsing to= argument")]
    [TestCase("-incoming", "fd:x", "Invalid file descriptor number 'x'")]
    [TestCase("-incoming", "{", "JSON parse error, premature EOI")]
    [TestCase("-incoming", "{\"channel-type\":\"main\"}", "Parameter 'addr' is missing")]
    [TestCase("-incoming", "main,addr.transport=socket,addr.type=unix", "Parameter 'addr.path' is missing")]
    [TestCase("-incoming", "cpr,addr.transport=socket,addr.type=unix", "Parameter 'addr.path' is missing")]
    [TestCase("-smp", "1,maxcpus", "Expected '=' after parameter 'maxcpus'")]
    [TestCase("-global", "foo", "Invalid parameter 'foo'")]
    [TestCase("-global", "driver=a", "options 'driver', 'property', and 'value' are required")]
    [TestCase("-machine", "none,a.b=1,a=2", "Parameters 'a.*' used inconsistently")]
    public void Wrong_argument_is_refused_in_QEMUs_words(string option, string argument, string message)
    {
        var refused = Assert.Throws<CommandLineException>(() => CommandLineParser.Parse([option, argument]))!;
        Assert.That(refused.Message, Is.EqualTo($"{option} {argument}: {message}"));
        Assert.That(refused.Consequence, Is.Null);
    }

    [TestCase("-qmp", "foo", "'foo' is not a valid char driver")]
    [TestCase("-qmp", "unix:/x,foo=1", "Invalid parameter 'foo'")]
    [TestCase("-qmp", "unix:/x,server=maybe", "Parameter 'server' expects 'on' or 'off'")]
    [TestCase("-qmp", "tcp::0,server=on,wait=off,foo=1", "Invalid parameter 'foo'")]
    public void Wrong_short_form_is_refused_in_two_lines(string option, string argument, string message)
    {
        var refused = Assert.Throws<CommandLineException>(() => CommandLineParser.Parse([option, argument]))!;
        Assert.That(refused.Message, Is.EqualTo($"{option} {argument}: {message}"));
        Assert.That(refused.Consequence, Is.EqualTo($"{option} {argument}: parse error: {argument}"));
    }

    [Test]
    public void Wrong_port_is_refused_in_two_lines()
    {
        var refused = Assert.Throws<CommandLineException>(() => CommandLineParser.Parse(["-serial", "foo"]))!;
        Assert.That(refused.Message, Is.EqualTo("-serial foo: 'foo' is not a valid char driver"));
        Assert.That(refused.Consequence, Is.EqualTo("-serial foo: could not connect serial device to character backend 'foo'"));
    }

    [TestCase("-machine", "none,foo=1", "Property 'none-machine.foo' not found")]
    [TestCase("-machine", "none,usb=maybe", "Parameter 'usb' expects 'on' or 'off'")]
    [TestCase("-machine", "usb.x=1", "Parameters 'usb.*' are unexpected")]
    [TestCase("-m", "64M,slots=2", "slots specified but no max-size")]
    [TestCase("-m", "size=64M,maxmem=32M", "invalid value of maxmem: maximum memory size (0x2000000) must be at least the initial memory size (0x4000000)")]
    [TestCase("-object", "memory-backend-ram,id=a,size=0", "property 'size' of memory-backend-ram doesn't take value '0'")]
    [TestCase("-machine", "smp.cpus=x", "Parameter 'smp.cpus' expects integer")]
    [TestCase("-smp", "2,foo=1", "Parameter 'smp.foo' is unexpected")]
    [TestCase("-smp", "2,cores=0", "Invalid CPU topology: CPU topology parameters must be greater than zero")]
    [TestCase("-machine", "foo", "unsupported machine type: \"foo\"\nUse -machine help to list supported machines")]
    [TestCase("-machine", "q35,foo=1", "Property 'pc-q35-10.0-machine.foo' not found")]
    [TestCase("-machine", "foo=1", "Property 'pc-i440fx-10.0-machine.foo' not found")]
    [TestCase("-machine", "none,smm=on", "Property 'none-machine.smm' not found")]
    [TestCase("-machine", "none,acpi=on", "Property 'none-machine.acpi' not found")]
    [TestCase("-machine", "pc,acpi=maybe", "Parameter 'acpi' does not accept value 'maybe'")]
    [TestCase("-machine", "none,accel=foo", "invalid accelerator foo")]
    [TestCase("-machine", "none,accel=xen", "invalid accelerator xen")]
    [TestCase("-machine", "none,accel=", "no accelerator found")]
    [TestCase("-smp", "2,sockets=3", "Invalid CPU topology: product of the hierarchy must match maxcpus: sockets (3) * dies (1) * modules (1) * cores (0) * threads (1) != maxcpus (2)")]
    [TestCase("-smp", "cpus=2,cores=2,threads=2", "Invalid CPU topology: product of the hierarchy must match maxcpus: sockets (0) * dies (1) * modules (1) * cores (2) * threads (2) != maxcpus (2)")]
    [TestCase("-smp", "2,maxcpus=1", "Invalid CPU topology: maxcpus must be equal to or greater than smp: sockets (1) * dies (1) * modules (1) * cores (1) * threads (1) == maxcpus (1) < smp_cpus (2)")]
    [TestCase("-smp", "4,cores=3,maxcpus=8", "Invalid CPU topology: product of the hierarchy must match maxcpus: sockets (2) * dies (1) * modules (1) * cores (3) * threads (1) != maxcpus (8)")]
    [TestCase("-smp", "256", "Invalid SMP CPUs 256. The max CPUs supported by machine 'pc-i440fx-10.0' is 255")]
    [TestCase("-smp", "-1", "Invalid SMP CPUs -1. The max CPUs supported by machine 'pc-i440fx-10.0' is 255")]
    [TestCase("-smp", "1,drawers=2", "drawers > 1 not supported by this machine's CPU topology")]
    [TestCase("-smp", "2,clusters=2", "clusters > 1 not supported by this machine's CPU topology")]
    [TestCase("-cpu", "nosuch", "unable to find CPU model 'nosuch'")]
    [TestCase("-cpu", "nosuch,+foo", "unable to find CPU model 'nosuch'")]
    [TestCase("-cpu", "host", "CPU model 'host' requires KVM or HVF")]
    [TestCase("-cpu", "", "-cpu option cannot be empty")]
    [TestCase("-boot", "order=x", "Invalid boot device 'x'")]
    [TestCase("-boot", "order=cc", "Boot device 'c' was given twice")]
    [TestCase("-boot", "foo=1", "Parameter 'boot.foo' is unexpected")]
    [TestCase("-boot", "strict=maybe", "Parameter 'boot.strict' expects 'on' or 'off'")]
    [TestCase("-rtc", "clock=foo", "invalid option value 'foo'")]
    [TestCase("-rtc", "base=foo", "invalid datetime format\nvalid formats: '2006-06-17T16:01:21' or '2006-06-17'")]
    [TestCase("-vga", "foo", "unknown vga type: foo")]
    [TestCase("-vga", "std,foo=1", "unknown vga type: std,foo=1")]
    [TestCase("-D", "log-%s", "Bad logfile template: log-%s")]
    [TestCase("-D", "log-%d-%d", "Bad logfile template: log-%d-%d")]
    [TestCase("-object", "iothread,id=i,poll-max-ns=-1", "poll-max-ns value must be in range [0, 9223372036854775807]")]
    public void Wrong_property_of_the_machine_is_refused_without_the_option(
        string option, string argument, string message) =>
        Assert.That(
            () => CommandLineParser.Parse([option, argument]),
            Throws.TypeOf<CommandLineException>().With.Message.EqualTo(message));

    [TestCase("-object", "memory-backend-ram,id=a,size=1M", "object")]
    [TestCase("-chardev", "socket,id=a,path=/x,server=on", "chardev")]
    [TestCase("-device", "loader,id=a", "device")]
    [TestCase("-mon", "chardev=a,mode=control,id=a", "mon")]
    public void Ids_are_given_once(string option, string argument, string kind) => Assert.That(
        () => CommandLineParser.Parse([option, argument, option, argument]),
        Throws.TypeOf<CommandLineException>().With.Message.EqualTo(
            $"{option} {argument}: Duplicate ID 'a' for {kind}"));

    [Test]
    public void Standard_input_is_there_once() => Assert.That(
        () => CommandLineParser.Parse(["-qmp", "stdio", "-qmp", "stdio"]),
        Throws.TypeOf<CommandLineException>().With.Message.EqualTo(
            "-qmp stdio: cannot use stdio by multiple character devices"));

    [TestCase("512", 512ul << 20)]
    [TestCase("65536k", 64ul << 20)]
    [TestCase("1.5G", 3ul << 29)]
    [TestCase("size=64M,slots=2,maxmem=1G", 64ul << 20)]
    public void Memory_counts_mebibytes(string argument, ulong size) =>
        Assert.That(CommandLineParser.Parse(["-m", argument]).MemorySize, Is.EqualTo(size));

    [TestCase("unix:/x,y", "/x,y")]
    [TestCase("main,addr.transport=socket,addr.type=unix,addr.path=/x", "/x")]
    [TestCase("{'channel-type': 'main', 'addr': {'transport': 'socket', 'type': 'unix', 'path': '/x'}}", "/x")]
    public void Sources_are_awaited_at_an_address(string argument, string path) => Assert.That(
        CommandLineParser.Parse(["-incoming", argument]).Incoming!.Value.Address,
        Is.EqualTo(new MigrationAddress.Socket
        {
            Value = new SocketAddress.Unix { Value = new UnixSocketAddress { Path = path } },
        }));

    [Test]
    public void The_place_of_a_program_is_taken_beside_that_of_a_source()
    {
        EmulatorOptions options = CommandLineParser.Parse(["-incoming", "defer", "-incoming", "cpr,addr.transport=socket,addr.type=unix,addr.path=/x"]);
        Assert.That(options.Incoming!.Text, Is.EqualTo("defer"));
        Assert.That(options.IncomingCpr, Is.Not.Null);
        Assert.That(CommandLineParser.Parse(["-incoming", "defer"]).IncomingCpr, Is.Null);
    }

    [Test]
    public void Who_takes_a_place_and_names_no_source_waits_for_one_to_be_named()
    {
        EmulatorOptions options = CommandLineParser.Parse(["-incoming", "cpr,addr.transport=socket,addr.type=unix,addr.path=/x"]);
        Assert.That(options.Incoming!.Value.Address, Is.Null);
    }

    [TestCase("-accel", "kvm")]
    [TestCase("-machine", "none,accel=kvm")]
    [TestCase("-enable-kvm")]
    public void Kvm_is_refused_as_where_there_is_none(params string[] words)
    {
        string location = words[0] == "-accel" ? "-accel kvm: " : "";
        var refused = Assert.Throws<CommandLineException>(() => CommandLineParser.Parse(words))!;
        Assert.That(refused.Message, Is.EqualTo($"{location}Could not access KVM kernel module: No such file or directory"));
        Assert.That(refused.Consequence, Is.EqualTo($"{location}failed to initialize kvm: No such file or directory"));
    }

    [TestCase("-machine", "none,accel=foo:tcg")]
    [TestCase("-accel", "foo", "-accel", "tcg")]
    public void An_accelerator_that_is_not_here_leaves_it_to_the_next(params string[] words)
    {
        var warnings = new List<string>();
        CommandLineParser.Parse(words, warnings.Add);
        string location = words[0] == "-accel" ? "-accel foo: " : "";
        Assert.That(warnings, Is.EqualTo((string[])[$"{location}invalid accelerator foo", "falling back to tcg"]));
    }

    [Test]
    public void Accelerators_are_given_in_one_way() => Assert.That(
        () => CommandLineParser.Parse(["-machine", "none,accel=tcg", "-accel", "tcg"]),
        Throws.TypeOf<CommandLineException>().With.Message.EqualTo(
            "The -accel and \"-machine accel=\" options are incompatible"));

    [Test]
    public void A_character_device_has_one_monitor() => Assert.That(
        () => CommandLineParser.Parse(
        [
            "-chardev", "socket,id=a,path=/x,server=on", "-mon", "chardev=a,mode=control", "-mon", "chardev=a,mode=control",
        ]),
        Throws.TypeOf<CommandLineException>().With.Message.EqualTo("-mon chardev=a,mode=control: chardev 'a' is already in use"));

    [Test]
    public void A_monitor_of_the_short_form_has_the_id_of_its_character_device() => Assert.That(
        () => CommandLineParser.Parse(["-chardev", "socket,id=a,path=/x,server=on", "-qmp", "chardev:a", "-qmp", "chardev:a"]),
        Throws.TypeOf<CommandLineException>().With.Message.EqualTo("-qmp chardev:a: Duplicate ID 'a' for mon"));

    [Test]
    public void The_machine_is_a_pc_unless_another_one_is_asked_for() =>
        Assert.That(CommandLineParser.Parse([]).MachineType, Is.EqualTo("pc"));

    [TestCase("-vga", "none")]
    [TestCase("-net", "none")]
    [TestCase("-nic", "none")]
    [TestCase("-k", "en-us")]
    [TestCase("-audio", "none")]
    [TestCase("-msg", "timestamp=on")]
    [TestCase("-rtc", "base=utc,driftfix=slew")]
    [TestCase("-boot", "strict=on")]
    [TestCase("-boot", "c")]
    [TestCase("-overcommit", "mem-lock=off")]
    [TestCase("-object", "secret,id=s,data=x")]
    [TestCase("-object", "iothread,id=i,poll-max-ns=32768")]
    [TestCase("-d", "guest_errors,cpu")]
    public void What_changes_nothing_is_taken(string option, string argument)
    {
        var warnings = new List<string>();
        CommandLineParser.Parse(["-M", "none", option, argument], warnings.Add);
        Assert.That(warnings, Is.Empty);
    }

    [TestCase("none", "warning: A -vga option was passed but this machine type does not use that option; No VGA device has been created")]
    [TestCase("pc")]
    public void A_display_that_the_machine_has_not_is_told(string machine, params string[] told)
    {
        var warnings = new List<string>();
        CommandLineParser.Parse(["-M", machine, "-vga", "std"], warnings.Add);
        Assert.That(warnings, Is.EqualTo(told));
    }

    [Test]
    public void Memory_of_zero_is_the_default() =>
        Assert.That(CommandLineParser.Parse(["-m", "0", "-m", "maxmem=1G", "-m", "slots=1"]).MemorySize, Is.Null);

    [Test]
    public void Memory_that_is_bytes_but_no_mebibytes_is_refused() => Assert.That(
        () => CommandLineParser.Parse(["-m", "99999999999999999"]),
        Throws.TypeOf<CommandLineException>().With.Message.EqualTo("Parameter 'memory.size' expects size"));

    [Test]
    public void Flags_are_taken_with_a_warning_except_in_the_short_form()
    {
        var warnings = new List<string>();
        EmulatorOptions options = CommandLineParser.Parse(
            ["-name", "vm,debug-threads", "-qmp", "unix:/x,server,nowait"], warnings.Add);
        ChardevSocket socket = SocketOf(options.Chardevs[0]);
        Assert.That((socket.Server, socket.Wait), Is.EqualTo((true, false)));
        Assert.That(((SocketAddressLegacy.Unix)socket.Addr).Value.Data.Path, Is.EqualTo("/x"));
        Assert.That(warnings, Is.EqualTo((string[])
        [
            "-name vm,debug-threads: warning: short-form boolean option 'debug-threads' deprecated\n"
            + "Please use debug-threads=on instead",
        ]));
    }

    [Test]
    public void Monitors_come_in_the_order_of_their_options()
    {
        EmulatorOptions options = CommandLineParser.Parse(
        [
            "-nodefaults", "-mon", "chardev=c,mode=control,pretty=on", "-qmp", "tcp::4444,server=on", "-qmp-pretty", "chardev:d",
            "-chardev", "socket,id=c,fd=3,server=on,wait=off", "-chardev", "socket,id=d,fd=4,server=on,wait=off",
        ]);
        Assert.That(options.Monitors, Is.EqualTo((MonitorSpec[])
        [
            new("c", "c", true), new("compat_monitor0", "compat_monitor0", false), new("d", "d", true),
        ]));
        Assert.That(
            options.Chardevs.Select(c => SocketOf(c).Addr switch
            {
                SocketAddressLegacy.Fd fd => fd.Value.Data.Str,
                SocketAddressLegacy.Inet inet => $"{inet.Value.Data.Host}:{inet.Value.Data.Port}",
                _ => null,
            }),
            Is.EqualTo((string[])["3", "4", ":4444"]));
    }

    private static ChardevSocket SocketOf(OptionValue<ChardevSpec> chardev) =>
        ((ChardevBackend.Socket)chardev.Value.Backend).Value.Data;

    [TestCase("memory-backend-file,id=m,size=1M,mem-path=/dev/shm/a,,b,share=on")]
    [TestCase("{\"qom-type\":\"memory-backend-file\",\"id\":\"m\",\"size\":1048576,\"mem-path\":\"/dev/shm/a,b\","
        + "\"share\":true}")]
    public void Objects_come_as_lists_or_as_JSON(string argument) =>
        Assert.That(CommandLineParser.Parse(["-object", argument]).Objects.Single().Value,
            Is.EqualTo(new ObjectOptions.MemoryBackendFile
            {
                Id = "m",
                Value = new MemoryBackendFileProperties { Size = 1 << 20, MemPath = "/dev/shm/a,b", Share = true },
            }));

    [TestCase(3, "-smp", "3")]
    [TestCase(12, "-smp", "sockets=2,cores=3,threads=2")]
    [TestCase(4, "-machine", "pc,smp.cpus=8", "-smp", "4")]
    [TestCase(2, "-smp", "2,maxcpus=8")]
    [TestCase(4, "-smp", "maxcpus=4", "-M", "q35")]
    [TestCase(4, "-smp", "4,modules=2,sockets=2")]
    [TestCase(3, "-smp", "3,threads=1", "-M", "pc-i440fx-6.1")]
    [TestCase(1, "-smp", "maxcpus=1")]
    public void Cpus_are_counted(int count, params string[] words) =>
        Assert.That(CommandLineParser.Parse(words).Cpus.Count, Is.EqualTo(count));

    [TestCase("deprecated-input=reject,unstable-output=hide")]
    [TestCase("{ 'deprecated-input': 'reject', 'unstable-output': 'hide' }")]
    public void Last_compat_policy_counts(string argument) =>
        Assert.That(CommandLineParser.Parse(["-compat", "unstable-input=crash", "-compat", argument]).Compat,
            Is.EqualTo(new CompatPolicy
            {
                DeprecatedInput = CompatPolicyInput.Reject,
                UnstableOutput = CompatPolicyOutput.Hide,
            }));

    [TestCase("migration.x-colo=on")]
    [TestCase("driver=migration,property=x-colo,value=on")]
    public void Globals_have_two_forms(string argument) =>
        Assert.That(CommandLineParser.Parse(["-global", argument]).Globals,
            Is.EqualTo((GlobalProperty[])[new("migration", "x-colo", "on")]));
}
