using System.Security.Cryptography;
using System.Text;

namespace Juxta.Workbench.People;

/// <summary>The secret of a link that lets one person in. It is shown once, and only its hash is kept.</summary>
internal static class LinkCode
{
    const int Bytes = 24;

    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));

    public static string Hash(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code)));
}
