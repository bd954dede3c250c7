using System.Text;
using System.Text.Json;
using Agora.Storage;
using Microsoft.AspNetCore.Http;

namespace Agora.Hadoop.Store;

/// <summary>Operations on extended attributes.</summary>
internal sealed partial class WebHdfsServer
{
    private const string OpenAttributes = "user.", SuperusersAttributes = "trusted.";

    /// <summary>Of name and value together, in bytes, as in HDFS.</summary>
    private const int AttributeBytesMax = 16 << 10;

    private Task SetAttributeAsync(HttpContext context, WebHdfsRequest request)
    {
        var check = CheckFor(request);
        var name = AttributeName(check, request["xattr.name"]);
        var value = DecodedValue(request["xattr.value"] ?? "");
        var size = Encoding.UTF8.GetByteCount(name) + value.Length;
        if (size > AttributeBytesMax)
        {
            throw WebHdfsException.HadoopArgument("The XAttr is too big. The maximum combined size of the name and value " +
                $"is {AttributeBytesMax}, but the total size is {size}");
        }
        var flags = (request["flag"] ?? "").ToUpperInvariant().Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (flags.FirstOrDefault(f => f is not ("CREATE" or "REPLACE")) is { } unknown)
            throw WebHdfsException.BadParameter("flag", $"No enum constant org.apache.hadoop.fs.XAttrSetFlag.{unknown}");
        store.Names.SetAttribute(Changeable(request, check), name, value,
            mayCreate: flags.Length == 0 || flags.Contains("CREATE"),
            mayReplace: flags.Length == 0 || flags.Contains("REPLACE"));
        return AnswerEmptyAsync(context);
    }

    private Task RemoveAttributeAsync(HttpContext context, WebHdfsRequest request)
    {
        var check = CheckFor(request);
        var name = AttributeName(check, request["xattr.name"]);
        if (!store.Names.RemoveAttribute(Changeable(request, check), name))
            throw WebHdfsException.Io("No matching attributes found for remove operation");
        return AnswerEmptyAsync(context);
    }

    private Task AttributesAsync(HttpContext context, WebHdfsRequest request)
    {
        var check = CheckFor(request);
        var asked = request.All("xattr.name").Select(n => AttributeName(check, n)).ToList();
        var encoding = request["encoding"] is { Length: > 0 } e ? e.ToLowerInvariant() : "text";
        if (encoding is not ("text" or "hex" or "base64"))
            throw WebHdfsException.BadParameter("encoding", $"No enum constant org.apache.hadoop.fs.XAttrCodec.{encoding.ToUpperInvariant()}");
        var all = Visible(check, Existing(request, MissingStatus, FsAction.Read));
        if (asked.Exists(n => all.All(a => a.Name != n)))
            throw WebHdfsException.Io("At least one of the attributes provided was not found.");
        return AnswerAsync(context, new AttributesAnswer([.. all.Where(a => asked.Count == 0 || asked.Contains(a.Name))
            .Select(a => new WireAttribute(a.Name, Encoded(a.Value, encoding)))]), Json.AttributesAnswer);
    }

    /// <summary>The list of names is a text in the answer.</summary>
    private Task AttributeNamesAsync(HttpContext context, WebHdfsRequest request)
    {
        var names = Visible(CheckFor(request), Existing(request, MissingStatus)).Select(a => a.Name).ToList();
        return AnswerAsync(context, new AttributeNamesAnswer(JsonSerializer.Serialize(names, Json.ListString)),
            Json.AttributeNamesAnswer);
    }

    private List<(string Name, byte[] Value)> Visible(PermissionCheck check, Inode inode) => [.. store.Names.Attributes(inode)
        .Where(a => check.IsSuperuser || a.Name.StartsWith(OpenAttributes, StringComparison.Ordinal))];

    /// <summary>What is at the path; in directories that are open to all, only owners may change attributes.</summary>
    private Inode Changeable(WebHdfsRequest request, PermissionCheck check)
    {
        var inode = Existing(request, MissingStatus, FsAction.Write);
        if (inode.IsDirectory && (inode.Mode & PermissionCheck.StickyBit) != 0)
            check.DemandOwner(inode);
        return inode;
    }

    private static string AttributeName(PermissionCheck check, string? name)
    {
        if (string.IsNullOrEmpty(name))
            throw WebHdfsException.HadoopArgument("XAttr name cannot be empty.");
        string[] prefixes = [OpenAttributes, SuperusersAttributes, "system.", "security.", "raw."];
        var prefix = prefixes.FirstOrDefault(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase)) ??
            throw WebHdfsException.HadoopArgument(
                "An XAttr name must be prefixed with user/trusted/security/system/raw, followed by a '.'");
        if (name.Length == prefix.Length)
            throw WebHdfsException.HadoopArgument("XAttr name cannot be empty.");
        name = prefix + name[prefix.Length..];
        if (prefix != OpenAttributes && (prefix != SuperusersAttributes || !check.IsSuperuser))
            throw new AccessControlException($"User doesn't have permission for xattr: {name}");
        return name;
    }

    private static byte[] DecodedValue(string text)
    {
        try
        {
            if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
                return Convert.FromHexString(text.AsSpan(2));
            if (text.StartsWith("0s", StringComparison.OrdinalIgnoreCase))
                return Convert.FromBase64String(text[2..]);
        }
        catch (FormatException e)
        {
            throw WebHdfsException.BadParameter("xattr.value", $"{text}: {e.Message}");
        }
        return Encoding.UTF8.GetBytes(text is ['"', .. var inside, '"'] ? inside : text);
    }

    private static string Encoded(byte[] value, string encoding) => encoding switch
    {
        "hex" => "0x" + Convert.ToHexStringLower(value),
        "base64" => "0s" + Convert.ToBase64String(value),
        _ => $"\"{Encoding.UTF8.GetString(value)}\"",
    };
}
