using Newtonsoft.Json.Linq;
using Qmp.Shell.Schema;

namespace Qmp.Shell.Tests.Support;

/// <summary>A small schema with every kind of type, as a server would tell it.</summary>
internal static class TestSchema
{
    public static LiveSchema Create() => new(JArray.Parse(Text));

    private const string Text =
        """
        [
          {"name": "query-status", "meta-type": "command", "arg-type": "0", "ret-type": "1"},
          {"name": "device_add", "meta-type": "command", "arg-type": "2", "ret-type": "0"},
          {"name": "device_del", "meta-type": "command", "arg-type": "3", "ret-type": "0"},
          {"name": "set-speed", "meta-type": "command", "arg-type": "4", "ret-type": "0",
           "features": ["deprecated"], "allow-oob": true},
          {"name": "blockdev-add", "meta-type": "command", "arg-type": "5", "ret-type": "0"},
          {"name": "set-flags", "meta-type": "command", "arg-type": "9", "ret-type": "0"},
          {"name": "migrate", "meta-type": "command", "arg-type": "12", "ret-type": "0"},
          {"name": "transaction", "meta-type": "command", "arg-type": "20", "ret-type": "0"},
          {"name": "STOP", "meta-type": "event", "arg-type": "0"},
          {"name": "DEVICE_DELETED", "meta-type": "event", "arg-type": "3"},

          {"name": "0", "meta-type": "object", "members": []},
          {"name": "1", "meta-type": "object", "members": [
            {"name": "running", "type": "bool"}, {"name": "status", "type": "13"}]},
          {"name": "2", "meta-type": "object", "members": [
            {"name": "driver", "type": "str"}, {"name": "id", "type": "str", "default": null}]},
          {"name": "3", "meta-type": "object", "members": [
            {"name": "id", "type": "str"}, {"name": "path", "type": "str", "default": null}]},
          {"name": "4", "meta-type": "object", "members": [
            {"name": "value", "type": "int"}, {"name": "ratio", "type": "number", "default": null},
            {"name": "hint", "type": "any", "default": null}]},
          {"name": "5", "meta-type": "object", "tag": "driver", "members": [
              {"name": "driver", "type": "6"}, {"name": "node-name", "type": "str", "default": null},
              {"name": "cache", "type": "10", "default": null}],
            "variants": [{"case": "file", "type": "7"}, {"case": "nbd", "type": "8"}, {"case": "null", "type": "0"}]},
          {"name": "6", "meta-type": "enum", "values": ["file", "nbd", "null"],
            "members": [{"name": "file"}, {"name": "nbd", "features": ["unstable"]}, {"name": "null"}]},
          {"name": "7", "meta-type": "object", "members": [
            {"name": "filename", "type": "str"}, {"name": "locking", "type": "11", "default": null}]},
          {"name": "8", "meta-type": "object", "members": [{"name": "server", "type": "14"}]},
          {"name": "9", "meta-type": "object", "members": [
            {"name": "flags", "type": "[15]"}, {"name": "names", "type": "[str]", "default": null}]},
          {"name": "10", "meta-type": "object", "members": [
            {"name": "direct", "type": "bool", "default": null}, {"name": "no-flush", "type": "bool", "default": null}]},
          {"name": "11", "meta-type": "enum", "values": ["auto", "on", "off"]},
          {"name": "12", "meta-type": "object", "members": [
            {"name": "uri", "type": "str", "default": null}, {"name": "bitmap", "type": "16", "default": null},
            {"name": "limit", "type": "17", "default": null}]},
          {"name": "13", "meta-type": "enum", "values": ["running", "paused"]},
          {"name": "14", "meta-type": "object", "members": [
            {"name": "host", "type": "str"}, {"name": "port", "type": "str"}]},
          {"name": "[15]", "meta-type": "array", "element-type": "15"},
          {"name": "15", "meta-type": "object", "members": [
            {"name": "flag", "type": "11"}, {"name": "state", "type": "bool"}]},
          {"name": "16", "meta-type": "alternate", "members": [{"type": "str"}, {"type": "10"}, {"type": "null"}]},
          {"name": "17", "meta-type": "alternate", "members": [{"type": "11"}, {"type": "int"}]},
          {"name": "20", "meta-type": "object", "members": [{"name": "actions", "type": "[21]"}]},
          {"name": "[21]", "meta-type": "array", "element-type": "21"},
          {"name": "21", "meta-type": "object", "tag": "type", "members": [{"name": "type", "type": "22"}],
            "variants": [{"case": "abort", "type": "23"}, {"case": "delete", "type": "24"}]},
          {"name": "22", "meta-type": "enum", "values": ["abort", "delete"]},
          {"name": "23", "meta-type": "object", "members": [{"name": "data", "type": "0"}]},
          {"name": "24", "meta-type": "object", "members": [{"name": "data", "type": "3"}]},
          {"name": "[str]", "meta-type": "array", "element-type": "str"},
          {"name": "str", "meta-type": "builtin", "json-type": "string"},
          {"name": "int", "meta-type": "builtin", "json-type": "int"},
          {"name": "number", "meta-type": "builtin", "json-type": "number"},
          {"name": "bool", "meta-type": "builtin", "json-type": "boolean"},
          {"name": "null", "meta-type": "builtin", "json-type": "null"},
          {"name": "any", "meta-type": "builtin", "json-type": "value"}
        ]
        """;
}
