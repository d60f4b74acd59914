using System.Runtime.InteropServices;

namespace Qmp.Tls.GnuTls;

/// <summary>GnuTLS's functions as they are. It is loaded with the first of them that is called.</summary>
internal static unsafe partial class GnuTlsFunctions
{
    /// <summary>The library's file; its binary interface has been this one since 2015.</summary>
    public const string Library = "libgnutls.so.30";

    [LibraryImport(Library, EntryPoint = "gnutls_strerror")]
    public static partial nint ErrorText(int error);

    [LibraryImport(Library, EntryPoint = "gnutls_error_is_fatal")]
    public static partial int IsFatal(int error);

    [LibraryImport(Library, EntryPoint = "gnutls_init")]
    public static partial int CreateSession(out nint session, uint flags);

    [LibraryImport(Library, EntryPoint = "gnutls_deinit")]
    public static partial void FreeSession(nint session);

    [LibraryImport(Library, EntryPoint = "gnutls_priority_set_direct", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetPriority(SessionHandle session, string priorities, nint errorPosition);

    [LibraryImport(Library, EntryPoint = "gnutls_credentials_set")]
    public static partial int SetCredentials(SessionHandle session, int kind, nint credentials);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_server_set_request")]
    public static partial void RequestCertificate(SessionHandle session, int how);

    [LibraryImport(Library, EntryPoint = "gnutls_transport_set_ptr")]
    public static partial void SetTransport(SessionHandle session, nint pointer);

    [LibraryImport(Library, EntryPoint = "gnutls_transport_set_push_function")]
    public static partial void SetPush(SessionHandle session, delegate* unmanaged[Cdecl]<nint, byte*, nuint, nint> push);

    [LibraryImport(Library, EntryPoint = "gnutls_transport_set_pull_function")]
    public static partial void SetPull(SessionHandle session, delegate* unmanaged[Cdecl]<nint, byte*, nuint, nint> pull);

    [LibraryImport(Library, EntryPoint = "gnutls_transport_set_errno")]
    public static partial void SetTransportError(nint session, int error);

    [LibraryImport(Library, EntryPoint = "gnutls_handshake")]
    public static partial int Handshake(SessionHandle session);

    [LibraryImport(Library, EntryPoint = "gnutls_record_send")]
    public static partial nint Send(SessionHandle session, byte* bytes, nuint count);

    [LibraryImport(Library, EntryPoint = "gnutls_record_recv")]
    public static partial nint Receive(SessionHandle session, byte* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "gnutls_bye")]
    public static partial int SayGoodbye(SessionHandle session, int how);

    [LibraryImport(Library, EntryPoint = "gnutls_session_get_desc")]
    public static partial nint Describe(SessionHandle session);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_verify_peers2")]
    public static partial int VerifyPeer(SessionHandle session, out uint status);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_get_peers")]
    public static partial Datum* PeerCertificates(SessionHandle session, out uint count);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_allocate_credentials")]
    public static partial int CreateCertificates(out nint credentials);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_free_credentials")]
    public static partial void FreeCertificates(nint credentials);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_set_x509_trust_file", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int AddTrust(CredentialsHandle credentials, string path, int format);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_set_x509_crl_file", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int AddRevocations(CredentialsHandle credentials, string path, int format);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_set_x509_key_mem2")]
    public static partial int AddKey(CredentialsHandle credentials, Datum* certificates, Datum* key, int format, byte* password, uint flags);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_set_known_dh_params")]
    public static partial int SetKnownGroup(CredentialsHandle credentials, int level);

    [LibraryImport(Library, EntryPoint = "gnutls_certificate_set_dh_params")]
    public static partial void SetGroup(CredentialsHandle credentials, nint parameters);

    [LibraryImport(Library, EntryPoint = "gnutls_psk_allocate_client_credentials")]
    public static partial int CreateClientKeys(out nint credentials);

    [LibraryImport(Library, EntryPoint = "gnutls_psk_free_client_credentials")]
    public static partial void FreeClientKeys(nint credentials);

    [LibraryImport(Library, EntryPoint = "gnutls_psk_set_client_credentials", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetClientKey(CredentialsHandle credentials, string user, Datum* key, int format);

    [LibraryImport(Library, EntryPoint = "gnutls_psk_allocate_server_credentials")]
    public static partial int CreateServerKeys(out nint credentials);

    [LibraryImport(Library, EntryPoint = "gnutls_psk_free_server_credentials")]
    public static partial void FreeServerKeys(nint credentials);

    [LibraryImport(Library, EntryPoint = "gnutls_psk_set_server_credentials_file", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetServerKeys(CredentialsHandle credentials, string path);

    [LibraryImport(Library, EntryPoint = "gnutls_psk_set_server_known_dh_params")]
    public static partial int SetKnownKeyGroup(CredentialsHandle credentials, int level);

    [LibraryImport(Library, EntryPoint = "gnutls_psk_set_server_dh_params")]
    public static partial void SetKeyGroup(CredentialsHandle credentials, nint parameters);

    [LibraryImport(Library, EntryPoint = "gnutls_anon_allocate_client_credentials")]
    public static partial int CreateAnonymousClient(out nint credentials);

    [LibraryImport(Library, EntryPoint = "gnutls_anon_free_client_credentials")]
    public static partial void FreeAnonymousClient(nint credentials);

    [LibraryImport(Library, EntryPoint = "gnutls_anon_allocate_server_credentials")]
    public static partial int CreateAnonymousServer(out nint credentials);

    [LibraryImport(Library, EntryPoint = "gnutls_anon_free_server_credentials")]
    public static partial void FreeAnonymousServer(nint credentials);

    [LibraryImport(Library, EntryPoint = "gnutls_anon_set_server_known_dh_params")]
    public static partial int SetKnownAnonymousGroup(CredentialsHandle credentials, int level);

    [LibraryImport(Library, EntryPoint = "gnutls_anon_set_server_dh_params")]
    public static partial void SetAnonymousGroup(CredentialsHandle credentials, nint parameters);

    [LibraryImport(Library, EntryPoint = "gnutls_dh_params_init")]
    public static partial int CreateGroup(out nint parameters);

    [LibraryImport(Library, EntryPoint = "gnutls_dh_params_deinit")]
    public static partial void FreeGroup(nint parameters);

    [LibraryImport(Library, EntryPoint = "gnutls_dh_params_import_pkcs3")]
    public static partial int ImportGroup(nint parameters, Datum* text, int format);

    [LibraryImport(Library, EntryPoint = "gnutls_x509_crt_init")]
    public static partial int CreateCertificate(out nint certificate);

    [LibraryImport(Library, EntryPoint = "gnutls_x509_crt_deinit")]
    public static partial void FreeCertificate(nint certificate);

    [LibraryImport(Library, EntryPoint = "gnutls_x509_crt_import")]
    public static partial int ImportCertificate(nint certificate, Datum* text, int format);

    [LibraryImport(Library, EntryPoint = "gnutls_x509_crt_list_import")]
    public static partial int ImportCertificates(nint* certificates, uint* count, Datum* text, int format, uint flags);

    [LibraryImport(Library, EntryPoint = "gnutls_x509_crt_list_verify")]
    public static partial int VerifyCertificates(
        nint* certificates, uint count, nint* authorities, uint authorityCount, nint* revocations, uint revocationCount, uint flags, out uint status);

    [LibraryImport(Library, EntryPoint = "gnutls_x509_crt_get_expiration_time")]
    public static partial long ExpirationOf(nint certificate);

    [LibraryImport(Library, EntryPoint = "gnutls_x509_crt_get_activation_time")]
    public static partial long ActivationOf(nint certificate);

    [LibraryImport(Library, EntryPoint = "gnutls_x509_crt_get_basic_constraints")]
    public static partial int BasicConstraintsOf(nint certificate, nint critical, nint isAuthority, nint pathLength);

    [LibraryImport(Library, EntryPoint = "gnutls_x509_crt_get_key_usage")]
    public static partial int KeyUsageOf(nint certificate, out uint usage, out uint critical);

    [LibraryImport(Library, EntryPoint = "gnutls_x509_crt_get_key_purpose_oid")]
    public static partial int KeyPurposeOf(nint certificate, uint index, byte* name, ref nuint length, out uint critical);

    [LibraryImport(Library, EntryPoint = "gnutls_x509_crt_get_dn")]
    public static partial int NameOf(nint certificate, byte* name, ref nuint length);

    [LibraryImport(Library, EntryPoint = "gnutls_x509_crt_check_hostname", StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint BearsName(nint certificate, string hostName);

    [LibraryImport(Library, EntryPoint = "gnutls_cipher_init")]
    public static partial int CreateCipher(out nint cipher, int algorithm, Datum* key, Datum* vector);

    [LibraryImport(Library, EntryPoint = "gnutls_cipher_deinit")]
    public static partial void FreeCipher(nint cipher);

    [LibraryImport(Library, EntryPoint = "gnutls_cipher_decrypt")]
    public static partial int Decipher(nint cipher, byte* bytes, nuint count);
}
