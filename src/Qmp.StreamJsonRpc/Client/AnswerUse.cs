namespace Qmp.StreamJsonRpc.Client;

/// <summary>What is to become of an answer.</summary>
internal enum AnswerUse
{
    /// <summary>Somebody waits for it.</summary>
    Deliver,

    /// <summary>Nobody waits for it any more.</summary>
    Drop,

    /// <summary>It answers nothing that was asked, or somebody who cannot be told otherwise.</summary>
    Unmatched,
}
