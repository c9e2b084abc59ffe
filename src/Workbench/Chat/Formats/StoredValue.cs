using System.Text.Json;
using System.Text.Json.Serialization;
using Juxta.Training.Corpora;

namespace Juxta.Workbench.Chat.Formats;

/// <summary>Values in the names of the database, from files that anybody may have written.</summary>
internal static class StoredValue
{
    static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public static T Read<T>(JsonField field) where T : class
    {
        try
        {
            return field.Element.Deserialize<T>(Strict) ?? throw field.Wrong("an object");
        }
        catch (JsonException e)
        {
            int place = e.Message.IndexOf(" Path:", StringComparison.Ordinal);
            throw field.Bad(place < 0 ? e.Message : $"{e.Message[..place]} (at {e.Path})");
        }
    }

    public static void NoNulls(JsonField field, params IEnumerable<object?>[] lists)
    {
        if (lists.Any(list => list is null || list.Contains(null))) throw field.Bad("an entry of a list is null");
    }
}
