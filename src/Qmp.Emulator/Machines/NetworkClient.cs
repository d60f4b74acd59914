using Qmp.Types;

namespace Qmp.Emulator.Machines;

/// <summary>One end of a network connection: a card, a backend, or a port of a hub.</summary>
internal abstract class NetworkClient(string name)
{
    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>The other end, also after somebody has removed it; <see langword="null"/> for none.</summary>
    public NetworkClient? Peer { get; set; }

    /// <summary>A card.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="path">The path of its device.</param>
    /// <param name="model">The type of its device.</param>
    /// <param name="mac">Its address.</param>
    internal sealed class Card(string name, string path, string model, MacAddress mac) : NetworkClient(name)
    {
        /// <summary>The path of its device.</summary>
        public string Path => path;

        /// <summary>The type of its device.</summary>
        public string Model => model;

        /// <summary>Its address.</summary>
        public MacAddress Mac => mac;
    }

    /// <summary>What a card is connected to.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="isUsers">Whether a user made it, and not the machine.</param>
    internal sealed class Backend(string name, Netdev options, bool isUsers) : NetworkClient(name)
    {
        /// <summary>What was asked for.</summary>
        public Netdev Options => options;

        /// <summary>Whether a user made it, and not the machine.</summary>
        public bool IsUsers => isUsers;

        /// <summary>The hub that it is a port of; <see langword="null"/> for none.</summary>
        public int? Hub => (options as Netdev.Hubport)?.Value.Hubid;
    }
}
